"""What both kinds of database share: where copies lie, and whether one may be put back here."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from presence import sealing
from presence.models import Agent, Server


class Refused(Exception):
    """It cannot or must not be done; the message says why and what to do, in words."""


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A file beside `path`, for its owner only, that gets its name when all went well. Raises
    `Refused` where there is one."""
    if path.exists():
        raise Refused(f"There is a file {path} already. Name another one.")
    if not path.parent.is_dir():
        raise Refused(f"There is no folder {path.parent}.")
    try:
        opened, name = mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(opened)
        draft = Path(name)
        try:
            yield draft
            with draft.open("rb") as written:
                os.fsync(written.fileno())
            draft.rename(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from None


def check_version(applied: set[tuple[str, str]]) -> None:
    """Raises `Refused` where a copy with these migrations is not ours, or newer than this code."""
    if ("presence", "0001_initial") not in applied:
        raise Refused("That is no backup of Rollcall.")
    loader = MigrationLoader(None)
    known = set(loader.disk_migrations)
    newer = sorted(one for one in applied - known if one[0] in loader.migrated_apps)
    if newer:
        raise Refused(
            f"The backup is of a newer Rollcall: this one does not know {'.'.join(newer[0])}. "
            "Restore with the version that made it."
        )


def check_target(*, replace: bool) -> None:
    """Raises `Refused` where somebody's data is in the database, unless it is to be replaced, and
    where a server is at work on it."""
    tables = set(connection.introspection.table_names())
    if _has_rows(tables, Server, lambda: Server.objects.filter(expires_at__gt=timezone.now())):
        raise Refused("A server is at work on this database. Stop every process, and try again.")
    users = get_user_model()
    for model in (users, Agent):
        if not replace and _has_rows(tables, model, model._default_manager.all):
            raise Refused(
                "There is somebody's data in this database. Name an empty one in DATABASE_URL, or "
                "say --replace to lose what is here."
            )


def _has_rows(tables: set[str], model: type, rows: Callable[[], "object"]) -> bool:
    return model._meta.db_table in tables and rows().exists()  # type: ignore[attr-defined]


def sealed_shut() -> int:
    """How many secrets of the database no key here opens."""
    number = 0
    for model, name in sealing.fields():
        for _pk, kept in sealing.kept(model, name):
            try:
                sealing.unseal(kept)
            except sealing.CannotOpen:
                number += 1
    return number
