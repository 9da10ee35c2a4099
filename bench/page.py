"""How long the monitor's page takes: from what the hub remembers, and each row read and rendered
anew.

    python -m bench.page [--rounds 3]

The same server answers the same request, one at a time; the best of a few rounds.
"""

import argparse
import tempfile
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from bench import results
from bench.board import PASSWORD, WATCHER, serve
from bench.watching import cpu

SIZES = (10, 1_000, 10_000)
"""The first for what is not rows."""
PATIENCE = 60.0


@dataclass(frozen=True)
class Result:
    """Seconds until the first byte and until all have come, and of the server's processor time;
    `bytes` are those of the page, as it is made."""

    agents: int
    way: str
    first: float
    full: float
    core: float
    bytes: int


def sign_in(port: int) -> httpx.Client:
    browser = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE)
    browser.get("/login/")
    token = browser.cookies["csrftoken"]
    form = {"username": WATCHER, "password": PASSWORD, "csrfmiddlewaretoken": token}
    browser.post("/login/", data=form)
    return browser


def measure(browser: httpx.Client, pid: int, agents: int, way: str, rounds: int) -> Result:
    found = []
    for _ in range(rounds):
        taken, began = cpu(pid), time.perf_counter()
        with browser.stream("GET", "/monitor/") as answer:
            parts = answer.iter_bytes()
            size, first = len(next(parts)), time.perf_counter() - began
            size += sum(map(len, parts))
        full = time.perf_counter() - began
        if answer.status_code != httpx.codes.OK or size < agents * 1000:
            raise RuntimeError(f"The server answered {answer.status_code} with {size} bytes.")
        found.append(Result(agents, way, first, full, cpu(pid) - taken, size))
    return min(found, key=lambda result: result.full)


def run(agents: int, rounds: int) -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        server, port, _ = serve(agents, Path(folder))
        try:
            with closing(sign_in(port)) as browser:
                known = measure(browser, server.pid, agents, "remembered", rounds + 1)
                browser.post("/bench/forget")
                return [known, measure(browser, server.pid, agents, "anew", rounds)]
        finally:
            server.terminate()
            server.wait(20)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    print(
        "| agents | way | first byte, s | full, s | processor, s | MB | x |\n"
        "| --: | :-- | --: | --: | --: | --: | --: |"
    )
    found = []
    for agents in SIZES:
        pair = run(agents, rounds)
        for r in pair:
            print(
                f"| {r.agents:,} | {r.way} | {r.first:.3f} | {r.full:.3f} | {r.core:.2f} "
                f"| {r.bytes / 1e6:.1f} | {pair[1].full / r.full:.1f} |",
                flush=True,
            )
        found += pair
    results.save("page", [asdict(each) for each in found])


if __name__ == "__main__":
    main()
