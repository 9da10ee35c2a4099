"""The write path's SQL: reads that Django's compiler made once, and writes that go out together.

A statement costs Django more to make than the database to run, so each is made once and kept. What
it says comes from the models; a new column needs nothing here.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, Model, QuerySet

from presence.models import AgentState

Statement = tuple[str, list[Any]]
_Model = TypeVar("_Model", bound=Model)


class Prepared(Generic[_Model]):
    """A query by whole numbers, as primary keys are, that `make` gives for placeholders of them."""

    def __init__(self, make: Callable[[Sequence[int]], QuerySet[_Model, Any]]) -> None:
        self._make = make
        self._made = _Made()

    def values(self, *numbers: int) -> list[Any]:
        """What the query's columns hold, a sequence a row."""
        return self._compiled(len(numbers)).values(numbers)

    def objects(self, *numbers: int) -> Iterator[_Model]:
        """The query's rows, and those that it selects with them."""
        compiled = self._compiled(len(numbers))
        return (compiled.object_of(values) for values in compiled.values(numbers))

    def _compiled(self, count: int) -> "_Compiled":
        compiled = self._made.by_count.get(count)
        if compiled is None or not compiled.fits():
            placeholders = range(_FIRST, _FIRST + count)
            compiled = self._made.by_count[count] = _Compiled(self._make(placeholders))
        return compiled


_FIRST = -1_000_000_000
"""Placeholders begin where no other number of a query is."""


class _Made(threading.local):
    """A thread's own: converters belong to a connection, and that to a thread."""

    def __init__(self) -> None:
        self.by_count: dict[int, _Compiled] = {}


class _Compiled:
    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        self._compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self._sql, self._params = self._compiler.as_sql()
        self._converters = self._compiler.get_converters([e for e, *_ in self._compiler.select])
        self._columns = [getattr(e, "target", None) for e, *_ in self._compiler.select]

    def fits(self) -> bool:
        """Whether it was made for this thread's connection as it is now."""
        return self._compiler.connection is connections[DEFAULT_DB_ALIAS]

    def values(self, numbers: Sequence[int]) -> list[Any]:
        end = _FIRST + len(numbers)
        params = [
            numbers[p - _FIRST] if type(p) is int and _FIRST <= p < end else p for p in self._params
        ]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, params)
            found = cursor.fetchall()
        return list(self._compiler.apply_converters(found, self._converters))

    def object_of(self, values: Sequence[Any]) -> Any:
        info: dict[str, Any] = self._compiler.klass_info or {}
        row = self._one(info, values)
        for related in info.get("related_klass_infos", ()):
            related["local_setter"](row, self._one(related, values))
        return row

    def _one(self, info: dict[str, Any], values: Sequence[Any]) -> Any:
        places = info["select_fields"]
        names = [column.attname for place in places if (column := self._columns[place])]
        return info["model"].from_db(DEFAULT_DB_ALIAS, names, [values[place] for place in places])


class Page:
    """What a transaction has to write: `states` that it locked and may change, and new rows. On
    PostgreSQL all of it is one statement."""

    def __init__(self, states: Iterable[AgentState] = ()) -> None:
        self._before = [(row, vars(row).copy()) for row in states]
        self._new: dict[type[Model], list[Model]] = {}

    def add(self, row: Model) -> None:
        """Insert `row`. Rows of one table keep their order; they get no primary key here."""
        self._new.setdefault(type(row), []).append(row)

    def write(self) -> None:
        statements = [_insert(model, rows) for model, rows in self._new.items()]
        statements += [s for row, before in self._before if (s := _update(row, before))]
        if connection.vendor == "postgresql" and len(statements) > 1:
            statements = [_as_one(statements)]
        with connection.cursor() as cursor:
            for sql, values in statements:
                cursor.execute(sql, values)


def _as_one(statements: list[Statement]) -> Statement:
    *others, (last, _) = statements
    parts = (f"part{number} AS ({sql})" for number, (sql, _) in enumerate(others))
    return f"WITH {', '.join(parts)} {last}", [
        value for _, values in statements for value in values
    ]


def _insert(model: type[Model], rows: list[Model]) -> Statement:
    fields = _inserted(model)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = [_value(field, row) for row in rows for field in fields]
    line = f"({', '.join(['%s'] * len(fields))})"
    lines = ", ".join([line] * len(rows))
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES {lines}', values  # nosec B608 # noqa: S608 - names are the models'


def _update(row: AgentState, before: dict[str, Any]) -> Statement | None:
    """Writes the columns that changed: the others are as they were read, for the row is locked."""
    now = vars(row)
    changed = [f for f in row._meta.concrete_fields if now[f.attname] != before[f.attname]]
    if not changed:
        return None
    columns = ", ".join(f'"{field.column}" = %s' for field in changed)
    values = [_value(field, row) for field in changed]
    table = row._meta.db_table
    return f'UPDATE "{table}" SET {columns} WHERE "agent_id" = %s', [*values, row.agent_id]  # nosec B608 # noqa: S608


def _inserted(model: type[Model]) -> list["Field[Any, Any]"]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def _value(field: "Field[Any, Any]", row: Model) -> Any:
    return field.get_db_prep_save(getattr(row, field.attname), connection)
