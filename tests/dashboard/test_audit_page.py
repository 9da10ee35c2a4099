"""The audit log as admins read it: searched, page by page, and as CSV."""

import asyncio
import csv
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from audit.models import Border, Entry, Kept
from audit.words import Action, Way
from dashboard.views import audit
from tests.factories import at, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    user = make_user("root")
    user.user_permissions.add(Permission.objects.get(codename="view_audit"))
    return user


@pytest.fixture
def reader(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def note(name: str = "Blue", **told: Any) -> Entry:
    return Entry.objects.create(
        **{
            "at": at(),
            "who": "sam",
            "way": Way.ADMIN,
            "address": "192.0.2.9",
            "action": Action.CHANGED,
            "kind": "presence.team",
            "object_pk": "1",
            "name": name,
            "changes": {"name": ["Red", name]},
        }
        | told
    )


def shown(reader: Client, **asked: Any) -> list[str]:
    """The names of what the page tells of."""
    answer = reader.get(reverse("audit"), asked)
    assert answer.status_code == 200
    return [line.entry.name for line in answer.context["lines"]]


def test_only_who_may_reads_it(client: Client) -> None:
    sam = make_user("sam")
    client.force_login(sam)
    assert client.get(reverse("audit")).status_code == 403
    assert reverse("audit") not in client.get(reverse("preferences")).content.decode()


def test_it_tells_who_from_where_and_what_was_before(reader: Client) -> None:
    note()
    page = reader.get(reverse("audit")).content.decode()
    for told in ("sam", "192.0.2.9", "Changed", "Blue", "team", "Red → Blue"):
        assert told in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"who": "SAM"}, ["Blue"]),
        ({"who": "root"}, ["Supervisor", "Zoë"]),
        ({"action": "set_mode"}, ["Zoë"]),
        ({"kind": "auth.group"}, ["Supervisor"]),
        ({"about": "zo"}, ["Zoë"]),
        ({"first": "2026-03-03"}, ["Supervisor"]),
        ({"last": "2026-03-02"}, ["Zoë", "Blue"]),
        ({"first": "2026-03-02", "last": "2026-03-03"}, ["Supervisor", "Zoë", "Blue"]),
        ({"text": "café"}, ["Zoë"]),
        ({"text": "2001:db8"}, ["Supervisor"]),
        ({"text": "nothing of this"}, []),
    ],
)
def test_it_is_searched_by_person_object_action_day_and_text(
    reader: Client, asked: dict[str, str], found: list[str]
) -> None:
    note()
    mode = {"mode": ["Available", "On Break, café"]}
    note("Zoë", who="root", action=Action.SET_MODE, kind="presence.agent", changes=mode)
    note("Supervisor", at=at(86400), who="root", kind="auth.group", address="2001:db8::7")
    assert shown(reader, **asked) == found


@pytest.mark.parametrize(
    "asked",
    [{"first": "yesterday"}, {"action": "nonsense"}, {"kind": "axes.accessattempt"}],
)
def test_what_it_does_not_understand_it_says(reader: Client, asked: dict[str, str]) -> None:
    note()
    answer = reader.get(reverse("audit"), asked)
    assert answer.context["form"].errors
    assert answer.context["lines"] == []


def test_a_long_log_comes_in_pages(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PAGE", 2)
    for number in range(5):
        note(f"T{number}")
    seen, query = [], "who=sam"
    while True:
        answer = reader.get(f"{reverse('audit')}?{query}")
        seen += [line.entry.name for line in answer.context["lines"]]
        if not answer.context["older"]:
            break
        query = f"who=sam&before={answer.context['older']}"
    assert seen == ["T4", "T3", "T2", "T1", "T0"]
    assert shown(reader, before="x" * 30) == ["T4", "T3"]


def test_names_are_no_markup(reader: Client) -> None:
    note("<script>alert(1)</script>", changes={"name": ["<b>", "<i>"]})
    page = reader.get(reverse("audit")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;b&gt; → &lt;i&gt;" in page


def test_a_field_that_is_no_more_is_called_by_its_name(reader: Client) -> None:
    note(changes={"gone_field": [1, None]})
    note(kind="gone.model", changes={"x": [True, []]})
    page = reader.get(reverse("audit")).content.decode()
    assert "gone_field" in page
    assert "gone.model" in page


def test_it_says_from_when_on_there_is_anything(reader: Client) -> None:
    assert "was removed" not in reader.get(reverse("audit")).content.decode()
    Border.objects.create(what=Kept.AUDIT, before=at())
    assert "Data before 2 Mar 2026 was removed" in reader.get(reverse("audit")).content.decode()


def sheet(reader: Client, **asked: str) -> list[list[str]]:
    answer: Any = reader.get(reverse("audit"), asked | {"csv": "1"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"

    async def read() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    return list(csv.reader(asyncio.run(read()).decode().splitlines()))


@pytest.mark.usefixtures("committed")
def test_the_csv_has_what_the_page_was_asked_for_all_of_it(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "_CHUNK", 2)
    for number in range(4):
        Entry.objects.create(
            at=at() + timedelta(seconds=number),
            who="sam" if number else "root",
            way=Way.API,
            through="rollcall_abc",
            action=Action.CHANGED,
            kind="presence.team",
            name=f"=T{number}",
            changes={"name": ["@was", f"+is{number}"], "supervisors": [["ada (1)", "bob (2)"], []]},
        )
    head, *lines = sheet(reader, who="sam")
    assert head[0] == "When"
    assert len(lines) == 6
    assert lines[0] == [
        "2026-03-02T09:00:03+00:00", "sam", "api", "rollcall_abc", "", "changed", "presence.team",
        "'=T3", "name", "'@was", "'+is3",
    ]  # fmt: skip
    assert lines[1][-3:] == ["supervisors", "ada (1); bob (2)", ""]
    assert {line[7] for line in lines} == {"'=T1", "'=T2", "'=T3"}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_no_day_is_too_far(reader: Client, day: str) -> None:
    for query in ({"first": day}, {"last": day}):
        said = reader.get(reverse("audit"), query).content.decode()
        assert "Ask for a day between 2000 and 2100." in said
