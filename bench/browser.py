"""What a busy floor costs the browser of whoever watches it, in Chromium.

    python -m bench.browser [--minutes 0.5] [--agents 1000] [--rate 50]

A real server on a database of its own, changes at an even rate, and the Agent Monitor in a real
browser, beside a page that writes its whole table anew on every message, and a floor of five.
Prints how busy the main thread was (by its own clock, so that other work on the machine counts for
nothing), the longest frame, and what the page holds after a garbage collection at the beginning
and at the end; writes bench/results/browser.json.
"""

import argparse
import asyncio
import shutil
import tempfile
import time
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from playwright.async_api import Browser, CDPSession, Page, async_playwright

from bench import results
from bench.board import PASSWORD, WATCHER, Load, serve

WARM_UP = 5.0  # seconds
SHORT = 0.5  # minutes
SLACK = 120  # seconds for what is not measured, before a case counts as stuck
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
WATCH_FRAMES = """() => {
  window.frames_ = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.frames_.push(entry.duration);
  }).observe({ type: "long-animation-frame" });
}"""


@dataclass(frozen=True)
class Case:
    """A page that is measured: its address, and whether it is the plain one."""

    name: str
    agents: int
    address: str = "/monitor/?sort=agent"
    plain: bool = False


@dataclass(frozen=True)
class Result:
    """`rate` is of changes a second, as they came; `busy` a share of the time; frames are
    milliseconds, heaps MB of JavaScript."""

    case: Case
    minutes: float
    rate: float
    busy: float
    longest_frame: float
    long_frames: int
    heap: tuple[float, float]
    nodes: tuple[int, int]


async def held(cdp: CDPSession) -> dict[str, float]:
    """The page's figures, without what only waits to be collected."""
    await cdp.send("HeapProfiler.collectGarbage")
    return await figures(cdp)


async def figures(cdp: CDPSession) -> dict[str, float]:
    answer = await cdp.send("Performance.getMetrics")
    return {metric["name"]: metric["value"] for metric in answer["metrics"]}


async def sign_in(page: Page, port: int) -> None:
    await page.goto(f"http://127.0.0.1:{port}/login/")
    await page.fill("[name=username]", WATCHER)
    await page.fill("[name=password]", PASSWORD)
    await page.click("form button")
    await page.wait_for_url("**/monitor/**")


async def measure(browser: Browser, port: int, case: Case, rate: float, minutes: float) -> Result:
    """Let the floor change for so long, and tell what that cost the page."""
    page = await browser.new_page(viewport={"width": 1440, "height": 900})
    if case.plain:
        naive = Path(__file__).with_name("naive.js").read_text()
        await page.route(
            "**/monitor.js",
            lambda route: route.fulfill(body=naive, content_type="text/javascript"),
        )
    await sign_in(page, port)
    await page.goto(f"http://127.0.0.1:{port}{case.address}")
    await page.wait_for_selector("#agents tbody tr")
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
    await Load(port, case.agents, rate, plain=False).run(WARM_UP)
    await page.evaluate(WATCH_FRAMES)
    before = await held(cdp)
    started = await figures(cdp)
    began = time.monotonic()
    await Load(port, case.agents, rate, plain=False).run(minutes * 60)
    seconds = time.monotonic() - began
    ended = await figures(cdp)
    frames = await page.evaluate("window.frames_")
    after = await held(cdp)
    await page.close()
    return Result(
        case=case,
        minutes=minutes,
        rate=rate * minutes * 60 / seconds,
        busy=(ended["TaskDuration"] - started["TaskDuration"]) / seconds,
        longest_frame=max(frames, default=0.0),
        long_frames=sum(duration > 100 for duration in frames),
        heap=(before["JSHeapUsedSize"] / 1e6, after["JSHeapUsedSize"] / 1e6),
        nodes=(int(before["Nodes"]), int(after["Nodes"])),
    )


async def run(cases: list[tuple[Case, float]], rate: float) -> list[Result]:
    """Measure each, one after the other; those with as many agents share a server."""
    found: list[Result] = []
    async with async_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for agents, alike in groupby(cases, key=lambda pair: pair[0].agents):
            with tempfile.TemporaryDirectory() as folder:
                server, port, _ = serve(agents, Path(folder))
                try:
                    for case, minutes in alike:
                        async with asyncio.timeout(minutes * 120 + SLACK):
                            found.append(await measure(browser, port, case, rate, minutes))
                        print(row(found[-1]), flush=True)
                finally:
                    server.kill()
                    server.wait()
        await browser.close()
    return found


def row(result: Result) -> str:
    case, (heap, heap_after), (nodes, nodes_after) = result.case, result.heap, result.nodes
    longest = f"{result.longest_frame:.0f}" if result.longest_frame else "< 50"
    return (
        f"| {case.name} | {case.agents:,} | {result.minutes:g} | {result.rate:.0f} "
        f"| {result.busy:.1%} | {longest} | {result.long_frames} | {heap:.1f} -> {heap_after:.1f} "
        f"| {nodes:,} -> {nodes_after:,} |"
    )


HEAD = (
    "| page | agents | minutes | changes/s | busy | longest frame | over 100 ms | heap | nodes |\n"
    "| ---- | -----: | ------: | --------: | ---: | ------------: | ----------: | ---: | ----: |"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=SHORT, help="how long the floor changes")
    parser.add_argument("--agents", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=50.0, help="changes a second")
    options = parser.parse_args()
    agents, short = options.agents, min(SHORT, options.minutes)
    ours = Case("monitor", agents)
    plain = Case("whole table", agents, plain=True)
    cases = [
        (Case("monitor", 5), short),
        (ours, options.minutes),
        (Case("monitor, shortest duration first", agents, "/monitor/?sort=-duration"), short),
        (plain, short),
    ]
    print(f"Frames in ms, heap in MB\n\n{HEAD}", flush=True)
    found = asyncio.run(run(cases, options.rate))
    results.save("browser", [asdict(each) for each in found])
    busy = {each.case: each.busy for each in found}
    print(f"\nThe whole table keeps the main thread {busy[plain] / busy[ours]:.1f} times as busy.")


if __name__ == "__main__":
    main()
