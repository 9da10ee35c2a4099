"""Copies of SQLite, by its own online backup: writers go on meanwhile, and it is of one moment."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from operations.backups import copying
from operations.backups.copying import Refused

_MAGIC = b"SQLite format 3\0"
_PATIENCE = 20.0
"""Seconds that a writer may keep a copy waiting."""


def backup(path: Path) -> None:
    """Copy the database to `path` and see that the copy is whole. Raises `Refused`."""
    with (
        copying.new_file(path) as draft,
        _opened(_here(), write=False) as source,
        _opened(draft, write=True) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, and no other beside it
        _check(copy)


def restore(path: Path, *, replace: bool) -> None:
    """Make the database what it was, all of it or nothing. Raises `Refused`."""
    if not path.is_file() or path.open("rb").read(len(_MAGIC)) != _MAGIC:
        raise Refused(f"{path} is no backup of a SQLite database.")
    with _opened(path, write=False) as copy:
        _check(copy)
        copying.check_version(_applied(copy))
        here = _here()
        if not here.exists():
            os.close(os.open(here, os.O_CREAT | os.O_WRONLY, 0o600))
        copying.check_target(replace=replace)
        connection.close()
        with _opened(here, write=True) as target:
            copy.backup(target)


def _here() -> Path:
    return Path(str(connection.settings_dict["NAME"])).resolve()


@contextmanager
def _opened(path: Path, *, write: bool) -> Iterator[sqlite3.Connection]:
    address = f"{path.resolve().as_uri()}?mode={'rw' if write else 'ro'}"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE)) as opened:
            yield opened
    except sqlite3.Error as error:
        raise Refused(f"{path}: {error}") from None


def _check(copy: sqlite3.Connection) -> None:
    wrong = [row[0] for row in copy.execute("PRAGMA integrity_check(1)")]
    if wrong != ["ok"]:
        raise Refused(f"The copy is damaged: {wrong[0]}")


def _applied(copy: sqlite3.Connection) -> set[tuple[str, str]]:
    try:
        return set(copy.execute("SELECT app, name FROM django_migrations"))
    except sqlite3.OperationalError:
        return set()
