"""Pages tell times of day in the zone of whoever looks."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from presence.models import Preferences
from tests.factories import START, make_agent

pytestmark = pytest.mark.django_db


def seen(client: Client, zone: str) -> str:
    """When the agent's day began, as their browser in `zone` shows it."""
    client.cookies["timezone"] = zone
    return str(client.get(reverse("agent_page")).content.decode())


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York"])
def test_times_are_in_the_browsers_own_zone(client: Client, zone: str) -> None:
    ada = make_agent("Ada", start=timezone.now())
    client.force_login(ada.user)
    page = seen(client, zone)
    with timezone.override(zone):
        assert f">{timezone.localtime(ada.state.shown_since):%H:%M}</time>" in page


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "\x00", "a" * 300])
def test_a_zone_that_does_not_exist_is_the_accounts(client: Client, zone: str) -> None:
    client.force_login(make_agent("Ada", start=START).user)
    assert 'class="spans"' in seen(client, zone)


def test_the_zone_that_somebody_chose_goes_before_their_browsers(client: Client) -> None:
    ada = make_agent("Ada", start=timezone.now())
    Preferences.objects.create(user=ada.user, time_zone="Asia/Kolkata")
    client.force_login(ada.user)
    page = seen(client, "America/New_York")
    with timezone.override("Asia/Kolkata"):
        assert f">{timezone.localtime(ada.state.shown_since):%H:%M}</time>" in page


def test_a_page_is_in_the_language_that_somebody_chose_else_in_their_browsers(
    client: Client,
) -> None:
    ada = make_agent("Ada", start=timezone.now())
    client.force_login(ada.user)
    page = client.get(reverse("agent_page"), headers={"accept-language": "es,en;q=0.5"})
    assert page.headers["Content-Language"] == "es"
    Preferences.objects.create(user=ada.user, language="fr")
    page = client.get(reverse("agent_page"), headers={"accept-language": "es,en;q=0.5"})
    assert page.headers["Content-Language"] == "fr"
