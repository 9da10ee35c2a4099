"""BEHAVIOURS A: base status and may-receive."""

from datetime import timedelta

import pytest

from presence import actions, choices
from presence.actions import Result
from presence.events import CallKind, DeviceKind, LegAction, LogIn, PhoneReach
from presence.models import Agent, Interval, Status
from tests.factories import at, make_agent, make_reason, row_of
from tests.presence.story import Story, tick

pytestmark = pytest.mark.django_db


def test_a1_signed_in_and_nothing_chosen_is_offline_and_gets_nothing() -> None:
    story = Story(make_agent(logged_in=False))
    story.does(LogIn(at=at(5)))
    assert (story.shown, story.why_not) == ("offline", "mode")


def test_a2_available_idle_and_reachable_may_receive(ada: Agent) -> None:
    assert row_of(ada).may_receive
    assert row_of(ada).ready_since == at(0)


def test_a3_every_no_has_a_cause_that_machines_can_read(ada: Agent) -> None:
    story = Story(ada)
    for mode in ("busy", "on_break", "offline"):
        story.chooses(1, mode)
        assert (row_of(ada).may_receive, story.why_not) == (False, "mode")
    story.chooses(2, "available")
    story.talks(3, wrap_up=10)
    assert story.why_not == "engaged"
    story.chooses(4, "busy")
    assert story.why_not == "pending"


def test_a4_a_required_reason_is_refused_without_one_and_nothing_changes(ada: Agent) -> None:
    make_reason()
    Status.objects.filter(pk="on_break").update(reason_policy="required")
    before = row_of(ada)
    with pytest.raises(choices.ChoiceError):
        choices.choose(ada, "on_break")
    assert row_of(ada).version == before.version


def test_a5_another_reason_splits_the_interval(ada: Agent) -> None:
    story, lunch, coffee = Story(ada), make_reason(label="Lunch"), make_reason(label="Coffee")
    story.chooses(10, "on_break", lunch.pk)
    story.chooses(70, "on_break", coffee.pk)
    story.chooses(100, "available")
    assert story.history == [("available", 10), ("on_break", 60), ("on_break", 30)]
    reasons = Interval.objects.filter(agent=ada, status="on_break").values_list("reason", flat=True)
    assert list(reasons) == [lunch.pk, coffee.pk]


def test_a6_the_same_again_is_no_event_and_restarts_nothing(ada: Agent) -> None:
    story, lunch = Story(ada), make_reason()
    story.chooses(10, "on_break", lunch.pk)
    before = row_of(ada)
    assert story.chooses(70, "on_break", lunch.pk) is Result.UNCHANGED
    after = row_of(ada)
    assert (after.version, after.shown_since) == (before.version, at(10))


def test_a7_a_maximum_duration_leads_to_the_mode_that_follows(ada: Agent) -> None:
    Status.objects.filter(pk="on_break").update(max_seconds=600, after_maximum_id="busy")
    story = Story(ada)
    story.chooses(10, "on_break")
    tick(609)
    assert story.shown == "on_break"
    tick(640)
    row = row_of(ada)
    assert (row.shown_status_id, row.shown_cause) == ("busy", "maximum_duration")
    assert row.shown_since == at(610)


def test_a7_a_maximum_without_a_target_only_warns(ada: Agent) -> None:
    Status.objects.filter(pk="on_break").update(max_seconds=600)
    Story(ada).chooses(10, "on_break")
    tick(9999)
    assert row_of(ada).shown_status_id == "on_break"


def test_a7_a_maximum_set_while_an_agent_is_over_it_counts_for_them_too(ada: Agent) -> None:
    Story(ada).chooses(10, "on_break")
    Status.objects.filter(pk="on_break").update(max_seconds=600, after_maximum_id="busy")
    actions.refresh([ada.pk])
    assert row_of(ada).deadline_at == at(610)


def test_a7_nobody_becomes_more_available_at_a_maximum(ada: Agent) -> None:
    Status.objects.filter(pk="on_break").update(max_seconds=60, after_maximum_id="available")
    Story(ada).chooses(10, "on_break")
    tick(9999)
    assert row_of(ada).shown_status_id == "on_break"


def test_a7_a_maximum_does_not_end_no_answer() -> None:
    Status.objects.create(
        code="vip",
        label="VIP",
        workforce="ready",
        accepts_inbound=True,
        max_seconds=60,
        after_maximum_id="available",
    )
    story = Story(make_agent(mode="vip"))
    story.gets(1, no_answer="hold")
    story.then(21, LegAction.RING_TIMED_OUT)
    tick(9999)
    assert (story.shown, story.why_not) == ("no_answer", "no_answer")


def test_a7_a_status_that_follows_itself_stops_no_clock(ada: Agent) -> None:
    lunch = make_reason()
    for reason in (None, lunch.pk):
        Status.objects.filter(pk="on_break").update(max_seconds=60, after_maximum_id="on_break")
        Story(ada).chooses(10, "on_break", reason)
        assert tick(9999) == 0


def test_a7_a_call_puts_the_maximum_off(ada: Agent) -> None:
    Status.objects.filter(pk="on_break").update(max_seconds=60, after_maximum_id="busy")
    story = Story(ada)
    story.chooses(10, "on_break")
    story.dials(50)
    tick(100)
    assert story.shown == "on_call"
    story.then(120, LegAction.HUNG_UP)
    tick(121)
    assert (story.shown, story.row.shown_since) == ("busy", at(120))


def test_a10_a_break_between_decision_and_ring_refuses_the_offer_without_a_miss(ada: Agent) -> None:
    story = Story(ada)
    story.chooses(10, "on_break")
    assert story.gets(10.5, reported=False) is Result.REFUSED
    assert (story.shown, story.missed(), story.row.legs) == ("on_break", 0, [])


def test_a10_nobody_gets_two_offers_at_once(ada: Agent) -> None:
    story = Story(ada)
    assert story.gets(1, "one", reported=False) is Result.APPLIED
    assert story.gets(1, "two", reported=False) is Result.REFUSED
    assert story.gets(1, "three", reported=False, kind=CallKind.DIRECT) is Result.REFUSED


def test_a11_an_unreachable_phone_gets_nothing_while_the_status_stays() -> None:
    story = Story(make_agent(mode="available", devices=[DeviceKind.SIP]))
    story.phone(5, reach=PhoneReach.UNREACHABLE)
    assert (story.shown, story.why_not) == ("available", "unreachable")
    story.phone(9, reach=PhoneReach.REACHABLE)
    assert (story.row.may_receive, story.row.ready_since) == (True, at(9))


def test_a12_an_unknown_device_state_counts_as_reachable() -> None:
    story = Story(make_agent(mode="available", devices=[DeviceKind.SIP]))
    story.phone(5, reach=PhoneReach.REACHABLE)
    story.phone(6, reach=PhoneReach.UNKNOWN)
    assert story.row.may_receive
    assert story.row.phone == "unknown"


def test_a_ready_since_is_kept_while_the_agent_stays_ready(ada: Agent) -> None:
    story = Story(ada)
    story.switches(30, DeviceKind.MOBILE, on=True)
    assert story.row.ready_since == at(0)
    story.chooses(40, "busy")
    story.chooses(50, "available")
    assert story.row.ready_since - timedelta(seconds=50) == at(0)
