"""Whatever keeps calls away is said on My day, and where a button can end it, it does."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from dashboard import bar, serving, why
from presence.derive import Refusal
from presence.events import (
    Choice,
    Choose,
    DeviceKind,
    DeviceSwitched,
    LegAction,
    Microphone,
    NoAnswer,
    PhoneReach,
    PhoneSeen,
    WebphoneLost,
)
from presence.models import Agent, Status
from presence.words import HELP, WHY_NOT
from routing.actions import apply
from routing.models import Queue
from tests.dashboard.test_notices import browser
from tests.factories import (
    at,
    call_of,
    leg_event,
    make_agent,
    make_interaction,
    make_queue,
    opt_out,
    row_of,
)

__all__ = ["browser"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(ada: Agent) -> Queue:
    return make_queue("Helpdesk", members=[ada])


def causes(agent: Agent) -> list[why.Cause]:
    return why.causes(bar.read_one(agent), serving.queues(agent))


def codes(agent: Agent) -> list[str]:
    return [cause.code for cause in causes(agent)]


def help_yourself(browser: Client, agent: Agent, code: str, button: str) -> None:
    """Press the button that the page has for this cause."""
    [cause] = [one for one in causes(agent) if one.code == code]
    [remedy] = [one for one in cause.remedies if one.label == button]
    page = browser.get(reverse("agent_page")).content.decode()
    assert f">{button}</button>" in page
    form = {remedy.name: remedy.value} | dict(remedy.also)
    assert browser.post(remedy.action, form).status_code == 302


def engage(agent: Agent, *, wrap_up: int | None = 0) -> None:
    call = call_of(make_interaction(queue=Queue.objects.get()), wrap_up=wrap_up)
    for action in (LegAction.OFFERED, LegAction.ANSWERED):
        apply(agent.pk, leg_event(action, 1, call=call))


def test_who_may_be_offered_calls_is_told_so(browser: Client, ada: Agent, queue: Queue) -> None:
    assert codes(ada) == []
    page = browser.get(reverse("agent_page")).content.decode()
    assert "Calls can reach you" in page
    assert f'href="{reverse("agent_page")}#why"' in page


def test_the_mode_is_changed_by_its_name_in_this_floors_words(
    browser: Client, ada: Agent, queue: Queue
) -> None:
    Status.objects.filter(pk="available").update(label="Ready")
    apply(ada.pk, Choose(at=at(1), choice=Choice("busy")))
    assert codes(ada) == ["mode"]
    help_yourself(browser, ada, "mode", "Choose Ready")
    assert codes(ada) == []


def test_where_no_status_takes_calls_an_admin_is_named(ada: Agent, queue: Queue) -> None:
    apply(ada.pk, Choose(at=at(1), choice=Choice("busy")))
    Status.objects.filter(pk="available").update(selectable=False)
    [cause] = causes(ada)
    assert (cause.remedies, "An admin can change that" in cause.help) == ((), True)


def test_what_waits_is_named_and_cancelled(browser: Client, ada: Agent, queue: Queue) -> None:
    engage(ada)
    apply(ada.pk, Choose(at=at(2), choice=Choice("on_break")))
    assert codes(ada) == ["pending", "engaged"]
    assert causes(ada)[0].help == "On Break waits, and applies when you are done."
    assert causes(ada)[1].help == "You are on a call.", "none comes next while a mode waits"
    help_yourself(browser, ada, "pending", "Cancel what waits")
    assert codes(ada) == ["engaged"]


def test_wrap_up_is_ended(browser: Client, ada: Agent, queue: Queue) -> None:
    engage(ada, wrap_up=None)
    assert "You are on a call" in causes(ada)[0].help
    apply(ada.pk, leg_event(LegAction.HUNG_UP, 3))
    assert "You are in wrap-up" in causes(ada)[0].help
    help_yourself(browser, ada, "engaged", "Wrap-up done")
    assert codes(ada) == []


def test_what_waits_comes_first(ada: Agent, queue: Queue) -> None:
    apply(ada.pk, Choose(at=at(1), choice=Choice("busy")))
    engage(ada)
    apply(ada.pk, Choose(at=at(2), choice=Choice("on_break")))
    assert codes(ada)[0] == "pending"


@pytest.mark.parametrize(
    ("language", "button"), [("es", "Elegir Disponible"), ("fr", "Choisir Disponible")]
)
def test_a_button_names_a_status_in_the_readers_language(
    ada: Agent, queue: Queue, language: str, button: str
) -> None:
    apply(ada.pk, Choose(at=at(1), choice=Choice("busy")))
    with translation.override(language):
        [cause] = causes(ada)
        assert cause.remedies[0].label == button


@pytest.mark.parametrize(
    ("language", "missed"), [("en", "missed"), ("es", "perdió"), ("fr", "manqué")]
)
def test_a_missed_call_is_told_once(language: str, missed: str) -> None:
    with translation.override(language):
        told = f"{WHY_NOT[Refusal.NO_ANSWER]}. {HELP[Refusal.NO_ANSWER]}"
    assert told.lower().count(missed) == 1


def test_a_missed_call_is_left_behind(browser: Client, ada: Agent, queue: Queue) -> None:
    call = call_of(make_interaction(queue=queue), no_answer=NoAnswer.HOLD)
    apply(ada.pk, leg_event(LegAction.OFFERED, 1, call=call))
    assert "A call rings at you" not in causes(ada)[0].help, "the telephony's own to answer"
    apply(ada.pk, leg_event(LegAction.RING_TIMED_OUT, 2))
    assert codes(ada) == ["no_answer"]
    help_yourself(browser, ada, "no_answer", "Choose Available")
    assert codes(ada) == []


def test_a_device_is_switched_on(browser: Client, ada: Agent, queue: Queue) -> None:
    ada.devices.update(enabled=False)
    apply(ada.pk, DeviceSwitched(at=at(1), device=DeviceKind.WEBPHONE, on=False))
    assert codes(ada) == ["no_device"]
    help_yourself(browser, ada, "no_device", "Switch on Webphone")
    assert codes(ada) == []


def test_a_refused_microphone_can_be_asked_for(browser: Client, ada: Agent, queue: Queue) -> None:
    apply(ada.pk, Microphone(at=at(1), granted=False))
    [cause] = causes(ada)
    assert (cause.code, cause.microphone) == ("not_present", True)
    page = browser.get(reverse("agent_page")).content.decode()
    assert "Allow the microphone" in page
    browser.post(reverse("microphone"), {"granted": "1"})
    assert codes(ada) == []


def test_an_unreachable_phone_leaves_the_other_devices(client: Client) -> None:
    agent = make_agent(mode="available", devices=[DeviceKind.SIP, DeviceKind.MOBILE])
    make_queue(members=[agent])
    client.force_login(agent.user)
    client.post(reverse("device"), {"kind": "mobile", "on": "0"})
    seen = timezone.now()
    apply(agent.pk, PhoneSeen(at=seen, logged_in=True, reach=PhoneReach.UNREACHABLE))
    assert codes(agent) == ["unreachable"]
    help_yourself(client, agent, "unreachable", "Switch on Mobile app")
    assert codes(agent) == []


def test_a_lost_page_says_so(ada: Agent, queue: Queue) -> None:
    apply(ada.pk, WebphoneLost(at=at(1)))
    row = row_of(ada)
    row.webphone = "off"
    row.save()
    assert codes(ada) == ["not_present"]


def test_an_agent_opts_in_again(browser: Client, ada: Agent, queue: Queue) -> None:
    make_queue("Sales", members=[ada])
    opt_out(ada, queue)
    assert codes(ada) == ["opted_out"]
    assert not why.none_can_come(bar.read_one(ada), serving.queues(ada))
    help_yourself(browser, ada, "opted_out", "Opt in to Helpdesk")
    assert codes(ada) == []


def test_who_opted_out_of_every_queue_gets_no_calls(ada: Agent, queue: Queue) -> None:
    opt_out(ada, queue)
    assert why.none_can_come(bar.read_one(ada), serving.queues(ada))


def test_who_serves_no_queue_is_told_so(browser: Client, ada: Agent) -> None:
    assert codes(ada) == ["not_member"]
    assert "Why am I not getting calls?" in browser.get(reverse("agent_page")).content.decode()


def test_every_cause_has_help() -> None:
    assert set(HELP) == set(Refusal)
