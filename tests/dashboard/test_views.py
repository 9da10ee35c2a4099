"""What people do: taken, refused in words, with and without JavaScript."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dashboard import bar, rows
from dashboard.table import View
from dashboard.templatetags.floor import duration
from presence import actions
from presence.events import Cause, DeviceKind, LegAction, LegEvent
from presence.models import Agent
from routing.actions import apply
from tests import factories

HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(ada: Agent, client: Client) -> Client:
    client.force_login(ada.user)
    return client


@pytest.fixture
def supervisor(db: None) -> User:
    user = factories.make_user("sam")
    user.user_permissions.add(*factories.supervising())
    return user


def answer_a_call(agent: Agent) -> None:
    interaction = factories.make_interaction(queue=factories.make_queue(), caller="+44 20")
    call = factories.call_of(interaction, wrap_up=None)
    for action in (LegAction.OFFERED, LegAction.ANSWERED):
        event = LegEvent(at=timezone.now(), action=action, leg="leg", call=call)
        apply(agent.pk, event)


def test_a_plain_form_changes_the_mode_and_goes_back(browser: Client, ada: Agent) -> None:
    answer = browser.post(reverse("mode"), {"status": "busy", "next": "/me/?x=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/me/?x=1")
    assert factories.row_of(ada).mode_id == "busy"
    assert factories.row_of(ada).shown_actor_id == ada.user_id


def test_a_form_leads_to_no_other_site(browser: Client) -> None:
    answer = browser.post(reverse("mode"), {"status": "busy", "next": "https://evil.example/"})
    assert answer["Location"] == reverse("agent_page")


def test_htmx_gets_the_bar(browser: Client) -> None:
    answer = browser.post(reverse("mode"), {"choice": "busy"}, headers=HTMX)
    assert answer.status_code == 200
    assert answer.content.decode().startswith('<div class="bar"')
    assert 'data-status="busy"' in answer.content.decode()


@pytest.mark.parametrize("form", [{"status": "on_call"}, {"status": "busy", "reason": "x"}, {}])
def test_a3_a_choice_that_is_not_offered_is_refused_with_a_sentence(
    browser: Client, ada: Agent, form: dict[str, str]
) -> None:
    plain = browser.post(reverse("mode"), form)
    live = browser.post(reverse("mode"), form, headers=HTMX)
    assert (plain.status_code, live.status_code) == (409, 409)
    assert "Pick " in plain.content.decode()
    assert 'id="bar"' in live.content.decode()
    assert factories.row_of(ada).mode_id == "available"


def test_what_is_chosen_on_a_call_waits_and_can_be_cancelled(browser: Client, ada: Agent) -> None:
    lunch = factories.make_reason()
    answer_a_call(ada)
    bar = browser.post(reverse("mode"), {"choice": f"on_break:{lunch.pk}"}, headers=HTMX)
    assert "Waiting for <b>On Break – Lunch</b>" in bar.content.decode()  # noqa: RUF001
    browser.post(reverse("cancel_pending"))
    assert factories.row_of(ada).pending_id is None


def test_c13_a_supervisor_sets_a_mode_and_the_agent_is_told_who(
    browser: Client, ada: Agent, supervisor: User
) -> None:
    answer_a_call(ada)
    other = Client()
    other.force_login(supervisor)
    answer = other.post(reverse("set_mode", args=[ada.pk]), {"choice": "busy"}, headers=HTMX)
    assert (answer.status_code, answer["HX-Trigger"]) == (204, "mode-set")
    row = factories.row_of(ada)
    assert (row.pending_id, row.pending_cause) == ("busy", Cause.SUPERVISOR)
    assert "set by sam" in browser.get(reverse("agent_page")).content.decode()


def test_f2_only_supervisors_see_the_monitor_and_set_modes(browser: Client, bob: Agent) -> None:
    assert browser.get(reverse("monitor")).status_code == 403
    assert browser.post(reverse("set_mode", args=[bob.pk]), {"choice": "busy"}).status_code == 403
    assert browser.get(reverse("ticket"), {"monitor": "1"}).status_code == 403
    assert factories.row_of(bob).mode_id == "available"


def test_wrap_up_is_done_when_the_agent_says_so(browser: Client, ada: Agent) -> None:
    answer_a_call(ada)
    hung_up = LegEvent(at=timezone.now(), action=LegAction.HUNG_UP, leg="leg")
    apply(ada.pk, hung_up)
    assert "Wrap-up done" in browser.get(reverse("agent_page")).content.decode()
    browser.post(reverse("wrap_up_done"), {"leg": "leg"})
    assert factories.row_of(ada).shown_status_id == "available"


def test_a_device_switched_off_stays_off(browser: Client, ada: Agent) -> None:
    browser.post(reverse("device"), {"kind": "webphone", "on": "0"})
    assert factories.row_of(ada).shown_status_id == "outbound_only"
    actions.refresh([ada.pk])
    assert DeviceKind.WEBPHONE.value not in factories.row_of(ada).devices


def test_a_device_that_the_agent_has_not_is_refused(browser: Client) -> None:
    assert browser.post(reverse("device"), {"kind": "fax", "on": "1"}).status_code == 409


def test_a_refused_microphone_shows_offline(browser: Client, ada: Agent) -> None:
    browser.post(reverse("microphone"), {"granted": "0"})
    assert factories.row_of(ada).shown_status_id == "offline"


def test_the_agents_page_says_why_no_calls_come(browser: Client, ada: Agent) -> None:
    browser.post(reverse("mode"), {"status": "busy"})
    page = browser.get(reverse("agent_page")).content.decode()
    assert "Why am I not getting calls?" in page
    assert "Choose Available" in page


def test_the_log_in_policy_is_the_agents_own(browser: Client, ada: Agent) -> None:
    browser.post(reverse("login_policy"), {"policy": "available"})
    ada.refresh_from_db()
    assert ada.login_policy == "available"
    assert browser.post(reverse("login_policy"), {"policy": "nonsense"}).status_code == 409


def test_an_agent_who_leaves_is_offline_and_one_who_comes_starts_by_policy(
    client: Client, db: None
) -> None:
    dora = factories.make_agent("Dora", login="available", logged_in=False)
    form = {"username": dora.user.username, "password": "secret"}
    client.post(reverse("login"), form)
    assert factories.row_of(dora).mode_id == "available"
    client.post(reverse("logout"))
    assert factories.row_of(dora).mode_id == "offline"


def test_everybody_is_led_to_their_work(ada: Agent, supervisor: User, client: Client) -> None:
    staff, stranger = factories.make_user(staff=True), factories.make_user()
    for user, target in (
        (ada.user, "/me/"),
        (supervisor, "/monitor/"),
        (staff, "/admin/"),
    ):
        client.force_login(user)
        assert client.get("/")["Location"] == target
    client.force_login(stranger)
    assert "neither an agent nor a supervisor" in client.get("/").content.decode()
    client.logout()
    assert client.get("/")["Location"] == "/login/"
    assert client.get(reverse("ticket")).status_code == 401


def test_f11_filters_narrow_together_and_tiles_follow_them(
    client: Client, supervisor: User, ada: Agent, bob: Agent
) -> None:
    bob.team = factories.make_team("Sales")
    bob.save()
    factories.make_queue("Helpdesk", members=[ada, bob])
    client.force_login(supervisor)
    page = client.get(reverse("monitor"), {"team": str(bob.team.pk), "text": "BOB"})
    (group,) = page.context["groups"]
    assert [(row.name, shown) for row, shown in group.rows] == [("Ada", False), ("Bob", True)]
    counts = {tile.look.code: tile.count for tile in page.context["tiles"]}
    assert counts["available"] == 1


def test_a_refused_form_still_leads_back_to_its_page(browser: Client) -> None:
    page = browser.post(reverse("mode"), {"status": "x", "next": "/me/?x=1"}).content.decode()
    assert 'href="/me/?x=1"' in page
    assert 'name="next" value="/me/?x=1"' in page
    assert reverse("mode") not in re.findall(r'name="next" value="([^"]*)"', page)
    page = browser.post(reverse("mode"), {"status": "x"}).content.decode()
    assert f'href="{reverse("agent_page")}">Back' in page


def test_who_was_signed_out_meanwhile_comes_back_to_a_page(client: Client, ada: Agent) -> None:
    posted = client.post(reverse("mode"), {"status": "busy", "next": "/me/?x=1"})
    assert posted["Location"] == "/login/?next=/me/%3Fx%3D1"
    assert client.post(reverse("mode"))["Location"] == "/login/?next=/"
    assert client.get(reverse("monitor"))["Location"] == "/login/?next=/monitor/"
    for address in (reverse("mode"), reverse("set_mode", args=[ada.pk])):
        assert client.post(address, headers=HTMX).status_code == 401


def test_the_admins_log_in_and_out_count_as_the_floors(client: Client, db: None) -> None:
    user = factories.make_user("dora", staff=True)
    dora = factories.make_agent("Dora", login="available", logged_in=False, user=user)
    form = {"username": "dora", "password": "secret"}
    log_in = client.get("/admin/", follow=True)
    assert log_in.redirect_chain[-1] == ("/login/?next=/admin/", 302)
    answer = client.post("/login/?next=/admin/", form)
    assert answer["Location"] == "/admin/"
    assert factories.row_of(dora).mode_id == "available"
    client.post(reverse("admin:logout"))
    assert factories.row_of(dora).mode_id == "offline"


def test_who_may_not_open_the_admin_is_told_so(browser: Client) -> None:
    assert browser.get("/admin/", follow=True).status_code == 403


def test_a_page_of_nobody_gets_no_ticket(client: Client, db: None) -> None:
    client.force_login(factories.make_user())
    assert client.get(reverse("ticket")).status_code == 403


def test_bars_cost_no_query_an_agent(
    ada: Agent, bob: Agent, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with CaptureQueriesContext(connection) as one:
        bar.read([ada.pk])
    with django_assert_num_queries(len(one)):
        bar.read([ada.pk, bob.pk])


def test_rows_sort_as_people_do(db: None) -> None:
    for name in ("agent 10", "Zoe", "Agent 2", "Émile"):
        factories.make_agent(name)
    names = [row.name for row in View().sorted(rows.read())]
    assert names == ["Agent 2", "agent 10", "Émile", "Zoe"]


def test_a_view_is_its_url() -> None:
    assert View().url == "?sort=agent"
    view = View(status=("busy", "offline"), sort="-duration")
    assert view.url == "?status=busy,offline&sort=-duration"
    assert View.of(QueryDict(view.url[1:])) == view
    assert View.of(QueryDict("status=busy&status=offline&sort=-duration")) == view


def test_what_an_address_asks_for_and_there_is_not_is_left_out(
    supervisor: User, client: Client, ada: Agent
) -> None:
    client.force_login(supervisor)
    unknown = {"team": "999999", "queue": "x", "availability": "so-so", "top": "no", "group": "zzz"}
    page = client.get(reverse("monitor"), {"status": "busy,<script>", "sort": "zzz", **unknown})
    assert page.context["view"] == View(status=("busy",))
    page = client.get(reverse("monitor"), unknown)
    assert (page.context["view"], page.context["shown"]) == (View(), 1)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-300, "0:00"), (7, "0:07"), (754, "12:34"), (3723, "1:02:03"), (184_000, "2d 03:06")],
)
def test_g11_durations_read_well_and_are_never_negative(seconds: int, text: str) -> None:
    assert duration(timedelta(seconds=seconds).total_seconds()) == text
