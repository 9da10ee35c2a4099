"""What a telephony system reports reaches the agent whose phone it is, once."""

from itertools import pairwise

import pytest

from presence import actions as presence
from presence.actions import Result
from presence.events import (
    CallKind,
    Choice,
    Choose,
    DeviceKind,
    LegAction,
    LogOut,
    NoAnswer,
    PhoneReach,
)
from presence.models import Agent, Transition
from routing.intake import Intake
from routing.models import Interaction, Leg, Membership
from routing.reports import (
    CallerLeft,
    CallerReported,
    LegReported,
    MemberSeen,
    PauseReported,
    PhoneReported,
)
from tests.factories import at, make_agent, make_queue, make_reason, row_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Agent:
    return make_agent(
        "Alice", mode="available", devices=[DeviceKind.SIP], user=None, presence="either"
    )


@pytest.fixture
def intake() -> Intake:
    return Intake("pbx")


def address(agent: Agent) -> str:
    return agent.devices.get(kind="sip").address


def leg_report(
    agent: Agent, action: LegAction, seconds: float, *, leg: str = "leg", queue: str = "support"
) -> LegReported:
    return LegReported(
        at=at(seconds),
        id=f"{leg}:{action}",
        address=address(agent),
        leg=leg,
        interaction="call",
        action=action,
        kind=CallKind.QUEUE,
        queue=queue,
        caller="15550101",
    )


def test_a_reported_offer_rings_with_queue_and_caller(alice: Agent, intake: Intake) -> None:
    make_queue("support", members=[alice])
    intake.take(leg_report(alice, LegAction.OFFERED, 1))
    row = row_of(alice)
    assert row.shown_status_id == "ringing"
    assert row.legs[0]["call"]["queue"] == "support"
    assert row.legs[0]["call"]["caller"] == "15550101"


def test_the_ring_groups_policies_count_as_of_the_offer(alice: Agent, intake: Intake) -> None:
    """BEHAVIOURS F9: changed while it rings, they count from the next offer on."""
    queue = make_queue("support", members=[alice], no_answer=NoAnswer.BUSY, wrap_up=7)
    intake.take(leg_report(alice, LegAction.OFFERED, 1))
    queue.ring_groups.update(no_answer=NoAnswer.HOLD.value, wrap_up_seconds=0)
    intake.take(leg_report(alice, LegAction.RING_TIMED_OUT, 2))
    assert row_of(alice).shown_status_id == "busy"


def test_how_long_it_rings_is_the_telephonys_to_say(alice: Agent, intake: Intake) -> None:
    make_queue("support", members=[alice], ring=5)
    intake.take(leg_report(alice, LegAction.OFFERED, 1))
    assert row_of(alice).deadline_at is None


def test_g1_the_same_report_twice_counts_once(alice: Agent, intake: Intake) -> None:
    for _ in range(2):
        intake.take(leg_report(alice, LegAction.OFFERED, 1))
        intake.take(leg_report(alice, LegAction.ANSWERED, 2))
    assert intake.outcomes == {Result.APPLIED: 2, Result.DUPLICATE: 2}
    assert Interaction.objects.count() == Leg.objects.count() == 1


def test_g4_a_report_about_an_unknown_phone_is_counted(alice: Agent, intake: Intake) -> None:
    report = PhoneReported(at=at(1), id="x", address="PJSIP/nobody", logged_in=True)
    assert intake.take(report) == []
    assert intake.unmatched == {"PJSIP/nobody": 1}


def test_an_unknown_queue_does_not_lose_the_call(alice: Agent, intake: Intake) -> None:
    intake.take(leg_report(alice, LegAction.OFFERED, 1, queue="elsewhere"))
    assert row_of(alice).shown_status_id == "ringing"


def test_a_pause_is_the_mode_of_its_reason(alice: Agent, intake: Intake) -> None:
    lunch = make_reason("on_break", "Lunch")
    intake.take(
        PauseReported(at=at(1), id="p1", address=address(alice), paused=True, reason="LUNCH")
    )
    row = row_of(alice)
    assert (row.shown_status_id, row.shown_reason_id) == ("on_break", lunch.pk)
    assert row.shown_cause == "telephony"


def test_a_pause_of_an_unknown_reason_is_a_break_with_a_note(alice: Agent, intake: Intake) -> None:
    intake.take(
        PauseReported(at=at(1), id="p1", address=address(alice), paused=True, reason="Vet visit")
    )
    row = row_of(alice)
    assert (row.shown_status_id, row.shown_note) == ("on_break", "Vet visit")


def test_g9_an_unpause_makes_available_again(alice: Agent, intake: Intake) -> None:
    intake.take(PauseReported(at=at(1), id="p1", address=address(alice), paused=True))
    intake.take(PauseReported(at=at(2), id="p2", address=address(alice), paused=False))
    assert row_of(alice).shown_status_id == "available"


def test_a11_an_unreachable_phone_stops_offers_and_says_why(alice: Agent, intake: Intake) -> None:
    intake.take(
        PhoneReported(at=at(1), id="r", address=address(alice), reach=PhoneReach.UNREACHABLE)
    )
    row = row_of(alice)
    assert (row.shown_status_id, row.may_receive, row.why_not) == (
        "available",
        False,
        "unreachable",
    )


def test_members_join_and_leave_queues(alice: Agent, intake: Intake) -> None:
    make_queue("support")
    seen = MemberSeen(at=at(1), id="m1", queue="support", address=address(alice), name="Alice")
    intake.take(seen)
    assert Membership.objects.filter(agent=alice).count() == 1
    intake.take(
        MemberSeen(
            at=at(2), id="m2", queue="support", address=address(alice), name="Alice", present=False
        )
    )
    assert not Membership.objects.filter(agent=alice).exists()


def test_b8_a_caller_who_gives_up_is_abandoned_and_no_miss(alice: Agent, intake: Intake) -> None:
    make_queue("support", members=[alice])
    intake.take(CallerReported(at=at(0), id="j", queue="support", interaction="call"))
    intake.take(leg_report(alice, LegAction.OFFERED, 1))
    intake.take(leg_report(alice, LegAction.WITHDRAWN, 4))
    intake.take(
        CallerReported(
            at=at(4), id="l", queue="support", interaction="call", joined=False, abandoned=True
        )
    )
    interaction = Interaction.objects.get()
    assert (interaction.outcome, interaction.ended_at) == ("abandoned", at(4))
    assert row_of(alice).shown_status_id == "available"
    assert Leg.objects.get().outcome == "withdrawn"


def test_b9_when_one_answers_the_others_stop_ringing(alice: Agent, intake: Intake) -> None:
    bob = make_agent("Bob", mode="available", devices=[DeviceKind.SIP], presence="either")
    make_queue("support", members=[alice, bob])
    intake.take(leg_report(alice, LegAction.OFFERED, 1, leg="a"))
    intake.take(leg_report(bob, LegAction.OFFERED, 1, leg="b"))
    intake.take(leg_report(alice, LegAction.ANSWERED, 3, leg="a"))
    assert row_of(alice).shown_status_id == "on_call"
    assert row_of(bob).shown_status_id == "available"
    assert Leg.objects.get(agent=bob).outcome == "withdrawn"


def test_a_call_is_recorded_with_its_times(alice: Agent, intake: Intake) -> None:
    make_queue("support", members=[alice], wrap_up=5)
    for action, seconds in [
        (LegAction.OFFERED, 1),
        (LegAction.ANSWERED, 3),
        (LegAction.HUNG_UP, 9),
    ]:
        intake.take(leg_report(alice, action, seconds))
    leg = Leg.objects.get()
    assert (leg.started_at, leg.answered_at, leg.ended_at) == (at(1), at(3), None)
    assert (leg.state, leg.outcome) == ("wrap_up", "hung_up")
    interaction = Interaction.objects.get()
    assert (interaction.answered_at, interaction.ended_at) == (at(3), at(9))


def test_every_report_that_counted_is_a_transition(alice: Agent, intake: Intake) -> None:
    intake.take(leg_report(alice, LegAction.OFFERED, 1))
    transition = Transition.objects.get(source="pbx")
    assert (transition.event, transition.event_id) == ("LegEvent", "leg:offered")


def test_ended_is_final_even_for_a_leg_that_was_long_ago(alice: Agent, intake: Intake) -> None:
    for number in range(40):
        leg = f"leg{number}"
        intake.take(leg_report(alice, LegAction.OFFERED, number, leg=leg))
        intake.take(leg_report(alice, LegAction.WITHDRAWN, number, leg=leg))
    intake.take(leg_report(alice, LegAction.ANSWERED, 50, leg="leg0"))
    assert row_of(alice).shown_status_id == "available"
    assert intake.outcomes[Result.REFUSED] == 1


def test_an_unpause_older_than_what_the_agent_chose_changes_nothing(
    alice: Agent, intake: Intake
) -> None:
    presence.apply(alice.pk, Choose(at=at(60), choice=Choice("busy")))
    intake.take(PauseReported(at=at(30), id="late", address=address(alice), paused=False))
    assert row_of(alice).shown_status_id == "busy"
    assert intake.outcomes == {Result.REFUSED: 1}


def test_news_of_a_phone_older_than_what_is_known_changes_nothing(
    alice: Agent, intake: Intake
) -> None:
    for seconds, reach in [(20, PhoneReach.UNREACHABLE), (10, PhoneReach.REACHABLE)]:
        intake.take(
            PhoneReported(at=at(seconds), id=f"r{seconds}", address=address(alice), reach=reach)
        )
    assert row_of(alice).phone == "unreachable"


def test_f6_telephony_does_not_bring_back_a_deactivated_agent(alice: Agent, intake: Intake) -> None:
    Agent.objects.filter(pk=alice.pk).update(active=False)
    presence.apply(alice.pk, LogOut(at=at(1)))
    intake.take(PhoneReported(at=at(2), id="in", address=address(alice), logged_in=True))
    intake.take(PauseReported(at=at(3), id="un", address=address(alice), paused=False))
    row = row_of(alice)
    assert (row.mode_id, row.may_receive, row.why_not) == ("offline", False, "inactive")


def test_one_who_joins_or_leaves_a_queue_is_read_anew_by_the_boards(
    alice: Agent, intake: Intake
) -> None:
    make_queue("support")
    versions = [row_of(alice).version]
    for number, present in enumerate([True, True, False]):
        intake.take(
            MemberSeen(
                at=at(number),
                id=f"m{number}",
                queue="support",
                address=address(alice),
                name="Alice",
                present=present,
            )
        )
        versions.append(row_of(alice).version)
    joined, again, left = (b > a for a, b in pairwise(versions))
    assert (joined, again, left) == (True, False, True)


def test_d17_a_caller_who_left_is_kept_while_the_agents_phone_is_up(
    alice: Agent, intake: Intake
) -> None:
    make_queue("support", members=[alice])
    left = CallerLeft(at=at(9), id="alone:call", interaction="call")
    intake.take(leg_report(alice, LegAction.OFFERED, 1))
    intake.take(left)
    assert Interaction.objects.get().caller_left_at is None  # it only rings: nobody is alone
    intake.take(leg_report(alice, LegAction.ANSWERED, 2))
    intake.take(left)
    intake.take(left)
    call, leg = Interaction.objects.get(), Leg.objects.get()
    assert (call.caller_left_at, call.ended_at, leg.alone_since) == (at(9), None, at(9))
    intake.take(leg_report(alice, LegAction.HUNG_UP, 20))
    assert Interaction.objects.get().ended_at == at(20)


def test_d12_a_supervisors_phone_that_listens_is_monitoring(alice: Agent, intake: Intake) -> None:
    boss = make_agent(mode="available", devices=[DeviceKind.SIP], presence="either")
    make_queue("support", members=[alice, boss], wrap_up=30)
    intake.take(leg_report(alice, LegAction.ANSWERED, 1))
    intake.take(leg_report(boss, LegAction.MONITORED, 5, leg="ear", queue=""))
    assert (row_of(boss).shown_status_id, row_of(boss).activity) == ("on_call", "monitoring")
    intake.take(leg_report(boss, LegAction.HUNG_UP, 9, leg="ear", queue=""))
    assert row_of(boss).shown_status_id == "available"
    assert row_of(alice).shown_status_id == "on_call"
