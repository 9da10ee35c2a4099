"""A new Debian with systemd, in a folder: what a page about deployment begins with.

It is made by debootstrap and started by systemd-nspawn. While it is off, commands in it have this
machine's network, as installing needs; once it is started it has none but its own loopback, so its
servers meet nobody else's.
"""

import os
import pty
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

RELEASE = "bookworm"
_PATIENCE = 120
_WANTED = ("debootstrap", "systemd-nspawn", "nsenter")
# What a machine behind a proxy or with a certificate authority of its own needs to reach packages.
_LENT = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pip.conf", "/etc/resolv.conf")


def why_not() -> str:
    """Why no machine can be had here; empty where one can."""
    if os.geteuid() != 0:
        return "only root starts another machine"
    missing = [name for name in _WANTED if shutil.which(name) is None]
    return f"{' and '.join(missing)} is not installed" if missing else ""


class CannotStart(Exception):
    """What the console said."""


class Machine:
    """Commands are bash, and print what they say. Raise `subprocess.CalledProcessError`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        packages = "systemd,systemd-sysv,dbus,ca-certificates,iproute2"
        _run("debootstrap", "--variant=minbase", f"--include={packages}", RELEASE, str(folder))
        for path in map(Path, _LENT):
            if path.exists():
                (folder / path.relative_to("/")).unlink(missing_ok=True)
                shutil.copyfile(path, folder / path.relative_to("/"))

    def install(self, commands: str, *, lent: Path) -> None:
        """Run commands while the machine is off; `lent` is at /mnt, to be read."""
        kept = [name for name in os.environ if name.startswith("PIP_") or "proxy" in name.lower()]
        _run(
            "systemd-nspawn",
            "--quiet",
            "--register=no",
            "--keep-unit",
            "--pipe",
            f"--directory={self.folder}",
            f"--bind-ro={lent}:/mnt",
            "--setenv=DEBIAN_FRONTEND=noninteractive",
            *(f"--setenv={name}={os.environ[name]}" for name in kept),
            *_bash(commands),
        )

    @contextmanager
    def started(self, log: Path, *, lent: Path) -> Iterator["Started"]:
        """Start it, with `lent` at /mnt again; gives it once what is enabled has started. Raises
        `CannotStart` with the console's last lines where it does not come up."""
        with log.open("wb") as console:
            container = subprocess.Popen(
                [
                    "systemd-nspawn",
                    "--quiet",
                    "--register=no",
                    "--keep-unit",
                    "--private-network",
                    "--boot",
                    f"--directory={self.folder}",
                    f"--bind-ro={lent}:/mnt",
                ],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
            )
        try:
            yield Started(_first_process(container, log))
        finally:
            container.terminate()
            try:
                container.wait(30)
            except subprocess.TimeoutExpired:
                container.kill()
                container.wait()


class Started:
    def __init__(self, first_process: int) -> None:
        self._enter = ["nsenter", "--all", f"--target={first_process}", "/usr/bin/env", "-i"]
        self._enter += ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LANG=C.UTF-8"]
        # It answers "degraded" where a unit failed that no container can run; ours are looked at.
        _run(*self._enter, *_bash("systemctl is-system-running --wait || true"))

    def run(self, commands: str) -> None:
        _run(*self._enter, *_bash(commands))

    def answer(self, commands: str, answers: Sequence[str]) -> None:
        """Run commands at a terminal, and type an answer a line."""
        child, terminal = pty.fork()
        if child == 0:
            os.execvp(self._enter[0], [*self._enter, *_bash(commands)])
        said, left = "", list(answers)
        while True:
            try:
                said += os.read(terminal, 1024).decode()
            except OSError:  # it has ended
                break
            if left and said.rstrip().endswith(":"):
                said = ""
                os.write(terminal, f"{left.pop(0)}\n".encode())
        _, status = os.waitpid(child, 0)
        if status:
            raise subprocess.CalledProcessError(status, commands, said)


def _bash(commands: str) -> list[str]:
    return ["/bin/bash", "-euxo", "pipefail", "-c", commands]


def _run(*words: str) -> None:
    sys.stdout.flush()
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT)


def _first_process(container: "subprocess.Popen[bytes]", log: Path) -> int:
    """The machine's own process 1, by its id here, once its bus answers."""
    deadline = time.monotonic() + _PATIENCE
    children = Path(f"/proc/{container.pid}/task/{container.pid}/children")
    while time.monotonic() < deadline and container.poll() is None:
        for child in children.read_text().split():
            bus = Path(f"/proc/{child}/root/run/dbus/system_bus_socket")
            if bus.exists():
                return int(child)
        time.sleep(0.2)
    raise CannotStart("The machine does not start. " + log.read_text(errors="replace")[-500:])
