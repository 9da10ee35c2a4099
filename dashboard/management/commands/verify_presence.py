"""`manage.py verify_presence`: prove that what always holds holds, here and now."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from dashboard import verify as boards
from presence import verify as presence
from routing import verify as routing

_MOST = 20
"""Faults of one kind that are told one by one."""


class Command(BaseCommand):
    help = "Prove the invariants over the whole database, and over a running server's board."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--url", help="also look at the board of the server there, as http://127.0.0.1:8000"
        )

    def handle(self, *_args: Any, url: str | None, **_options: Any) -> None:
        wrong = 0
        with _one_moment():
            now = timezone.now()
            for check in (*presence.CHECKS, *routing.CHECKS):
                wrong += self._tell(check.__doc__ or "", check(now))
        if url:
            try:
                wrong += self._tell("The board shows what the database says.", boards.board(url))
            except boards.NoBoard as error:
                raise CommandError(str(error)) from error
        if wrong:
            raise CommandError(f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong.")
        self.stdout.write("All of it holds.")

    def _tell(self, promise: str, faults: Iterator[presence.Fault]) -> int:
        number = 0
        for number, fault in enumerate(faults, 1):
            if number == 1:
                self.stdout.write(f"NOT SO  {' '.join(promise.split())}")
            if number <= _MOST:
                self.stdout.write(f"        {fault.subject}: {fault.sentence}")
        if number > _MOST:
            self.stdout.write(f"        and {number - _MOST} more")
        if not number:
            self.stdout.write(f"ok      {' '.join(promise.split())}")
        return number


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read everything as of one moment, while others write on."""
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(
            "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY" if postgresql else "BEGIN DEFERRED"
        )
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
