"""Runs every benchmark, each for less than two minutes; `make bench` makes the page of them.

    python -m bench.all

A benchmark is a module here that saves what it found; alone, and without words, it takes longer.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHORT = {
    "asterisk": ["--quick"],
    "board": ["--quick"],
    "browser": ["--minutes", "0.25"],
    "cluster": ["--minutes", "1", "--changes", "500"],
    "reports": ["--quick"],
    "routing": ["--quick"],
    "transitions": ["--seconds", "2"],
}
"""The words by which one is short."""


def benchmarks() -> Iterator[str]:
    for file in sorted(HERE.glob("*.py")):
        if f'results.save("{file.stem}"' in file.read_text():
            yield file.stem


def main() -> None:
    for name in benchmarks():
        words = SHORT.get(name, [])
        print(f"\n# python -m bench.{name} {' '.join(words)}", flush=True)
        began = time.monotonic()
        subprocess.run([sys.executable, "-m", f"bench.{name}", *words], check=True)
        print(f"({time.monotonic() - began:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
