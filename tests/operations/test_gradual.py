"""Migrations that processes of the version before would not survive."""

from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from operations import gradual

FLAG = models.BooleanField(default=False)


def state() -> ProjectState:
    """An app whose only table has one column."""
    found = ProjectState()
    fields: list[tuple[str, Any]] = [
        ("id", models.AutoField(primary_key=True)),
        ("name", models.CharField(max_length=9)),
        ("note", models.CharField(max_length=9, null=True)),
    ]
    found.add_model(ModelState("floor", "Desk", fields))
    return found


def broken(*operations: Operation) -> list[str]:
    return list(gradual.broken_by(operations, "floor", state()))


@pytest.mark.parametrize(
    "operation",
    [
        migrations.RemoveField("desk", "name"),
        migrations.RenameField("desk", "name", "label"),
        migrations.DeleteModel("Desk"),
        migrations.RenameModel("Desk", "Table"),
        migrations.AlterModelTable("desk", "tables"),
        migrations.AddField("desk", "flag", FLAG),
        migrations.AlterField("desk", "name", models.IntegerField()),
        migrations.AlterField("desk", "name", models.CharField(max_length=5)),
        migrations.AlterField("desk", "name", models.CharField(max_length=9, unique=True)),
        migrations.AlterField("desk", "note", models.CharField(max_length=9)),
        migrations.AlterField("desk", "name", models.CharField(max_length=9, db_column="label")),
        migrations.AddConstraint(
            "desk", models.CheckConstraint(condition=~models.Q(name=""), name="named")
        ),
        migrations.AlterUniqueTogether("desk", {("name", "note")}),
        migrations.AddIndex("desk", models.Index(fields=["name"], name="by_name")),
        migrations.RunSQL("DROP TABLE floor_desk"),
        migrations.SeparateDatabaseAndState([migrations.RemoveField("desk", "name")]),
    ],
    ids=lambda operation: operation.describe(),
)
def test_what_the_version_before_cannot_live_with_is_told(operation: Operation) -> None:
    (said,) = broken(operation)
    assert ": " in said


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("desk", "flag", models.BooleanField(null=True)),
        migrations.AddField("desk", "flag", models.BooleanField(db_default=False)),
        migrations.AlterField("desk", "name", models.CharField(max_length=20, default="x")),
        migrations.AlterField("desk", "name", models.CharField(max_length=9, null=True)),
        migrations.CreateModel("Chair", [("id", models.AutoField(primary_key=True))]),
        migrations.AlterModelOptions("desk", {"verbose_name": "desk"}),
        migrations.RemoveIndex("desk", "by_name"),
        migrations.SeparateDatabaseAndState([], [migrations.RemoveField("desk", "name")]),
        migrations.RunPython(migrations.RunPython.noop),
    ],
    ids=lambda operation: operation.describe(),
)
def test_what_it_does_not_notice_is_no_trouble(operation: Operation) -> None:
    before = state()
    index = migrations.AddIndex("desk", models.Index(fields=["name"], name="by_name"))
    index.state_forwards("floor", before)
    assert list(gradual.broken_by([operation], "floor", before)) == []


def test_a_table_that_the_migration_makes_is_nobodys_yet() -> None:
    make = migrations.CreateModel("Chair", [("id", models.AutoField(primary_key=True))])
    assert broken(make, migrations.AddField("chair", "flag", FLAG)) == []
    assert broken(make, migrations.AddField("desk", "flag", FLAG))


def test_a_reason_is_heard_and_what_was_there_before_is_not_asked() -> None:
    class Wrong(migrations.Migration):
        operations = [migrations.RemoveField("desk", "name")]

    class Known(Wrong):
        why_not_gradual = "Nobody ever read it."

    disk = {("floor", "2_wrong"): Wrong("2_wrong", "floor"), ("floor", "3"): Known("3", "floor")}
    loader: Any = SimpleNamespace(disk_migrations=disk, project_state=lambda *_, **__: state())
    (found,) = gradual.breaks(loader, ["floor"], set())
    assert found.migration == "floor.2_wrong"
    assert not list(gradual.breaks(loader, ["floor"], {"floor.2_wrong"}))
    assert not list(gradual.breaks(loader, ["others"], set()))


def test_the_migrations_of_this_version_are_gradual_or_say_why() -> None:
    call_command("lint_migrations")


def test_it_fails_with_a_line_for_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [gradual.Break("presence.0999_wrong", "Remove field name: it is still read")]
    monkeypatch.setattr(gradual, "breaks", lambda *_: iter(found))
    said = StringIO()
    with pytest.raises(CommandError, match="Do it in steps"):
        call_command("lint_migrations", stderr=said)
    assert said.getvalue() == "presence.0999_wrong: Remove field name: it is still read.\n"
