"""Many rows into a table by the quickest way that each database has."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

Rows = Iterable[Sequence[Any]]


def load(model: type[Any], columns: Sequence[str], rows: Rows) -> None:
    """Insert `rows`, whose values are as the driver takes them, into the columns named."""
    table, names = model._meta.db_table, ", ".join(columns)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join("?" * len(columns))
        plain = ([_plain(value) for value in row] for row in rows)
        insert = f"INSERT INTO {table} ({names}) VALUES ({places})"  # nosec B608 # noqa: S608 - our own names
        connection.connection.executemany(insert, plain)


def _plain(value: Any) -> Any:
    return str(value.replace(tzinfo=None)) if isinstance(value, datetime) else value
