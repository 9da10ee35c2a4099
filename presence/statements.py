"""The write path's SQL: reads that Django's compiler made once, and writes that go out together.

A statement costs Django more to make than the database to run, so each is made once and kept. What
it says comes from the models; a new column needs nothing here.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from presence.models import Agent, AgentState

Statement = tuple[str, list[Any]]


class StatesByAgent:
    """A query of states with their agents, by agents' primary keys, that `make` gives."""

    def __init__(self, make: Callable[[Collection[int]], QuerySet[AgentState]]) -> None:
        self._make = make
        self._made = _Made()

    def __call__(self, agent_ids: Collection[int]) -> dict[int, AgentState]:
        """The rows by agent, in the query's order."""
        if not agent_ids:
            return {}
        known = self._made.by_number
        compiled = known.get(len(agent_ids))
        if compiled is None or not compiled.fits():
            compiled = known[len(agent_ids)] = _Compiled(self._make, len(agent_ids))
        return {row.agent_id: row for row in compiled.read(sorted(agent_ids))}


class _Made(threading.local):
    """A thread's own: converters belong to a connection, and that to a thread."""

    def __init__(self) -> None:
        self.by_number: dict[int, _Compiled] = {}


class _Compiled:
    def __init__(
        self, make: Callable[[Collection[int]], QuerySet[AgentState]], number: int
    ) -> None:
        # Placeholders that no other value of the query can be mistaken for.
        query = make(range(-number, 0)).select_related("agent").query
        self._compiler: SQLCompiler = query.get_compiler(DEFAULT_DB_ALIAS)
        self._sql, self._params = self._compiler.as_sql()
        self._converters = self._compiler.get_converters([e for e, *_ in self._compiler.select])
        self._state = [field.attname for field in AgentState._meta.concrete_fields]
        self._agent = [field.attname for field in Agent._meta.concrete_fields]

    def fits(self) -> bool:
        """Whether it was made for this thread's connection as it is now."""
        return self._compiler.connection is connections[DEFAULT_DB_ALIAS]

    def read(self, agent_ids: list[int]) -> Iterator[AgentState]:
        params = [agent_ids[p] if type(p) is int and p < 0 else p for p in self._params]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, params)
            found = cursor.fetchall()
        for values in self._compiler.apply_converters(found, self._converters):
            row = AgentState.from_db(DEFAULT_DB_ALIAS, self._state, values[: len(self._state)])
            row.agent = Agent.from_db(DEFAULT_DB_ALIAS, self._agent, values[len(self._state) :])
            yield row


class Page:
    """What a transaction has to write: `states` that it locked and may change, and new rows. On
    PostgreSQL all of it is one statement."""

    def __init__(self, states: Iterable[AgentState]) -> None:
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
