"""Who changed what, in words: every kind of event has its sentence."""

import pytest

from dashboard.day import history, page
from dashboard.day.changes import Change, Reader
from dashboard.day.parts import Window
from dashboard.day.sentences import SENTENCES, Context, sentence
from presence import events
from presence.events import CancelPending, Event, LegAction, LogIn, LogOut, SettingsChanged
from presence.models import Agent
from tests.dashboard.test_day_sums import TODAY, UTC_ZONE, back, lost
from tests.factories import at, make_queue, make_reason, make_user
from tests.presence.story import Story, tick

A = LegAction
NOTHING = Context({}, {}, {})


def kinds() -> set[str]:
    found = {name for name, kind in vars(events).items() if isinstance(kind, type)}
    return {name for name in found if issubclass(getattr(events, name), Event)} - {"Event"}


def test_every_kind_of_event_has_a_sentence() -> None:
    assert SENTENCES.keys() == kinds()


@pytest.mark.parametrize("action", list(LegAction))
def test_everything_that_happens_to_a_call_has_a_sentence(action: LegAction) -> None:
    details = {"action": action.value, "leg": "x"}
    told = sentence("LegEvent", details, Context({}, {}, {"x": "Helpdesk"}))
    assert told.endswith(": Helpdesk.")
    assert "%" not in told
    assert ":" not in sentence("LegEvent", details, NOTHING)


def test_an_event_that_is_not_known_yet_goes_by_its_name() -> None:
    assert sentence("Teleported", {}, NOTHING) == "Teleported"


def told(agent: Agent, until: float) -> list[Change]:
    state = page.state_of(agent.pk)
    assert state
    window = Window.of(TODAY, UTC_ZONE, at(until))
    day = page.read(state, window)
    rows = history.transitions(agent.pk, list(day.spans), window).order_by("version")
    return Reader(state.agent, day.spans, day.calls).read(list(rows))


@pytest.mark.django_db
def test_c13_who_set_what_and_what_showed_before_and_after(ada: Agent) -> None:
    boss = make_user("boss")
    lunch = make_reason(label="Lunch")
    make_queue("Helpdesk", members=[ada])
    story = Story(ada)
    story.does(LogIn(at=at(5), actor=ada.user_id))
    story.gets(10, wrap_up=30)
    story.then(12, A.ANSWERED)
    story.chooses(20, "on_break", lunch.pk)
    story.told_by(boss.pk, 25, "busy")
    story.does(CancelPending(at=at(30), actor=ada.user_id))
    story.then(40, A.HUNG_UP)
    tick(70)
    story.told_by(boss.pk, 80, "on_break", immediate=True)
    story.does(lost(90))
    tick(100)
    story.does(back(110))
    story.phone(120, logged_in=True, reach=events.PhoneReach.REACHABLE)
    story.switches(130, events.DeviceKind.MOBILE, on=True)
    story.does(events.Microphone(at=at(135), actor=ada.user_id, granted=False))
    story.does(SettingsChanged(at=at(140), devices=frozenset({events.DeviceKind.WEBPHONE})))
    story.does(LogOut(at=at(150), actor=boss.pk, cause=events.Cause.SUPERVISOR))
    found = [(one.by, one.sentence, one.after.name if one.after else "") for one in told(ada, 200)]
    waits = "which waits for the end of the engagement."
    assert found[1:] == [
        ("Telephony (pbx)", "A call began to ring.", "Ringing (Offered)"),
        ("Telephony (pbx)", "A call was answered.", "On Call (Busy)"),
        ("Ada", f"Chose On Break – Lunch, {waits}", ""),  # noqa: RUF001
        ("boss", f"Chose Busy, {waits}", ""),
        ("Ada", "Cancelled the pending mode.", ""),
        ("Telephony (pbx)", "A call was hung up.", "Wrap-Up"),
        ("The clock", "Wrap-up ran out.", "Available"),
        ("boss", "Chose On Break, ending wrap-up at once.", "On Break"),
        ("Their browser", "Webphone lost.", ""),
        ("The clock", "Connection lost.", "Offline"),
        ("Their browser", "Webphone connected.", "On Break"),
        ("Telephony (pbx)", "Logged in at the telephony. The phone can be reached.", ""),
        ("Rollcall", "Mobile app on.", ""),
        ("Ada", "Microphone refused.", "Offline"),
        ("Rollcall", "Settings changed.", ""),
        ("boss", "Logged the agent out.", ""),
    ]
