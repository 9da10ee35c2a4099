"""What the database refuses of rules and alerts, by name."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from alerts.kinds import Kind
from alerts.models import Alert, Onset, Rule
from presence.models import Status
from tests.alerts.world import make_rule
from tests.factories import at, make_queue, make_reason, make_team, make_user

pytestmark = pytest.mark.django_db


def make_alert(**changes: Any) -> Alert:
    rule = Rule.objects.earliest("pk")
    values = {"subject": "queue:1", "name": "Sales", "severity": "warning"} | changes
    return Alert.objects.create(rule=rule, **{"since": at(0), "raised_at": at(5)} | values)


@pytest.mark.parametrize(
    ("name", "kind", "changes"),
    [
        ("rule_critical_after_warning", "gap", {"warning_seconds": 60, "critical_seconds": 60}),
        (
            "rule_critical_under_warning",
            "service_level",
            {"warning_percent": 60, "critical_percent": 60},
        ),
        ("rule_percent", "service_level", {"warning_percent": 101}),
        ("rule_few_has_number", "few_ready", {}),
        ("rule_few_has_number", "gap", {"at_least": 2}),
        ("rule_name_once", "gap", {"name": "TOO LONG IN A STATUS"}),
    ],
)
def test_no_rule_is_nonsense(name: str, kind: str, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name):
        Rule.objects.create(**{"name": "New", "kind": kind} | changes)


def test_a_subject_has_one_open_alert_of_a_rule() -> None:
    make_alert(cleared_at=at(9))
    make_alert()
    with pytest.raises(IntegrityError, match=r"alert_one_open|rule_id, .*subject"):
        make_alert()


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("alert_runs_forward", {"cleared_at": at(4)}),
        ("alert_critical_has_worsened", {"severity": "critical"}),
        ("alert_acknowledged_by_somebody", {"acknowledged_at": at(6)}),
    ],
)
def test_no_alert_contradicts_itself(name: str, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name):
        make_alert(**changes)


def test_nobody_acknowledges_at_no_time() -> None:
    with pytest.raises(IntegrityError, match="alert_acknowledged_by_somebody"):
        make_alert(acknowledged_by=make_user())


def test_an_onset_is_noted_once() -> None:
    rule = make_rule(Kind.GAP)
    Onset.objects.create(rule=rule, subject="queue:1", since=at(0))
    with pytest.raises(IntegrityError):
        Onset.objects.create(rule=rule, subject="queue:1", since=at(1))


def refused(kind: Kind, **settings: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as error:
        Rule(name="New", kind=kind, **settings).full_clean()
    return error.value.message_dict


def test_a_setting_that_a_kind_does_not_go_by_is_refused() -> None:
    assert list(refused(Kind.GAP, team=make_team())) == ["team"]
    assert list(refused(Kind.LINK_LOST, warning_percent=50)) == ["warning_percent"]
    assert list(refused(Kind.LONG_WAIT, only_when_waiting=True)) == ["only_when_waiting"]


def test_a_long_status_needs_to_say_which_and_how_long() -> None:
    assert list(refused(Kind.LONG_STATUS, warning_seconds=60)) == ["status"]
    assert list(refused(Kind.LONG_STATUS, status_id="busy")) == ["warning_seconds"]
    wrong = refused(
        Kind.LONG_STATUS, status_id="busy", reason=make_reason("on_break"), warning_seconds=60
    )
    assert list(wrong) == ["reason"]
    Status.objects.filter(pk="busy").update(max_seconds=60)
    Rule(name="New", kind=Kind.LONG_STATUS, status_id="busy").full_clean()


def test_too_few_ready_counts_one_thing() -> None:
    both = refused(Kind.FEW_READY, at_least=2, team=make_team(), queue=make_queue())
    assert list(both) == ["team"]
    assert "at_least" in refused(Kind.FEW_READY)
    waiting = refused(Kind.FEW_READY, at_least=2, team=make_team(), only_when_waiting=True)
    assert list(waiting) == ["only_when_waiting"]
