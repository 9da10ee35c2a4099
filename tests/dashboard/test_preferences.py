"""Everybody chooses how they read Rollcall; agents choose what they are told, and where."""

import pytest
from django.test import Client
from django.urls import reverse

from dashboard.preferences import zones
from notifications.kinds import Channel, Kind, wanted
from notifications.models import Inbox
from presence.models import Agent, Preferences
from tests.factories import make_user, supervising
from tests.notifications.world import make_gateway, want

pytestmark = pytest.mark.django_db

PAGE = reverse("preferences")


@pytest.fixture
def browser(ada: Agent, client: Client) -> Client:
    client.force_login(ada.user)
    return client


def save(browser: Client, *switched: str, **fields: str) -> str:
    """The page after saving the form with these switches on."""
    form = {"language": "", "time_zone": "", "number": ""} | fields
    return browser.post(PAGE, form | dict.fromkeys(switched, "on"), follow=True).content.decode()


def chosen(agent: Agent, kind: Kind) -> frozenset[Channel]:
    return wanted(Inbox.objects.get(agent=agent).chosen, kind)


def test_it_opens_for_agents_supervisors_and_admins_alike(ada: Agent, client: Client) -> None:
    supervisor = make_user("sam")
    supervisor.user_permissions.add(*supervising())
    for user, agent in ((ada.user, True), (supervisor, False), (make_user(staff=True), False)):
        client.force_login(user)
        page = client.get(PAGE).content.decode()
        assert "Time zone" in page
        assert ("Turn notifications off" in page) == agent
        assert f'href="{PAGE}"' in client.get("/", follow=True).content.decode() or not agent


def test_who_is_signed_out_is_led_to_the_log_in(client: Client) -> None:
    assert client.get(PAGE)["Location"] == f"{reverse('login')}?next={PAGE}"


def test_the_language_and_the_zone_are_kept_and_hold_from_the_next_page_on(
    browser: Client, ada: Agent
) -> None:
    page = save(browser, language="fr", time_zone="Asia/Kathmandu")
    own = Preferences.objects.get(user=ada.user)
    assert (own.language, own.time_zone) == ("fr", "Asia/Kathmandu")
    assert 'value="fr" selected' in page
    answer = browser.get(PAGE)
    assert answer["Content-Language"] == "fr"
    save(browser)
    own.refresh_from_db()
    assert (own.language, own.time_zone) == ("", "")


@pytest.mark.parametrize(
    "wrong", [{"language": "tlh"}, {"time_zone": "Mars/Olympus"}, {"number": "0612 345"}]
)
def test_nonsense_is_refused_in_words_and_nothing_is_kept(
    browser: Client, wrong: dict[str, str]
) -> None:
    answer = browser.post(PAGE, {"language": "es", "time_zone": "", "number": ""} | wrong)
    assert answer.status_code == 400
    assert "Nothing was saved" in answer.content.decode()
    assert not Preferences.objects.exists()
    assert not Inbox.objects.exists()


def test_a_switch_is_for_one_kind_and_one_channel(browser: Client, ada: Agent) -> None:
    save(browser, "missed_call-in_app", "over_long-desktop")
    assert chosen(ada, Kind.MISSED_CALL) == {Channel.IN_APP}
    assert chosen(ada, Kind.OVER_LONG) == {Channel.DESKTOP}
    assert chosen(ada, Kind.SUPERVISOR) == set()


def test_the_master_switch_is_here_too(browser: Client, ada: Agent) -> None:
    assert "Saved." in save(browser, "off", "missed_call-in_app")
    assert Inbox.objects.get().off
    save(browser, "missed_call-in_app")
    assert not Inbox.objects.get().off


def test_what_cannot_arrive_cannot_be_switched_and_keeps_what_was_chosen(
    browser: Client, ada: Agent
) -> None:
    want(ada, Channel.EMAIL, Channel.TEXT)
    page = save(browser, "missed_call-in_app", number="+34612345678")
    assert "You have no address here" in page
    assert "An admin can set up a gateway" in page
    assert chosen(ada, Kind.MISSED_CALL) == {Channel.IN_APP, Channel.EMAIL, Channel.TEXT}


def test_what_is_sent_to_a_number_needs_one(browser: Client, ada: Agent) -> None:
    make_gateway("http://127.0.0.1/")
    page = save(browser, "missed_call-text")
    assert "Give the number to send to" in page
    assert not Inbox.objects.exists()
    save(browser, "missed_call-text", number="+34612345678")
    assert chosen(ada, Kind.MISSED_CALL) == {Channel.TEXT}


def test_every_switch_has_a_name_of_its_own(browser: Client, ada: Agent) -> None:
    page = browser.get(PAGE).content.decode()
    for kind in Kind:
        for channel in Channel:
            assert page.count(f'name="{kind.value}-{channel.value}"') == 1


def test_a_zone_is_offered_by_its_name_with_its_offset() -> None:
    asia = dict(zones())["Asia"]
    assert ("Asia/Kathmandu", "Kathmandu (UTC+05:45)") in asia
    assert [name for name, _label in asia] == sorted(name for name, _label in asia)
