"""Whether processes of the version before survive a migration, until they are started anew."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import models
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED

REASON = "why_not_gradual"
"""The attribute of a migration that says why it may stop the version before all the same."""

_GONE = (ops.RemoveField, ops.DeleteModel, ops.RenameField, ops.RenameModel, ops.AlterModelTable)
_STRICTER = (ops.AddConstraint, ops.AlterUniqueTogether)


@dataclass(frozen=True)
class Break:
    """What a migration does that the version before cannot live with, in words."""

    migration: str
    says: str


def breaks(loader: MigrationLoader, apps: Iterable[str], before: set[str]) -> Iterator[Break]:
    """What the migrations of these apps break, but those named in `before` ("app.name") and those
    that give a reason."""
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app in set(apps) and f"{app}.{name}" not in before and not reason(migration):
            state = loader.project_state((app, name), at_end=False)
            for said in broken_by(migration.operations, app, state):
                yield Break(f"{app}.{name}", said)


def reason(migration: Migration) -> str:
    return str(getattr(migration, REASON, "")).strip()


def broken_by(operations: Iterable[Operation], app: str, state: ProjectState) -> Iterator[str]:
    """What these break one after the other, from `state` on. A table that they make themselves is
    nobody's yet."""
    made: set[str] = set()
    for operation in operations:
        if isinstance(operation, ops.SeparateDatabaseAndState):
            yield from broken_by(operation.database_operations, app, state.clone())
        elif isinstance(operation, ops.CreateModel):
            made.add(operation.name_lower)
        elif _table(operation) not in made and (said := _broken(operation, app, state)):
            yield f"{operation.describe()}: {said}"
        operation.state_forwards(app, state)


def _table(operation: Operation) -> str:
    name = getattr(operation, "model_name_lower", None) or getattr(operation, "model_name", "")
    return str(name or getattr(operation, "name", "")).lower()


def _broken(operation: Operation, app: str, state: ProjectState) -> str:
    if isinstance(operation, _GONE):
        return "the version before still reads and writes it"
    if isinstance(operation, ops.AddField):
        return _needed(operation.field)
    if isinstance(operation, ops.AlterField):
        before = state.models[app, operation.model_name_lower].fields[operation.name]
        return _altered(before, operation.field)
    if isinstance(operation, _STRICTER):
        return "the version before may write what this forbids"
    if isinstance(operation, ops.AddIndex):
        return "nobody can write to the table while PostgreSQL builds it"
    if isinstance(operation, ops.RunSQL):
        return "nobody can tell what the version before makes of it"
    return ""


def _needed(field: "models.Field[object, object]") -> str:
    if field.many_to_many or field.null or field.db_default is not NOT_PROVIDED:
        return ""
    return "the version before leaves it out; allow null, or give it a db_default"


def _altered(before: "models.Field[object, object]", after: "models.Field[object, object]") -> str:
    if (before.get_internal_type(), before.db_column) != (
        after.get_internal_type(),
        after.db_column,
    ):
        return "the version before takes it for what it was"
    if before.null and not after.null:
        return "the version before may leave it empty"
    if after.unique and not before.unique:
        return "the version before may write what this forbids"
    if after.max_length is not None and (before.max_length or 0) > after.max_length:
        return "the version before may write longer ones"
    if before.db_default is not NOT_PROVIDED:
        return _needed(after)
    return ""
