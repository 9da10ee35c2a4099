"""A program that changes modes over the API without pause, and takes no failure for an answer."""

import itertools
import json
import threading
import time
import urllib.request
from collections import defaultdict
from urllib.error import HTTPError, URLError

from tests.waiting import until

_numbers = itertools.count(1)
_PATIENCE = 10.0


class Changes:
    """From entering to leaving, agents are set On Break with one note after the other, each until a
    server says that it is done. `done` has the notes by agent, in order; `failed` counts how often
    it had to be asked for again."""

    def __init__(self, key: str, agents: list[int], urls: list[str], writers: int = 4) -> None:
        self._key, self._urls = key, urls
        self._stopping = threading.Event()
        self.done: dict[int, list[str]] = defaultdict(list)
        self.failed = 0
        self._threads = [
            threading.Thread(target=self._change, args=[agents[writer::writers]])
            for writer in range(writers)
        ]

    def __enter__(self) -> "Changes":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, more: int) -> None:
        """Until so many more changes are done."""
        wanted = sum(map(len, self.done.values())) + more
        until(lambda: sum(map(len, self.done.values())) >= wanted, lambda: f"{self.failed} failed")

    def wait_to_fail(self) -> None:
        """Until nobody gets through."""
        wanted = self.failed + 2 * len(self._threads)
        until(lambda: self.failed >= wanted)

    def _change(self, agents: list[int]) -> None:
        for agent in itertools.cycle(agents):
            if self._stopping.is_set():
                return
            note = f"change {next(_numbers)}"
            for url in itertools.cycle(self._urls):
                if self._ask(url, agent, note):
                    break
                self.failed += 1
                time.sleep(0.05)  # as a program does that is told to try again
            self.done[agent].append(note)

    def _ask(self, url: str, agent: int, note: str) -> bool:
        request = urllib.request.Request(
            f"{url}/api/v1/agents/{agent}/mode",
            json.dumps({"status": "on_break", "note": note}).encode(),
            {
                "Authorization": f"Bearer {self._key}",
                "Content-Type": "application/json",
                "Idempotency-Key": note,
            },
            method="PUT",
        )
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
                return bool(answer.status == 200)
        except HTTPError as error:
            with error:
                if error.code < 500:
                    raise
            return False
        except (URLError, OSError):
            return False
