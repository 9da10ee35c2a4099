"""Alerts as supervisors see them: on the monitor and in their history, each by a right."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alerts.kinds import Kind
from alerts.models import Alert, Rule
from alerts.watch import look
from dashboard import alerts as boards
from presence.models import Status
from tests.alerts.world import only
from tests.factories import (
    at,
    make_agent,
    make_queue,
    make_reason,
    make_team,
    make_user,
    supervising,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(client: Client) -> User:
    """A supervisor who has signed in."""
    user = make_user("sam")
    user.user_permissions.add(*supervising())
    client.force_login(user)
    return user


def long_break(name: str = "Ada") -> Alert:
    """An alert about an agent whose break has been too long."""
    Status.objects.filter(pk="on_break").update(max_seconds=60, critical_seconds=120)
    make_agent(name, mode="on_break", reason=make_reason().pk)
    look(at(61))
    return Alert.objects.get(name=name)


def text(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


@pytest.mark.usefixtures("sam")
def test_all_is_well_where_nothing_is_wrong(client: Client) -> None:
    page = client.get("/monitor/").content.decode()
    assert re.search(r'<p class="well">.*All well', page)


@pytest.mark.usefixtures("sam")
def test_f12_a_break_that_is_too_long_is_told_and_marked_by_more_than_colour(
    client: Client,
) -> None:
    one = long_break()
    page = client.get("/monitor/").content.decode()
    assert f'id="alert-{one.pk}"' in page
    assert 'data-say="Warning: Ada, On Break – Lunch for too long"' in page  # noqa: RUF001
    assert re.search(r'<p class="well" hidden', page)
    assert re.search(r'<tr [^>]*data-alert="warning"', page)
    assert re.search(r'class="alarm" title="Alert">.*icons.svg#alert', page)


@pytest.mark.usefixtures("sam")
def test_a_queue_that_has_an_alert_is_marked(client: Client) -> None:
    only(Kind.GAP)
    queue = make_queue("Sales")
    look(at(0))
    page = client.get("/monitor/").content.decode()
    assert re.search(rf'id="queue-{queue.pk}"[^>]*data-alert="warning"', page)


def test_an_acknowledgement_bears_the_name_of_who_made_it(client: Client, sam: User) -> None:
    one = long_break()
    assert client.post(f"/alerts/{one.pk}/acknowledge/").headers["Location"] == "/monitor/"
    one.refresh_from_db()
    assert one.acknowledged_by == sam
    assert "Acknowledged by sam" in client.get("/monitor/").content.decode()


@pytest.mark.usefixtures("sam")
def test_htmx_gets_the_alert_anew_and_nothing_of_one_that_is_over(client: Client) -> None:
    one = long_break()
    url, htmx = f"/alerts/{one.pk}/acknowledge/", {"HX-Request": "true"}
    assert "Acknowledged by" in client.post(url, headers=htmx).content.decode()
    Alert.objects.update(cleared_at=timezone.now())
    assert client.post(url, headers=htmx).content == b""


def test_who_may_not_acknowledge_cannot_and_is_shown_no_button(client: Client) -> None:
    pat = make_user("pat")
    pat.user_permissions.add(*(right for right in supervising() if right.codename == "supervise"))
    client.force_login(pat)
    one = long_break()
    assert client.post(f"/alerts/{one.pk}/acknowledge/").status_code == 403
    assert not Alert.objects.get().acknowledged
    assert "data-may-acknowledge" not in client.get("/monitor/").content.decode()
    assert "<button>Acknowledge" not in client.get("/alerts/").content.decode()


def test_whoever_does_not_supervise_sees_no_history(client: Client) -> None:
    assert client.get("/alerts/").status_code == 302
    client.force_login(make_user())
    assert client.get("/alerts/").status_code == 403


@pytest.mark.usefixtures("sam")
def test_acknowledging_is_a_post_about_an_alert_that_there_is(client: Client) -> None:
    assert client.post("/alerts/999/acknowledge/").status_code == 404
    assert client.get(f"/alerts/{long_break().pk}/acknowledge/").status_code == 405


def test_a_rule_can_be_for_the_supervisors_of_some_teams(client: Client, sam: User) -> None:
    one, blue = long_break(), make_team("Blue")
    Rule.objects.get(pk=one.rule_id).seen_by.add(blue)
    hidden = client.get("/monitor/").content.decode()
    assert f'id="alert-{one.pk}"' not in hidden
    assert client.post(f"/alerts/{one.pk}/acknowledge/").status_code == 404
    assert "Ada" not in text(client.get("/alerts/"))
    blue.supervisors.add(sam)
    assert f'id="alert-{one.pk}"' in client.get("/monitor/").content.decode()
    assert "Ada" in text(client.get("/alerts/"))


def test_the_worst_that_nobody_knows_of_comes_first() -> None:
    Status.objects.filter(pk="on_break").update(max_seconds=60, critical_seconds=300)
    make_agent("Old", mode="on_break")
    make_agent("Known", mode="on_break")
    make_agent("New", mode="on_break", start=at(100))
    look(at(310))
    Alert.objects.filter(name="Known").update(acknowledged_at=at(305), acknowledged_by=make_user())
    assert [alert.name for alert in boards.read()] == ["Old", "New", "Known"]


@pytest.mark.usefixtures("sam")
def test_history_is_narrowed_by_day_rule_and_name(client: Client) -> None:
    long_break("Ada")
    long_break("Bob")
    rule = Alert.objects.latest("pk").rule
    other = Rule.objects.exclude(pk=rule.pk).earliest("pk")

    def names(query: str) -> set[str]:
        return {name for name in ("Ada", "Bob") if name in text(client.get(f"/alerts/?{query}"))}

    assert names("") == {"Ada", "Bob"}
    assert names("about=bo") == {"Bob"}
    assert names(f"rule={rule.pk}&day=2026-03-02") == {"Ada", "Bob"}
    assert names(f"rule={other.pk}") == set()
    assert names("day=2026-03-01") == set()


@pytest.mark.usefixtures("sam")
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_no_day_is_too_far(client: Client, day: str) -> None:
    said = client.get("/alerts/", {"day": day}).content.decode()
    assert "Ask for a day between 2000 and 2100." in said


@pytest.mark.usefixtures("sam")
@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_a_day_that_was_asked_for_stands_in_its_field_in_every_language(
    client: Client, language: str
) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    agent = make_agent("Ada")
    for page in ("/alerts/", "/reports/workforce/", reverse("agent_day", args=[agent.pk])):
        found = client.get(page, {"day": "2026-03-02", "first": "2026-03-02"})
        assert f'lang="{language}"' in found.content.decode()
        assert 'value="2026-03-02"' in found.content.decode()
    today = timezone.localdate().isoformat()
    opened = client.get(reverse("agent_day", args=[agent.pk])).content.decode()
    assert f'<input type="date" name="day" value="{today}"' in opened


@pytest.mark.usefixtures("sam")
@pytest.mark.parametrize("query", ["day=tomorrow", "rule=x", "rule=999", "about=" + "a" * 81])
def test_what_makes_no_sense_is_said_to(client: Client, query: str) -> None:
    page = client.get(f"/alerts/?{query}")
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()


@pytest.mark.usefixtures("sam")
def test_a_page_number_that_is_none_shows_a_page(client: Client) -> None:
    long_break()
    for number in ("0", "x", "99"):
        assert "Ada" in text(client.get(f"/alerts/?page={number}"))
