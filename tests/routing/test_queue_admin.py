"""What an admin may make of queues, what is refused in words, and what is said after saving."""

from html import unescape
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse

from presence.models import Agent
from routing import calls
from routing.distribution import distribute
from routing.models import Destination, DirectNumber, Membership, Queue, RingGroup
from tests.factories import (
    at,
    call_in,
    make_agent,
    make_queue,
    make_tier,
    make_user,
    offers_of,
    origin,
    row_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_user("root", superuser=True))
    return client


def leads_to(queue: Queue) -> Destination:
    return Destination.objects.get_or_create(kind="queue", queue=queue)[0]


def form_of(thing: Queue | RingGroup) -> dict[str, Any]:
    """The page of `thing` as it is, to be posted with changes."""
    fields = model_to_dict(thing, exclude=["members"]).items()
    return {name: "" if value is None else value for name, value in fields if value is not False}


def form_with_tiers(queue: Queue) -> dict[str, Any]:
    groups = list(queue.ring_groups.order_by("tier"))
    fields = {"ring_groups-TOTAL_FORMS": len(groups), "ring_groups-INITIAL_FORMS": len(groups)}
    for number, group in enumerate(groups):
        fields |= {f"ring_groups-{number}-{name}": v for name, v in form_of(group).items()}
    return form_of(queue) | fields


def save(admin: Client, queue: Queue, **changes: Any) -> str:
    """Save the queue's page with `changes`; gives what the admin reads."""
    url = reverse("admin:routing_queue_change", args=[queue.pk])
    posted = {**form_with_tiers(queue), "_continue": "1", **changes}
    return unescape(admin.post(url, posted, follow=True).content.decode())


def problems(thing: Queue | Destination | DirectNumber | RingGroup) -> dict[str, list[str]]:
    """What is refused, by field."""
    try:
        thing.full_clean()
    except ValidationError as error:
        return error.message_dict
    return {}


# --- what is said ------------------------------------------------------------------------------


def test_a_queues_page_says_what_its_settings_mean(admin: Client, ada: Agent) -> None:
    queue = make_queue(members=[ada], rollcall=True, max_wait=300)
    page = admin.get(reverse("admin:routing_queue_change", args=[queue.pk])).content.decode()
    assert "A call rings Tier 1 (longest idle, 1 agent, 20 s a ring)." in page
    assert "At most 5 min, then hang up." in page


def test_saving_says_what_has_changed_and_nothing_else(admin: Client, ada: Agent) -> None:
    queue = make_queue("Support", members=[ada], rollcall=True, max_wait=300)
    said = save(admin, queue, max_wait=120)
    assert "Support: At most 2 min, then hang up.</li>" in said
    assert "Support: A call rings" not in said


def test_a_tiers_own_page_says_what_its_change_means(admin: Client, ada: Agent) -> None:
    queue = make_queue("Support", members=[ada], rollcall=True)
    group = queue.ring_groups.get()
    posted = {
        **form_of(group),
        "ring_seconds": 30,
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }
    url = reverse("admin:routing_ringgroup_change", args=[group.pk])
    said = admin.post(url, posted, follow=True).content.decode()
    assert "Support: A call rings Tier 1 (longest idle, 1 agent, 30 s a ring)." in said


def test_a_destinations_change_is_said_for_each_queue_that_uses_it(admin: Client) -> None:
    to = Destination.objects.create(kind="voicemail", address="200")
    for name in ("Billing", "Support"):
        make_queue(name, rollcall=True, max_wait=60, max_wait_overflow=to)
    url = reverse("admin:routing_destination_change", args=[to.pk])
    posted = {"kind": "voicemail", "queue": "", "address": "300"}
    said = admin.post(url, posted, follow=True).content.decode()
    assert "Billing: At most 60 s, then to Voicemail 300." in said
    assert "Support: At most 60 s, then to Voicemail 300." in said


def test_a_tier_is_added_on_the_queues_page(admin: Client, ada: Agent) -> None:
    queue = make_queue("Support", members=[ada], rollcall=True)
    second = {
        f"ring_groups-1-{name}": value for name, value in form_of(queue.ring_groups.get()).items()
    } | {"ring_groups-1-id": "", "ring_groups-1-tier": 3}
    said = save(admin, queue, **second, **{"ring_groups-TOTAL_FORMS": 2})
    assert "for 2 x 20 s, then Tier 3 joins (longest idle, nobody, 20 s a ring)." in said
    assert "Support: Tier 3 rings nobody: add an agent" in said


def test_two_tiers_at_one_place_are_refused(admin: Client, ada: Agent) -> None:
    queue = make_queue("Support", members=[ada])
    make_tier(queue, [], 2)
    said = save(admin, queue, **{"ring_groups-1-tier": 1})
    assert 'class="errornote"' in said
    assert queue.ring_groups.filter(tier=2).exists()


def test_who_opts_out_in_the_admin_is_offered_nothing_more(admin: Client, ada: Agent) -> None:
    group = make_queue("Support", members=[ada], rollcall=True).ring_groups.get()
    before = row_of(ada).version
    posted = form_of(group) | {
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 1,
        "memberships-0-id": Membership.objects.get().pk,
        "memberships-0-ring_group": group.pk,
        "memberships-0-agent": ada.pk,
        "memberships-0-priority": 2,
        "memberships-0-opted_out": "on",
    }
    admin.post(reverse("admin:routing_ringgroup_change", args=[group.pk]), posted)
    assert (Membership.objects.get().opted_out, Membership.objects.get().priority) == (True, 2)
    assert row_of(ada).version > before


def test_a_shorter_wait_counts_for_those_who_wait_already(admin: Client) -> None:
    queue = make_queue("Support", members=[make_agent()], rollcall=True)
    call = call_in(queue, 0)
    distribute(at(0))
    save(admin, queue, max_wait=60)
    distribute(at(61))
    call.refresh_from_db()
    assert (call.outcome, call.ended_at) == ("overflowed", at(60))


def test_a_calls_page_shows_its_waits_and_every_agents_part(admin: Client, ada: Agent) -> None:
    queue = make_queue("Support", members=[ada], rollcall=True)
    call = call_in(queue, 0)
    distribute(at(0))
    leg = call.legs.get()
    calls.happen(call, ada, "answered", origin(7))  # type: ignore[arg-type]
    page = admin.get(reverse("admin:routing_interaction_change", args=[call.pk]))
    assert "Offered 7 s, Handling" in page.content.decode()
    page = admin.get(reverse("admin:routing_leg_change", args=[leg.pk]))
    assert "Offered" in page.content.decode()
    assert admin.get(reverse("admin:routing_queueentry_changelist")).status_code == 200


# --- what is refused ---------------------------------------------------------------------------


def test_a_queue_that_overflows_into_itself_is_refused(admin: Client) -> None:
    queue = make_queue("Support")
    said = save(admin, queue, max_wait=60, max_wait_overflow=leads_to(queue).pk)
    assert "Callers would go in circles: Support, then Support. Choose another." in said
    assert Queue.objects.get().max_wait_overflow is None


FIELDS = [
    ("wait_when_withdrawn", "withdrawn_overflow"),
    ("wait_when_absent", "absent_overflow"),
    ("max_wait", "max_wait_overflow"),
]


@pytest.mark.parametrize(("wait", "overflow"), FIELDS)
def test_a_longer_circle_is_refused_through_any_of_the_waits(wait: str, overflow: str) -> None:
    queue = make_queue("A")
    last = make_queue("C", wait_when_absent=0, absent_overflow=leads_to(queue))
    between = make_queue("B", wait_when_withdrawn=9, withdrawn_overflow=leads_to(last))
    setattr(queue, wait, 60)
    setattr(queue, overflow, leads_to(between))
    words = "Callers would go in circles: A, then B, then C, then A. Choose another."
    assert problems(queue) == {overflow: [words]}


def test_a_circle_made_by_changing_a_destination_is_refused() -> None:
    to = Destination.objects.create(kind="voicemail", address="200")
    first = make_queue("A", max_wait=60, max_wait_overflow=to)
    second = make_queue("B", max_wait=60, max_wait_overflow=leads_to(first))
    to.kind, to.queue, to.address = "queue", second, ""
    words = "Callers would go in circles: A, then B, then A. Choose another."
    assert problems(to) == {"queue": [words]}


def test_a_circle_through_a_deactivated_queue_is_refused_for_the_day_it_is_activated() -> None:
    queue = make_queue("A")
    asleep = make_queue("B", active=False, max_wait=60, max_wait_overflow=leads_to(queue))
    queue.max_wait, queue.max_wait_overflow = 60, leads_to(asleep)
    assert "deactivated" in problems(queue)["max_wait_overflow"][0]
    queue.active = False
    assert "circles: A, then B, then A" in problems(queue)["max_wait_overflow"][0]


def test_two_queues_whose_names_differ_in_case_only_are_refused(admin: Client) -> None:
    make_queue("Support")
    said = save(admin, make_queue("Billing"), name="SUPPORT")
    assert "Another queue has this name; people could not tell them apart." in said


def test_two_ways_to_one_queue_are_no_circle() -> None:
    last = make_queue("C")
    between = make_queue("B", max_wait=60, max_wait_overflow=leads_to(last))
    queue = make_queue("A", wait_when_absent=0, absent_overflow=leads_to(last), max_wait=60)
    queue.max_wait_overflow = leads_to(between)
    assert problems(queue) == {}


@pytest.mark.parametrize(("wait", "overflow"), FIELDS)
def test_an_overflow_without_its_wait_is_refused(wait: str, overflow: str) -> None:
    queue = make_queue("A")
    setattr(queue, overflow, leads_to(make_queue("B")))
    words = "Say after how many seconds callers go to Queue B, or choose no overflow."
    assert problems(queue) == {wait: [words]}


@pytest.mark.parametrize(("wait", "overflow"), FIELDS)
def test_a_wait_without_an_overflow_hangs_up_and_is_fine(wait: str, overflow: str) -> None:
    queue = make_queue("A")
    setattr(queue, wait, 0)
    assert problems(queue) == {}


def test_overflowing_into_a_deactivated_queue_is_refused_everywhere(ada: Agent) -> None:
    closed = leads_to(make_queue("Night", active=False))
    words = "Night is deactivated and takes no calls; choose another."
    queue = make_queue("Support", max_wait=60, max_wait_overflow=closed)
    assert problems(queue) == {"max_wait_overflow": [words]}
    number = DirectNumber(number="100", agent=ada, overflow=closed)
    assert problems(number) == {"overflow": [words]}
    assert problems(closed) == {"queue": [words]}


def test_a_queue_that_others_overflow_into_is_neither_deactivated_nor_deleted(
    admin: Client, ada: Agent
) -> None:
    night = make_queue("Night")
    make_queue("Billing", max_wait=60, max_wait_overflow=leads_to(night))
    DirectNumber.objects.create(number="100", agent=ada, overflow=leads_to(night))
    said = save(admin, night, active="")
    assert "Callers of Billing and 100 overflow here; send them elsewhere first." in said
    url = reverse("admin:routing_queue_delete", args=[night.pk])
    said = admin.post(url, {"post": "yes"}, follow=True).content.decode()
    assert "Kept because callers of Billing and 100 overflow here." in said
    night.refresh_from_db()
    assert night.active


def test_callers_who_wait_in_a_queue_that_is_deactivated_are_told_of_and_served(
    admin: Client, ada: Agent
) -> None:
    queue = make_queue("Support", members=[ada], rollcall=True)
    call, _ = call_in(queue, 0), call_in(queue, 1)
    words = "2 callers still wait in Support and will be served; new callers are refused."
    assert words in save(admin, queue, active="")
    distribute(at(2))
    assert offers_of(call) == ["Ada"]
    queue.refresh_from_db()
    with pytest.raises(calls.CallError, match="takes no calls"):
        call_in(queue, 3)


def test_a_destination_in_use_is_kept_and_says_for_whom(admin: Client) -> None:
    to = Destination.objects.create(kind="number", address="0800")
    make_queue("Support", max_wait=60, max_wait_overflow=to)
    url = reverse("admin:routing_destination_delete", args=[to.pk])
    said = admin.post(url, {"post": "yes"}, follow=True).content.decode()
    assert "Kept because callers of Support overflow here." in said
    assert Destination.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"max_misses": 3}, "Say after how many misses, and which mode follows."),
        ({"misses_then": "on_break"}, "Say after how many misses, and which mode follows."),
        (
            {"max_misses": 3, "misses_then": "available"},
            "Choose an active mode in which no calls come",
        ),
        ({"no_answer": "hold_for", "no_answer_seconds": 0}, "Say for how many seconds."),
        ({"ring_seconds": 0}, "rings 0 seconds is never answered"),
        ({"wrap_up_campaign_only": "on"}, "There is no wrap-up after any call"),
    ],
)
def test_a_tier_that_makes_no_sense_is_refused_in_words(
    admin: Client, changes: dict[str, Any], words: str
) -> None:
    queue = make_queue("Support")
    before = model_to_dict(queue.ring_groups.get())
    fields = {f"ring_groups-0-{name}": value for name, value in changes.items()}
    assert words in save(admin, queue, **fields)
    assert model_to_dict(queue.ring_groups.get()) == before


def test_a_tier_moves_agents_who_miss_too_much_to_a_mode_without_calls(admin: Client) -> None:
    queue = make_queue("Support")
    fields = {"ring_groups-0-max_misses": 3, "ring_groups-0-misses_then": "on_break"}
    assert "and is On Break after 3 in a row" in save(admin, queue, **fields)


def test_a_tier_stays_with_its_queue(admin: Client) -> None:
    group = make_queue("Support").ring_groups.get()
    other = make_queue("Billing")
    posted = form_of(group) | {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    url = reverse("admin:routing_ringgroup_change", args=[group.pk])
    admin.post(url, posted | {"queue": other.pk, "tier": 7})
    group.refresh_from_db()
    assert (group.queue.name, group.tier) == ("Support", 7)
