"""What stands in the audit log stays: the model refuses to change it, and so does the database."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.models import Border, Entry, Kept
from audit.words import Way
from tests.factories import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> Entry:
    return Entry.objects.create(at=at(), who="sam", way=Way.SCREEN, action="changed")


def _run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_model_neither_changes_nor_deletes_an_entry(entry: Entry) -> None:
    entry.who = "nobody"
    for refused in (
        entry.save,
        entry.delete,
        Entry.objects.all().delete,
        lambda: Entry.objects.update(who="nobody"),
    ):
        with pytest.raises(TypeError, match=r"only inserted|never deleted"):
            refused()
    assert Entry.objects.get().who == "sam"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET who = 'nobody'",
        "UPDATE audit_entry SET changes = '{}' WHERE id = (SELECT MIN(id) FROM audit_entry)",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_entry WHERE who = 'sam'",
    ],
)
def test_the_database_neither_changes_nor_deletes_an_entry(entry: Entry, statement: str) -> None:
    with pytest.raises(DatabaseError, match="only inserted"):
        _run(statement)
    assert Entry.objects.get().who == "sam"


def test_the_database_replaces_no_entry(entry: Entry) -> None:
    columns = "id, at, who, way, through, action, kind, object_pk, name, changes"
    values = f"{entry.pk}, '2026-03-02 09:00:00+00:00', 'nobody', '', '', '', '', '', '', '{{}}'"
    if connection.vendor == "sqlite":
        what = f"REPLACE INTO audit_entry ({columns}) VALUES ({values})"
    else:
        what = (
            f"INSERT INTO audit_entry ({columns}) VALUES ({values}) "
            "ON CONFLICT (id) DO UPDATE SET who = 'nobody'"
        )
    with pytest.raises(DatabaseError, match="only inserted"):
        _run(what)
    assert Entry.objects.get().who == "sam"


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no TRUNCATE")
def test_the_database_empties_no_log(entry: Entry) -> None:
    with pytest.raises(DatabaseError, match="only inserted"):
        _run("TRUNCATE audit_entry")


def test_only_what_is_older_than_the_border_can_be_deleted(entry: Entry) -> None:
    Entry.objects.create(at=at(1), way=Way.SCREEN, action="changed")
    Border.objects.create(what=Kept.AUDIT, before=at(1))
    Border.objects.create(what=Kept.CALLS, before=timezone.now())
    _run(f"DELETE FROM audit_entry WHERE id = {entry.pk}")
    with pytest.raises(DatabaseError, match="only inserted"):
        _run("DELETE FROM audit_entry")
    assert Entry.objects.get().at == at(1)
