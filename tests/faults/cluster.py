"""Rollcall as it runs on several machines, each part a process of its own that can be killed."""

import os
import signal
from pathlib import Path
from typing import Any

import psycopg

from tests.nursery import Nursery
from tests.ports import answers
from tests.waiting import until


class Cluster:
    """Web processes, clocks, and a floor of agents on one database. `sql` is its URL."""

    def __init__(self, folder: Path, nursery: Nursery, database: str, sql: str) -> None:
        self.folder, self._nursery, self._database = folder, nursery, database
        self.sql = sql
        self._living: set[int] = set()
        self.webs: dict[int, int] = {}
        self.log = folder / "log"

    def do(self, code: str) -> None:
        """Something that happens on the floor, from a process of its own."""
        self._nursery.do(self._database, code)

    def web(self, port: int) -> str:
        """Start a web process; gives its address once it answers."""
        process = self._nursery.serve(self._database, port, self.log)
        self._living.add(process)
        self.webs[port] = process
        until(lambda: answers(port), self._say)
        return f"http://127.0.0.1:{port}"

    def kill_web(self, port: int) -> None:
        self.kill(self.webs.pop(port))

    def stop_web(self, port: int) -> None:
        """Ask it to end, as for a restart."""
        process = self.webs.pop(port)
        self.kill(process, signal.SIGTERM)
        self._living.discard(process)

    def clock(self) -> int:
        """Start a clock; gives its process."""
        process = self._nursery.run(self._database, self.log, "run_clock")
        self._living.add(process)
        return process

    def kill(self, process: int, how: signal.Signals = signal.SIGKILL) -> None:
        os.kill(process, how)
        if how is signal.SIGKILL:
            self._living.discard(process)

    def close(self) -> None:
        for process in self._living:
            os.kill(process, signal.SIGKILL)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """What the database says, past everything that stands between."""
        with psycopg.connect(self.sql, autocommit=True) as connection:
            return connection.execute(query.encode()).fetchall()

    def wait_until_due(self) -> None:
        """Until every timer that runs has run out."""
        until(lambda: not self.ask("SELECT 1 FROM presence_agentstate WHERE deadline_at > now()"))

    def prove(self, *urls: str) -> None:
        """Everything that always holds holds, and the boards at `urls` show what the database says
        within five seconds. What the servers are about to put right has ten."""
        for url in urls:
            self.do(
                "from django.core.management import call_command\n"
                f"call_command('verify_presence', url={url!r})"
            )

    def _say(self) -> str:
        return self.log.read_text()[-4000:] if self.log.exists() else ""
