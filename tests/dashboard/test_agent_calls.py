"""What agents do with calls and queues of theirs: answer, reject, opt out and in again."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dashboard import bar, rows
from dashboard.rendering import render_row
from presence.events import Call, CallKind, LegAction, LegEvent
from presence.models import Agent, OutboxEvent
from routing import calls, transfers
from routing.actions import apply
from routing.calls import Origin
from routing.distribution import distribute
from routing.models import DirectNumber, Interaction, Queue
from tests.factories import (
    call_of,
    make_agent,
    make_interaction,
    make_queue,
    make_tier,
    offers_of,
    row_of,
)

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(ada: Agent, client: Client) -> Client:
    client.force_login(ada.user)
    return client


def ring(queue: Queue) -> Interaction:
    """A caller comes in now, and rings at whom Rollcall picks."""
    call = calls.arrive(Origin(timezone.now(), "pbx"), "one", queue, "+44 20 7946 0000")
    distribute(timezone.now())
    return call


def leg_of(agent: Agent) -> str:
    ringing = bar.read_one(agent).offer
    assert ringing
    return ringing.leg


def report(agent: Agent, action: LegAction, leg: str, call: Call) -> None:
    """The telephony tells of a leg."""
    apply(agent.pk, LegEvent(at=timezone.now(), source="pbx", action=action, leg=leg, call=call))


def test_b1_the_bar_names_the_call_that_rings_and_until_when(browser: Client, ada: Agent) -> None:
    ring(make_queue("Helpdesk", members=[ada], rollcall=True))
    found = bar.read_one(ada).offer
    assert found
    assert (found.queue, found.caller) == ("Helpdesk", "+44 20 7946 0000")
    assert found.deadline
    page = browser.get(reverse("agent_page")).content.decode()
    assert 'id="bar-answer"' in page
    assert f'<time data-until="{round(found.deadline.timestamp() * 1000)}"' in page


def test_b2_an_agent_answers_and_the_telephony_is_told(browser: Client, ada: Agent) -> None:
    ring(make_queue(members=[ada], rollcall=True))
    answer = browser.post(reverse("answer"), {"leg": leg_of(ada)}, headers=HTMX)
    assert answer.status_code == 200
    assert 'data-status="on_call"' in answer.content.decode()
    assert "bar-answer" not in answer.content.decode()
    assert OutboxEvent.objects.filter(type="offer.answered").count() == 1
    assert row_of(ada).shown_actor_id == ada.user_id


def test_b7_an_agent_rejects_and_the_next_one_rings(
    browser: Client, ada: Agent, bob: Agent
) -> None:
    queue = make_queue(members=[ada], rollcall=True)
    queue.ring_groups.update(next_tier_after=0)
    make_tier(queue, [bob], 2)
    call = ring(queue)
    assert offers_of(call) == ["Ada"]
    browser.post(reverse("reject"), {"leg": leg_of(ada)})
    distribute(timezone.now())
    assert (row_of(ada).shown_status_id, offers_of(call)) == ("busy", ["Bob"])
    assert OutboxEvent.objects.filter(type="offer.rejected").count() == 1


@pytest.mark.parametrize("name", ["answer", "reject"])
def test_an_offer_that_is_gone_is_refused_with_a_sentence_and_nothing_else(
    browser: Client, ada: Agent, name: str
) -> None:
    call = ring(make_queue(members=[ada], rollcall=True))
    leg = leg_of(ada)
    calls.caller_left(call, Origin(timezone.now(), "pbx"))
    before = row_of(ada).version
    for posted in ({"leg": leg}, {"leg": "unknown"}, {}):
        answer = browser.post(reverse(name), posted, headers=HTMX)
        assert answer.status_code == 409
        assert "That call does not ring at you any more." in answer.content.decode()
    assert row_of(ada).version == before


def test_a_second_click_changes_nothing(browser: Client, ada: Agent) -> None:
    ring(make_queue(members=[ada], rollcall=True))
    leg = leg_of(ada)
    clicks = [browser.post(reverse("answer"), {"leg": leg}, headers=HTMX) for _ in range(2)]
    assert [click.status_code for click in clicks] == [200, 409]
    assert browser.post(reverse("reject"), {"leg": leg}, headers=HTMX).status_code == 409
    assert row_of(ada).shown_status_id == "on_call"


def test_an_offer_of_another_agent_is_not_theirs_to_take(
    browser: Client, ada: Agent, bob: Agent
) -> None:
    ring(make_queue(members=[bob], rollcall=True))
    assert browser.post(reverse("answer"), {"leg": leg_of(bob)}).status_code == 409
    assert row_of(bob).shown_status_id == "ringing"


def test_a_telephonys_own_offer_has_no_buttons(browser: Client, ada: Agent) -> None:
    call = call_of(make_interaction(queue=make_queue("Helpdesk"), caller="0207"))
    report(ada, LegAction.OFFERED, "leg", call)
    page = browser.get(reverse("agent_page")).content.decode()
    assert "0207" in page
    assert "bar-answer" not in page
    assert browser.post(reverse("answer"), {"leg": "leg"}).status_code == 409


def test_rows_say_what_kind_of_call_comes_from_no_queue(ada: Agent, bob: Agent) -> None:
    now = timezone.now()
    number = DirectNumber.objects.create(number="+44 1", agent=ada)
    calls.arrive_direct(Origin(now, "pbx"), "direct", number, "0207")
    calls.dial(Origin(now, "pbx"), "dialed", bob, "0800")
    eve = make_agent("Eve", mode="available")
    queue = make_queue("Win back", members=[eve], rollcall=True, kind=CallKind.CAMPAIGN.value)
    ring(queue)
    talks = {row.name: row.talk for row in rows.read()}
    told = {name: (talk.label, talk.queue, talk.caller) for name, talk in talks.items() if talk}
    assert told == {
        "Ada": ("Offered", "Direct", "0207"),
        "Bob": ("Dialing", "Outbound", "0800"),
        "Eve": ("Offered", "Win back", "+44 20 7946 0000"),
    }


def test_a_call_that_the_telephony_gave_somebody_names_its_queue(ada: Agent) -> None:
    origin = Origin(timezone.now(), "pbx")
    call = calls.arrive(origin, "one", make_queue("Helpdesk", members=[ada]), "0207")
    calls.happen(call, ada, LegAction.ANSWERED, origin)
    (row,) = rows.read()
    assert row.talk
    assert (row.talk.label, row.talk.queue) == ("Handling", "Helpdesk")


def test_a_consulted_colleague_rings_directly(ada: Agent, bob: Agent) -> None:
    call = ring(make_queue("Helpdesk", members=[ada], rollcall=True))
    now = timezone.now()
    calls.happen(call, ada, LegAction.ANSWERED, Origin(now, "pbx"))
    transfers.consult(call, ada, bob, Origin(now, "pbx"))
    talks = {row.name: row.talk for row in rows.read()}
    assert talks["Ada"]
    assert talks["Bob"]
    assert (talks["Ada"].label, talks["Ada"].queue) == ("Consulting", "Helpdesk")
    assert (talks["Bob"].label, talks["Bob"].queue) == ("Offered", "Direct")


def test_a3_a_row_tells_the_first_cause_and_keeps_the_rest() -> None:
    make_agent("Ada", mode="busy", connected=False)
    (row,) = rows.read()
    assert row.why_not == ("Mode takes no calls", "Not connected")


def test_a_row_with_several_causes_shows_how_many_more() -> None:
    make_agent("Ada", mode="busy", connected=False)
    (row,) = rows.read()
    html = render_row(row)
    assert 'title="Mode takes no calls, Not connected"' in html
    assert '+1</span><span class="unseen">, Not connected</span>' in html


def test_a8_an_agent_opts_out_of_one_queue_and_in_again(browser: Client, ada: Agent) -> None:
    out, stays = (make_queue(name, members=[ada], rollcall=True) for name in ("Sales", "Service"))
    address = reverse("opt", args=[out.pk])
    assert browser.post(address, {"on": "0"}, headers=HTMX).status_code == 200
    page = browser.get(reverse("agent_page")).content.decode()
    assert "You get no calls from Sales: opted out." in page
    assert "Sales: Opted out of this queue." in page
    assert "no calls from Service" not in page
    assert offers_of(ring(out)) == []
    browser.post(address, {"on": "1"})
    distribute(timezone.now())
    assert offers_of(Interaction.objects.get()) == ["Ada"]
    assert stays.ring_groups.get().memberships.get().opted_out is False


def test_an_agent_sees_where_they_stand_in_their_queues(browser: Client, ada: Agent) -> None:
    queue = make_queue("Sales", members=[ada])
    make_tier(queue, [ada], 2).memberships.update(priority=3)
    page = browser.get(reverse("agent_page")).content.decode()
    assert "Tier 1, priority 1; Tier 2, priority 3" in page


def test_a_queue_of_others_is_not_there_to_opt_out_of(
    browser: Client, ada: Agent, bob: Agent
) -> None:
    others = make_queue(members=[bob])
    closed = make_queue(members=[ada], active=False)
    for queue_id in (others.pk, closed.pk, 999_999):
        answer = browser.post(reverse("opt", args=[queue_id]), {"on": "0"})
        assert answer.status_code == 404
    assert not others.ring_groups.get().memberships.get().opted_out


def test_one_who_serves_no_queue_is_told_who_can_change_that(browser: Client) -> None:
    assert "You serve no queue." in browser.get(reverse("agent_page")).content.decode()
