"""`manage.py purge` lets go of what is older than it shall be kept, and of nothing else."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from alerts.kinds import Kind, Severity
from alerts.models import Alert
from audit.models import Border, Entry, Kept
from audit.words import Action, Way
from dashboard.management.commands.purge import border
from presence import purging
from presence.checks import settings_make_sense
from presence.models import Agent, Interval, Transition
from routing.models import Interaction, Leg, LegSpan, QueueEntry
from tests.alerts.world import make_rule
from tests.factories import (
    START,
    at,
    call_in,
    choose,
    happen,
    make_queue,
    make_user,
    supervising,
    turn,
)

pytestmark = pytest.mark.django_db

DAY = 86400


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Ten days after the tests' first morning, at noon."""
    moment = datetime(2026, 3, 12, 12, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return moment


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("purge", *arguments, stdout=out)
    return out.getvalue()


def left() -> dict[str, int]:
    models = (Interval, Transition, Interaction, QueueEntry, Leg, LegSpan, Entry)
    return {model.__name__: model.objects.count() for model in models}


@pytest.fixture
def days(ada: Agent, settings: Settings, now: datetime) -> None:
    """A call on the first day, and one ten days later that still is wrapped up."""
    settings.HISTORY_DAYS, settings.CALL_DAYS, settings.AUDIT_DAYS = 5, 5, 5
    queue = make_queue("support", members=[ada], rollcall=True, wrap_up=None)
    for began in (10, 9 * DAY):
        call = call_in(queue, began)
        turn(began)
        happen(call, ada, "answered", began + 5)
        happen(call, ada, "hung_up", began + 60)
        if began == 10:
            happen(call, ada, "wrap_up_done", began + 90)
    Entry.objects.create(at=at(10), way=Way.ADMIN, action=Action.CHANGED)
    Entry.objects.create(at=at(9 * DAY), way=Way.ADMIN, action=Action.CHANGED)


def test_without_a_number_of_days_everything_is_kept(days: None, settings: Settings) -> None:
    settings.HISTORY_DAYS = settings.CALL_DAYS = settings.AUDIT_DAYS = None
    before = left()
    assert "history: kept for ever." in run()
    assert left() == before
    assert not Border.objects.exists()


def test_a_dry_run_says_what_would_go_and_keeps_it(days: None) -> None:
    before = left()
    said = run("--dry-run")
    assert "calls: 1 calls with all their parts of before 2026-03-07 would be removed." in said
    assert "audit: 1 rows of before 2026-03-07 would be removed." in said
    assert left() == before
    assert not Border.objects.exists()


def test_what_is_old_goes_with_all_its_parts_and_what_is_open_stays(days: None) -> None:
    run()
    kept = Interaction.objects.get()
    assert kept.started_at == at(9 * DAY)
    assert (Leg.objects.get().interaction, QueueEntry.objects.get().interaction) == (kept, kept)
    assert {span.leg.interaction for span in LegSpan.objects.all()} == {kept}
    assert not Transition.objects.filter(at__lt=at(5 * DAY)).exists()
    assert (
        Interval.objects.filter(started_at__lt=at(5 * DAY), ended_at__gt=at(5 * DAY)).count() == 1
    )


@pytest.fixture
def alerts(ada: Agent, settings: Settings, now: datetime) -> None:
    """One that was cleared on the first day, one later, and one from the first day that is open."""
    settings.HISTORY_DAYS = 5
    rule = make_rule(Kind.CONNECTION_LOST)
    for number, cleared in enumerate((at(90), at(9 * DAY), None)):
        Alert.objects.create(
            rule=rule,
            subject=f"agent:{ada.pk}",
            name=str(number),
            severity=Severity.WARNING.value,
            since=at(10),
            raised_at=at(10),
            cleared_at=cleared,
        )


@pytest.mark.usefixtures("alerts")
def test_alerts_that_were_cleared_go_with_the_history_and_open_ones_stay() -> None:
    run()
    assert sorted(Alert.objects.values_list("name", flat=True)) == ["1", "2"]


def test_a_purge_is_in_the_audit_log_and_draws_borders(days: None, now: datetime) -> None:
    run()
    drawn = border(5, now)
    assert drawn == datetime(2026, 3, 7, tzinfo=UTC)
    assert dict(Border.objects.values_list("what", "before")) == dict.fromkeys(Kept, drawn)
    told = Entry.objects.filter(action=Action.PURGED).order_by("pk")
    assert [(e.object_pk, e.way, e.through, e.changes) for e in told] == [
        (what.value, Way.COMMAND, "purge", {"before": [None, drawn.isoformat()]}) for what in Kept
    ]
    assert Entry.objects.filter(action=Action.CHANGED).get().at == at(9 * DAY)


def test_a_border_never_goes_back(days: None, settings: Settings) -> None:
    run()
    settings.HISTORY_DAYS = 8
    before = left()
    run()
    assert left() == before
    assert Border.objects.get(what=Kept.HISTORY).before == datetime(2026, 3, 7, tzinfo=UTC)


def test_where_nothing_is_old_no_border_is_drawn(
    ada: Agent, settings: Settings, now: datetime
) -> None:
    settings.HISTORY_DAYS = 20
    run()
    assert not Border.objects.exists()


def test_it_goes_in_batches(days: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "_BATCH", 1)
    run()
    assert not Transition.objects.filter(at__lt=at(5 * DAY)).exists()


def test_ended_sessions_go(now: datetime) -> None:
    for number, ends in enumerate((now - timedelta(seconds=1), now + timedelta(hours=1))):
        Session.objects.create(session_key=str(number), session_data="", expire_date=ends)
    assert "sessions: 1 ended removed." in run()
    assert Session.objects.get().session_key == "1"


def test_a_database_that_fails_ends_it_in_words(
    days: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: Any) -> None:
        raise DatabaseError("it is locked")

    monkeypatch.setattr(purging, "purge", fails)
    with pytest.raises(CommandError, match="it is locked"):
        run()


@pytest.mark.parametrize("days", [0, 1, -3])
def test_what_today_is_made_of_cannot_be_let_go_of(settings: Settings, days: int) -> None:
    settings.CALL_DAYS = days
    assert [error.id for error in settings_make_sense()] == ["rollcall.E006"]


@pytest.fixture
def board(client: Client) -> Client:
    sam: User = make_user("sam")
    sam.user_permissions.add(*supervising())
    client.force_login(sam)
    return client


@pytest.mark.parametrize(
    ("report", "what", "said"),
    [
        ("time", Kept.HISTORY, True),
        ("coverage", Kept.HISTORY, True),
        ("workforce", Kept.HISTORY, True),
        ("workforce", Kept.CALLS, True),
        ("agents", Kept.CALLS, True),
        ("queues", Kept.CALLS, True),
        ("queues", Kept.HISTORY, False),
        ("time", Kept.CALLS, False),
        ("time", Kept.AUDIT, False),
    ],
)
def test_a_report_that_reaches_before_the_border_says_so(
    board: Client, ada: Agent, report: str, what: Kept, said: bool
) -> None:
    Border.objects.create(what=what, before=START + timedelta(days=2, hours=-9))
    for first, reaches in (("2026-03-02", True), ("2026-03-04", False)):
        asked = {"first": first, "last": "2026-03-04", "zone": "UTC"}
        page = board.get(reverse("report", args=[report]), asked).content.decode()
        assert ("Data before 4 Mar 2026 was removed" in page) == (said and reaches)


def test_alerts_of_before_the_border_say_so(board: Client) -> None:
    Border.objects.create(what=Kept.HISTORY, before=START + timedelta(days=2, hours=-9))
    for day, said in (("", True), ("2026-03-02", True), ("2026-03-04", False)):
        page = board.get(reverse("alerts"), {"day": day}).content.decode()
        assert ("Data before 4 Mar 2026 was removed" in page) == said


def test_an_agents_day_before_the_border_says_so(board: Client, ada: Agent) -> None:
    Border.objects.create(what=Kept.HISTORY, before=START + timedelta(days=2, hours=-9))
    for day, said in (("2026-03-02", True), ("2026-03-04", False)):
        page = board.get(reverse("agent_day", args=[ada.pk]), {"day": day}).content.decode()
        assert ("Data before 4 Mar 2026 was removed" in page) == said


def test_choices_are_still_taken_after_all_history_is_gone(days: None, ada: Agent) -> None:
    run()
    choose(ada, "on_break", 10 * DAY)
    assert Transition.objects.order_by("-pk")[0].event == "Choose"
