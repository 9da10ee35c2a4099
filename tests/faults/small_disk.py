"""A disk so small that a test can fill it."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

SIZE = 512  # MB
_CHUNK = bytes(1 << 16)


class SmallDisk:
    """What lies in `folder` lies on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Not a byte is left."""
        with self._filler.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(_CHUNK):  # others write meanwhile: how much is free is not known
                pass

    def clear(self) -> None:
        self._filler.unlink()


@contextmanager
def small_disk() -> Iterator[SmallDisk]:
    """One that is gone afterwards, with all that is on it."""
    folder = Path(tempfile.mkdtemp(prefix="rollcall-disk-"))
    try:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m,mode=755", "tmpfs", str(folder)]
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            pytest.skip("nobody may mount a file system here")
        folder.chmod(0o755)
        try:
            yield SmallDisk(folder)
        finally:
            subprocess.run(["umount", str(folder)], check=True)
    finally:
        folder.rmdir()
