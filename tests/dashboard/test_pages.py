"""Pages as they come from the server, before any script has run."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from presence.models import Agent
from tests.factories import make_agent, make_user, row_of, supervising

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client: Client) -> Agent:
    """Ada, signed in."""
    ada = make_agent("Ada", mode="offline", start=timezone.now() - timedelta(minutes=5))
    client.force_login(ada.user)
    return ada


@pytest.fixture
def supervisor(client: Client) -> Client:
    sam = make_user("sam")
    sam.user_permissions.add(*supervising())
    client.force_login(sam)
    return client


def test_a_reason_of_thousands_of_digits_is_refused(client: Client, agent: Agent) -> None:
    answer = client.post(reverse("mode"), {"choice": "busy:" + "9" * 5000})
    assert answer.status_code == 409
    assert "There is no such reason" in answer.content.decode()


def test_the_log_in_policy_is_saved_and_says_so(client: Client, agent: Agent) -> None:
    answer = client.post(reverse("login_policy"), {"policy": "restore"}, follow=True)
    assert "Saved." in answer.content.decode()
    agent.refresh_from_db()
    assert agent.login_policy == "restore"


def test_one_who_does_not_count_as_connected_sees_what_they_chose(client: Client) -> None:
    """So it is without JavaScript."""
    ada = make_agent("Ada", mode="offline", connected=False)
    client.force_login(ada.user)
    client.post(reverse("mode"), {"status": "busy"})
    assert row_of(ada).shown_status_id == "offline"
    assert (
        "You chose Busy; others see Offline." in client.get(reverse("agent_page")).content.decode()
    )


@pytest.mark.parametrize(
    ("query", "count", "says_so"), [("", "2 agents", False), ("?text=zzz", "0 agents", True)]
)
def test_the_monitor_counts_and_says_when_nobody_matches(
    supervisor: Client, query: str, count: str, says_so: bool
) -> None:
    make_agent("Ada")
    make_agent("Bob")
    page = supervisor.get(reverse("monitor") + query).content.decode()
    assert f">{count}</output>" in page
    assert ('id="no-match" hidden' not in page) is says_so


def test_a_page_answers_to_head_as_monitoring_asks(client: Client) -> None:
    assert client.head(reverse("home")).status_code == 302


def test_a_form_that_is_out_of_date_leads_back(agent: Agent) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(agent.user)
    answer = strict.post(reverse("mode"), {"status": "busy"})
    assert answer.status_code == 403
    assert "This page was out of date" in answer.content.decode()
