"""Signs of the person that a page tells of, and the agent's own bar about it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dashboard import bar
from presence import actions, clock
from presence.events import Active, Cause, Choice, Choose
from presence.models import Agent, Status
from tests import factories


@pytest.fixture
def browser(client: Client, db: None) -> tuple[Client, Agent]:
    """Ada's, Available since five minutes ago; ten idle minutes make her Busy."""
    Status.objects.filter(pk="available").update(idle_seconds=600, after_idle_id="busy")
    began = timezone.now() - timedelta(minutes=5)
    agent = factories.make_agent("Ada", mode="available", start=began)
    client.force_login(agent.user)
    return client, agent


def test_a_page_learns_how_long_it_is_until_the_next_sign_is_due(
    browser: tuple[Client, Agent],
) -> None:
    client, _agent = browser
    assert client.get(reverse("idle")).json()["left"] == pytest.approx(300, abs=5)
    left = client.post(reverse("active"), {"ago": "20.5"}).json()["left"]
    assert left == pytest.approx(579.5, abs=5)
    Status.objects.filter(pk="available").update(idle_seconds=None, after_idle_id=None)
    assert client.get(reverse("idle")).json() == {"left": None}


@pytest.mark.parametrize(("ago", "counts"), [("-9", 0), ("86400", 60), ("", 400), ("nan", 400)])
def test_a_sign_is_of_the_last_minute_and_a_number(
    browser: tuple[Client, Agent], ago: str, counts: int
) -> None:
    client, agent = browser
    answer = client.post(reverse("active"), {"ago": ago})
    if counts == 400:
        assert (answer.status_code, answer.content) == (400, b"Say in seconds how long ago it was.")
        return
    seen = factories.row_of(agent).active_at
    assert seen is not None
    assert (timezone.now() - seen).total_seconds() == pytest.approx(counts, abs=5)


def test_e12_a_sign_shows_on_no_board_and_raises_nobody(browser: tuple[Client, Agent]) -> None:
    client, agent = browser
    actions.apply(agent.pk, Choose(at=timezone.now(), choice=Choice("offline"), cause=Cause.AGENT))
    before = factories.row_of(agent)
    client.post(reverse("active"))
    after = factories.row_of(agent)
    assert (after.version, after.shown_status_id) == (before.version, "offline")


def test_only_agents_give_signs(client: Client, db: None) -> None:
    assert client.post(reverse("active")).status_code == 302
    client.force_login(factories.make_user())
    assert client.post(reverse("active")).status_code == 403


def test_the_bar_tells_when_and_to_what_the_mode_ends(browser: tuple[Client, Agent]) -> None:
    client, agent = browser
    seen = timezone.now()
    actions.apply(agent.pk, Active(at=seen))
    own = bar.read_one(agent)
    assert (own.idle_at, own.idle_then) == (seen + timedelta(seconds=600), "Busy")
    assert 'data-idle-then="Busy"' in client.get(reverse("agent_page")).content.decode()


def test_the_bar_says_which_rule_changed_the_mode(browser: tuple[Client, Agent]) -> None:
    client, agent = browser
    assert bar.read_one(agent).cause == ""
    clock.tick(timezone.now() + timedelta(minutes=11), actions.apply_all)
    assert bar.read_one(agent).cause == "Idle too long"
    assert "Idle too long" in client.get(reverse("agent_page")).content.decode()
