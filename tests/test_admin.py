"""Admins configure in Django admin; nonsense is refused in words, and what is used is kept."""

from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from alerts.models import Rule
from dashboard.models import Wallboard
from presence import actions
from presence.catalogue import CATALOGUE
from presence.events import Cause, Choice, Choose
from presence.models import Agent, Floor, Reason, Status, Team, Transition
from routing.models import Queue
from tests.factories import (
    at,
    make_agent,
    make_interaction,
    make_limit,
    make_queue,
    make_reason,
    make_team,
    make_user,
    row_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_user("root", superuser=True))
    return client


def _deleted(admin: Client, name: str, key: object) -> str:
    """What is said to an admin who deletes it."""
    url = reverse(f"admin:{name}_delete", args=[key])
    return admin.post(url, {"post": "yes"}, follow=True).content.decode()


def test_every_admin_page_opens(admin: Client) -> None:
    make_queue("support", members=[make_agent("Ada", mode="available")])
    make_reason()
    for name in (
        "presence_status", "presence_reason", "presence_team", "presence_agent",
        "presence_floor", "presence_interval", "presence_transition", "presence_agentstate",
        "routing_queue", "routing_ringgroup", "routing_destination", "routing_directnumber",
        "routing_interaction", "routing_leg", "routing_queueentry",
    ):  # fmt: skip
        assert admin.get(reverse(f"admin:{name}_changelist")).status_code == 200, name
    for name in ("status", "reason", "team", "agent"):
        assert admin.get(reverse(f"admin:presence_{name}_add")).status_code == 200, name
    assert admin.get(reverse("admin:presence_floor_change", args=[1])).status_code == 200
    assert admin.get(reverse("admin:presence_status_change", args=["on_break"])).status_code == 200


def _ring_group(**changes: object) -> dict[str, object]:
    first = "ring_groups-0-"
    fields = {
        "tier": 1, "next_tier_after": 40, "strategy": "longest_idle", "ring_seconds": 20,
        "no_answer": "hold", "no_answer_seconds": 30,
        "wrap_up_seconds": 0, "cool_down_seconds": 0,
    } | changes  # fmt: skip
    return {
        "name": "support",
        "kind": "queue",
        "distribution": "telephony",
        "service_level_seconds": 20,
        "service_level_percent": 80,
        "active": "on",
        "ring_groups-TOTAL_FORMS": 1,
        "ring_groups-INITIAL_FORMS": 0,
        **{first + key: value for key, value in fields.items()},
    }


def test_a_browser_s_tab_shows_whose_admin_it_is(admin: Client) -> None:
    for address in (reverse("admin:index"), reverse("admin:presence_team_add")):
        assert b'rel="icon"' in admin.get(address).content


def test_a_queue_is_made_with_its_ring_group(admin: Client) -> None:
    admin.post(reverse("admin:routing_queue_add"), _ring_group())
    assert Queue.objects.get().ring_groups.get().ring_seconds == 20


def test_a_ring_timeout_of_zero_is_refused_in_words(admin: Client) -> None:
    answer = admin.post(reverse("admin:routing_queue_add"), _ring_group(ring_seconds=0))
    assert "rings 0 seconds is never answered" in answer.content.decode()
    assert not Queue.objects.exists()


def _status(**changes: object) -> dict[str, object]:
    return {
        "code": "meeting", "label": "Meeting", "colour": "violet", "icon": "people",
        "workforce": "withdrawn", "allows_outbound": "on", "selectable": "on", "active": "on",
        "reason_policy": "none", "order": 65, "max_seconds": "", "after_maximum": "",
        "reasons-TOTAL_FORMS": 0, "reasons-INITIAL_FORMS": 0,
    } | changes  # fmt: skip


def test_admins_add_their_own_statuses(admin: Client) -> None:
    admin.post(reverse("admin:presence_status_add"), _status())
    assert Status.objects.get(pk="meeting").selectable


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": "available"}, "already exists"),
        ({"code": "Lunch time"}, "small letters"),
        ({"label": "on break"}, "Another status has this label"),
        ({"accepts_inbound": "on"}, "Set both or neither"),
        ({"after_maximum": "busy"}, "after how many seconds"),
        ({"max_seconds": 60, "after_maximum": "available"}, "Nobody becomes available"),
        ({"max_seconds": 60, "after_maximum": "on_call"}, "not one of the available choices"),
        ({"workforce": "engaged"}, "Only calls make an agent engaged"),
        ({"max_seconds": 0}, "greater than or equal to 1"),
    ],
)
def test_a_status_that_makes_no_sense_is_refused_in_words(
    admin: Client, changes: dict[str, object], words: str
) -> None:
    before = Status.objects.count()
    answer = admin.post(reverse("admin:presence_status_add"), _status(**changes))
    assert words in answer.content.decode()
    assert Status.objects.count() == before


def test_only_modes_that_can_follow_are_offered(admin: Client) -> None:
    Status.objects.create(code="meeting", label="Meeting")
    Status.objects.create(code="old", label="Old", active=False)
    modes = {built_in.code for built_in in CATALOGUE if not built_in.system} | {"meeting"}
    without_calls = modes - {"available"}
    for code, follow in (
        ("available", without_calls),
        ("busy", without_calls - {"busy"}),
        ("meeting", modes - {"meeting"}),  # calls may be allowed in it on this page
    ):
        page = admin.get(reverse("admin:presence_status_change", args=[code]))
        for name in ("after_maximum", "after_idle"):
            assert _offered(page, name) == follow, (code, name)
    page = admin.get(reverse("admin:presence_floor_change", args=[1]))
    assert _offered(page, "after_connection_lost") == without_calls


def _offered(page: Any, name: str) -> set[str]:
    field = page.context["adminform"].form.fields[name]
    return set(field.queryset.values_list("pk", flat=True))


def test_a_renamed_status_reaches_the_boards(admin: Client) -> None:
    ada = make_agent("Ada", mode="available")
    before = row_of(ada).version
    url = reverse("admin:presence_status_change", args=["available"])
    answer = admin.post(url, _status(label="Ready", colour="green", icon="check"))
    assert answer.status_code == 302
    assert Status.objects.get(pk="available").label == "Ready"
    assert row_of(ada).version > before


def test_what_is_built_in_can_neither_be_deleted_nor_deactivated(admin: Client) -> None:
    assert "Kept because it is built in" in _deleted(admin, "presence_status", "busy")
    answer = admin.post(
        reverse("admin:presence_status_changelist"),
        {"action": "deactivate", "_selected_action": ["busy"]},
        follow=True,
    )
    assert "Built-in statuses stay" in answer.content.decode()
    assert Status.objects.get(pk="busy").active


def test_f4_a_reason_in_use_is_deactivated_instead_of_deleted(admin: Client) -> None:
    lunch = make_reason()
    make_agent("Ada", mode="on_break", reason=lunch.pk)
    assert "Deactivate it instead" in _deleted(admin, "presence_reason", lunch.pk)
    admin.post(
        reverse("admin:presence_reason_changelist"),
        {"action": "deactivate", "_selected_action": [lunch.pk]},
    )
    assert not Reason.objects.get().active


def test_f3_whoever_holds_a_deactivated_reason_keeps_it(admin: Client) -> None:
    lunch = make_reason()
    ada = make_agent("Ada", mode="on_break", reason=lunch.pk)
    admin.post(
        reverse("admin:presence_reason_changelist"),
        {"action": "deactivate", "_selected_action": [lunch.pk]},
    )
    assert row_of(ada).shown_reason_id == lunch.pk


def test_an_unused_reason_can_be_deleted(admin: Client) -> None:
    lunch = make_reason()
    admin.post(reverse("admin:presence_reason_delete", args=[lunch.pk]), {"post": "yes"})
    assert not Reason.objects.exists()


def _agent(user: User, **changes: object) -> dict[str, object]:
    return {
        "user": user.pk, "name": "Ada", "team": "", "presence_policy": "browser",
        "login_policy": "", "active": "on",
        "devices-TOTAL_FORMS": 0, "devices-INITIAL_FORMS": 0,
    } | changes  # fmt: skip


def test_a_new_agent_is_offline_and_has_a_webphone(admin: Client) -> None:
    admin.post(reverse("admin:presence_agent_add"), _agent(make_user(), team=make_team("Blue").pk))
    ada = Agent.objects.get()
    assert row_of(ada).shown_status_id == "offline"
    assert ada.devices.get().kind == "webphone"


def test_a_deactivated_agent_is_logged_out_and_kept(admin: Client) -> None:
    ada = make_agent("Ada", mode="available")
    admin.post(
        reverse("admin:presence_agent_changelist"),
        {"action": "deactivate", "_selected_action": [ada.pk]},
    )
    assert not Agent.objects.get().active
    assert row_of(ada).mode_id == "offline"


def test_choosing_a_vocabulary_relabels_the_statuses(admin: Client) -> None:
    admin.post(
        reverse("admin:presence_floor_change", args=[1]),
        {"name": "Care", "vocabulary": "modes", "login_policy": "offline", "grace_seconds": 10},
    )
    assert Floor.objects.get().vocabulary == "modes"
    assert Status.objects.get(pk="available").label == "Ready"


@pytest.mark.parametrize("where", ["wallboard", "rule", "status", "limit"])
def test_a_team_that_a_list_names_is_not_deleted(admin: Client, where: str) -> None:
    """Without it a wallboard would show every team, and everybody would see the alert."""
    blue = make_team("Blue")
    if where == "wallboard":
        Wallboard.objects.create(name="Blue's", token_hash="1").teams.add(blue)
    elif where == "rule":
        Rule.objects.earliest("pk").seen_by.add(blue)
    elif where == "status":
        Status.objects.get(pk="busy").teams.add(blue)
    else:
        make_limit(teams=[blue])
    assert "Deactivate it instead" in _deleted(admin, "presence_team", blue.pk)
    assert Team.objects.filter(pk=blue.pk).exists()


def test_a_team_in_use_is_deactivated_instead_of_deleted(admin: Client) -> None:
    blue = make_team("Blue")
    make_agent("Ada", team=blue)
    assert "Deactivate it instead" in _deleted(admin, "presence_team", blue.pk)
    assert Team.objects.filter(pk=blue.pk).exists()


def test_g24_nobody_edits_history(admin: Client) -> None:
    for name in ("presence_interval", "presence_transition", "routing_leg"):
        assert admin.get(reverse(f"admin:{name}_add")).status_code == 403


def test_a_status_that_another_leads_to_stays_active(admin: Client) -> None:
    Status.objects.create(code="meeting", label="Meeting")
    Status.objects.filter(pk="on_break").update(max_seconds=60, after_maximum="meeting")
    answer = admin.post(
        reverse("admin:presence_status_changelist"),
        {"action": "deactivate", "_selected_action": ["meeting"]},
        follow=True,
    )
    assert "Another status or the floor leads to this one by itself." in answer.content.decode()
    assert Status.objects.get(pk="meeting").active


def test_a_reason_keeps_its_status_for_history_reads_it_there(admin: Client) -> None:
    lunch = make_reason()
    url = reverse("admin:presence_reason_change", args=[lunch.pk])
    admin.post(
        url,
        {
            "status": "back_office",
            "label": "Dinner",
            "chosen_by": "agents",
            "active": "on",
            "order": 1,
        },
    )
    lunch.refresh_from_db()
    assert (lunch.status_id, lunch.label) == ("on_break", "Dinner")


def test_a_team_that_alone_may_choose_a_status_is_kept(admin: Client) -> None:
    blue = make_team("Blue")
    Status.objects.get(pk="do_not_disturb").teams.add(blue)
    assert "this team's to choose" in unescape(_deleted(admin, "presence_team", blue.pk))
    assert Team.objects.filter(pk=blue.pk).exists()


def test_f8_a_queue_that_had_calls_is_deactivated_instead_of_deleted(admin: Client) -> None:
    queue = make_queue("support")
    make_interaction(queue=queue)
    assert "Deactivate it instead" in _deleted(admin, "routing_queue", queue.pk)
    assert Queue.objects.exists()


def test_a_queue_that_somebody_serves_is_kept_and_so_is_its_ring_group(admin: Client) -> None:
    queue = make_queue("support", members=[make_agent("Ada")])
    group = queue.ring_groups.get()
    for name, key in (("queue", queue.pk), ("ringgroup", group.pk)):
        assert "an agent serves it" in _deleted(admin, f"routing_{name}", key)
    assert queue.ring_groups.get() == group


def test_a_queue_that_nobody_serves_says_so(admin: Client) -> None:
    answer = admin.post(reverse("admin:routing_queue_add"), _ring_group(), follow=True)
    assert "Nobody serves this queue: add agents" in answer.content.decode()


def test_a_reason_that_must_be_given_but_is_not_there_is_warned_of(admin: Client) -> None:
    answer = admin.post(
        reverse("admin:presence_status_add"), _status(reason_policy="required"), follow=True
    )
    assert "there is none yet" in answer.content.decode()


def test_who_did_something_stays_in_history(admin: Client) -> None:
    supervisor = make_user("sam")
    ada = make_agent("Ada", mode="available")
    actions.apply(
        ada.pk,
        Choose(at=at(5), choice=Choice("busy"), cause=Cause.SUPERVISOR, actor=supervisor.pk),
    )
    admin.post(reverse("admin:auth_user_delete", args=[supervisor.pk]), {"post": "yes"})
    assert Transition.objects.get(event="Choose").actor == supervisor


def test_members_of_a_deactivated_queue_are_read_anew(admin: Client) -> None:
    ada = make_agent("Ada", mode="available")
    queue = make_queue("support", members=[ada])
    before = row_of(ada).version
    admin.post(
        reverse("admin:routing_queue_changelist"),
        {"action": "deactivate", "_selected_action": [queue.pk]},
    )
    assert not Queue.objects.get().active
    assert row_of(ada).version > before
