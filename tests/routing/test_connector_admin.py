"""Admins connect a telephony system, see how it is, and put right what did not match."""

from datetime import timedelta
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from presence.events import DeviceKind
from presence.models import Agent, Device
from routing.connectors.asterisk.doubts import MAY_NOT_PAUSE
from routing.connectors.desk import HELD_FOR
from routing.connectors.links import NOBODY
from routing.models import Claim, Connector, ConnectorLink, PauseRequest, Queue, Unmatched
from tests.factories import make_agent, make_interaction, make_user

pytestmark = pytest.mark.django_db

SECRET = "open-sesame"


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_user("root", superuser=True))
    return client


@pytest.fixture
def pbx() -> Connector:
    return Connector.objects.create(name="pbx", user="rollcall", secret=SECRET)


def form(**changes: object) -> dict[str, object]:
    filled = {
        "name": "pbx",
        "host": "127.0.0.1",
        "port": 5038,
        "user": "rollcall",
        "secret": SECRET,
        "priority": 1,
        "tells_pauses": "on",
        "active": "on",
        "queues": "",
    }
    return filled | changes


def answered(client: Client, page: str, data: dict[str, object], *args: int) -> str:
    """What is read after `data` was posted."""
    url = reverse(f"admin:routing_connector_{page}", args=args)
    return unescape(client.post(url, data, follow=True).content.decode())


def connection(client: Client, connector: Connector) -> str:
    url = reverse("admin:routing_connector_connection", args=[connector.pk])
    return unescape(client.get(url).content.decode())


def make_link(connector: Connector, state: str = "up", **known: object) -> None:
    now = timezone.now()
    held = {"held_until": now + HELD_FOR, "since": now} | known
    ConnectorLink.objects.create(connector=connector, state=state, **held)


def make_unmatched(connector: Connector, kind: str, name: str, label: str = "") -> Unmatched:
    now = timezone.now()
    return Unmatched.objects.create(
        connector=connector, kind=kind, name=name, label=label, count=3, first_at=now, last_at=now
    )


def ask_pause(connector: Connector, agent: Agent, **known: object) -> PauseRequest:
    device = agent.devices.get(kind="sip")
    asked = {"paused": True, "reason": "Lunch", "asked_at": timezone.now()} | known
    return PauseRequest.objects.create(connector=connector, device=device, **asked)


def test_who_adds_a_connector_sees_how_it_goes(admin: Client) -> None:
    said = answered(admin, "add", form())
    assert Connector.objects.get().secret == SECRET
    assert "<title>Connection of pbx" in said
    assert str(NOBODY) in said


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "pbx2", "host": "LOCALHOST"}, "connected to that system by that user already"),
        ({"name": "pbx2", "port": 0}, "greater than or equal to 1"),
        ({"name": "pbx2", "port": 65536}, "less than or equal to 65535"),
        ({"name": "pbx2", "host": "pbx.example.com:5038"}, "the port has a field of its own"),
        ({"name": "pbx2", "host": "http://pbx.example.com"}, "Name the machine alone"),
        ({"name": "pbx2", "user": "other", "secret": ""}, "Enter the secret"),
        (
            {"name": "pbx2", "user": "other", "tells_pauses": "", "manages_members": "on"},
            "let it tell who is paused too",
        ),
        ({"name": "clock", "user": "other"}, "Rollcall itself goes by that name"),
        ({"user": "other"}, "already exists"),
    ],
)
def test_a_connector_that_makes_no_sense_is_refused_in_words(
    admin: Client, changes: dict[str, object], words: str
) -> None:
    Connector.objects.create(name="pbx", host="localhost", user="rollcall", secret=SECRET)
    assert words in answered(admin, "add", form(**changes))
    assert Connector.objects.count() == 1


def test_queues_that_nobody_has_yet_may_be_named(admin: Client) -> None:
    answered(admin, "add", form(queues="support\nsales"))
    assert Connector.objects.get().follows("sales")


def test_the_secret_is_kept_where_none_is_entered_and_shown_nowhere(
    admin: Client, pbx: Connector
) -> None:
    said = answered(admin, "change", form(secret="", port=5039), pbx.pk)
    pbx.refresh_from_db()
    assert (pbx.secret, pbx.port) == (SECRET, 5039)
    pages = [
        said,
        admin.get(reverse("admin:routing_connector_change", args=[pbx.pk])).content.decode(),
        connection(admin, pbx),
        answered(admin, "change", form(secret=SECRET, port=0), pbx.pk),
        repr(pbx),
    ]
    history = [entry.change_message for entry in LogEntry.objects.all()]
    assert not [text for text in (*pages, *history) if SECRET in text]
    assert not [text for text in history if "secret" in text.lower()]


def test_a_new_secret_replaces_the_old(admin: Client, pbx: Connector) -> None:
    answered(admin, "change", form(secret=" another "), pbx.pk)
    pbx.refresh_from_db()
    assert pbx.secret == " another "


def test_the_name_stays_as_it_was(admin: Client, pbx: Connector) -> None:
    answered(admin, "change", form(name="other"), pbx.pk)
    pbx.refresh_from_db()
    assert pbx.name == "pbx"


def test_a_connector_from_which_calls_came_is_kept(admin: Client, pbx: Connector) -> None:
    call = make_interaction()
    call.source = "pbx"
    call.save()
    assert "Deactivate it instead" in answered(admin, "delete", {"post": "yes"}, pbx.pk)
    call.delete()
    answered(admin, "delete", {"post": "yes"}, pbx.pk)
    assert not Connector.objects.exists()


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"state": "up"}, "<b>Up</b> since"),
        ({"state": "connecting", "error": "No connection."}, "<b>Connecting</b>"),
        ({"state": "down", "error": "Asterisk refused the log-in."}, "Asterisk refused the log-in"),
        ({"state": "up", "held_until": None}, NOBODY),
        ({"state": "up", "held_until": timezone.now() - timedelta(minutes=1)}, NOBODY),
        ({"remarks": ["Something is wrong. Mend it."]}, "<li>Something is wrong. Mend it.</li>"),
        ({"rate": 12.34}, "12.3"),
        ({"heard_at": timezone.now() - timedelta(hours=3)}, "3 h"),
    ],
)
def test_the_page_says_how_the_connection_is(
    admin: Client, pbx: Connector, known: dict[str, object], words: str
) -> None:
    make_link(pbx, **known)  # type: ignore[arg-type]
    assert str(words) in connection(admin, pbx)


def test_the_list_of_connectors_leads_to_each_connection(admin: Client, pbx: Connector) -> None:
    make_link(pbx)
    url = reverse("admin:routing_connector_connection", args=[pbx.pk])
    page = admin.get(reverse("admin:routing_connector_changelist")).content.decode()
    assert f'<a href="{url}">Up</a>' in page


def test_the_page_reads_itself_anew(admin: Client, pbx: Connector) -> None:
    url = reverse("admin:routing_connector_connection", args=[pbx.pk])
    assert f'hx-get="{url}"' in connection(admin, pbx)
    part = admin.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "Followed by nobody" in part


def test_g4_a_phone_that_nobody_had_is_attached_with_one_click(
    admin: Client, pbx: Connector
) -> None:
    make_link(pbx)
    ada = make_agent("Ada")
    phone = make_unmatched(pbx, "phone", "PJSIP/1001", "Ada")
    suggested = f"Ada ({ada.user.username})"
    assert f'value="{suggested}"' in connection(admin, pbx)
    said = answered(admin, "connection", {"phone": phone.pk, "agent": suggested}, pbx.pk)
    assert "PJSIP/1001 is Ada's now." in said
    assert ada.devices.get(kind="sip").address == "PJSIP/1001"
    assert not Unmatched.objects.exists()
    assert ConnectorLink.objects.get().snapshot_wanted
    assert LogEntry.objects.filter(change_message__contains="PJSIP/1001 is Ada's").exists()


def test_a_phone_takes_the_place_of_the_agents_old_one(admin: Client, pbx: Connector) -> None:
    ada = make_agent("Ada", devices=[DeviceKind.SIP])
    device = ada.devices.get()
    before = device.address
    Claim.objects.create(connector=pbx, device=device)
    ask_pause(pbx, ada)
    phone = make_unmatched(pbx, "phone", "PJSIP/1001")
    said = answered(admin, "connection", {"phone": phone.pk, "agent": "ada"}, pbx.pk)
    assert f"instead of {before}" in said
    assert (Claim.objects.count(), PauseRequest.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("name", "words"),
    [("Eve", "There is no agent 'Eve'"), ("", "There is no agent"), ("Ada", "Several agents")],
)
def test_a_phone_goes_to_nobody_who_is_not_meant(
    admin: Client, pbx: Connector, name: str, words: str
) -> None:
    make_agent("Ada")
    make_agent("Ada")
    phone = make_unmatched(pbx, "phone", "PJSIP/1001")
    assert words in answered(admin, "connection", {"phone": phone.pk, "agent": name}, pbx.pk)
    assert not Device.objects.filter(address="PJSIP/1001").exists()


def test_a_phone_that_somebody_got_meanwhile_is_theirs(admin: Client, pbx: Connector) -> None:
    phone = make_unmatched(pbx, "phone", "PJSIP/1001")
    make_agent("Ada").devices.create(kind="sip", address="PJSIP/1001")
    make_agent("Bob")
    assert "Attach</button>" not in connection(admin, pbx)
    asked = {"phone": phone.pk, "agent": "Bob"}
    assert "PJSIP/1001 is Ada's already." in answered(admin, "connection", asked, pbx.pk)


def test_an_entry_that_is_gone_is_said_to_be(admin: Client, pbx: Connector) -> None:
    said = answered(admin, "connection", {"queue": 0}, pbx.pk)
    assert "That has been attached already." in said


def test_a_queue_that_nobody_had_is_made_with_one_click(admin: Client, pbx: Connector) -> None:
    found = make_unmatched(pbx, "queue", "support")
    answered(admin, "connection", {"queue": found.pk}, pbx.pk)
    queue = Queue.objects.get(name="support")
    assert (queue.distribution, queue.ring_groups.count()) == ("telephony", 1)
    assert not Unmatched.objects.exists()


def test_what_asterisk_refused_is_shown_and_asked_again(admin: Client, pbx: Connector) -> None:
    ada = make_agent("Ada", devices=[DeviceKind.SIP])
    asked = ask_pause(pbx, ada, attempts=4, error="Permission denied")
    page = connection(admin, pbx)
    assert "Asterisk: Permission denied" in page
    assert MAY_NOT_PAUSE in page
    said = answered(admin, "connection", {"request": asked.pk}, pbx.pk)
    assert "is asked again" in said
    assert "Asterisk has confirmed all" in said


def test_a_pause_that_was_confirmed_is_not_listed(admin: Client, pbx: Connector) -> None:
    ask_pause(pbx, make_agent("Ada", devices=[DeviceKind.SIP]), confirmed_at=timezone.now())
    assert "Asterisk has confirmed all" in connection(admin, pbx)


def test_whoever_may_only_look_changes_nothing(client: Client, pbx: Connector) -> None:
    sam = make_user("sam", staff=True)
    url = reverse("admin:routing_connector_connection", args=[pbx.pk])
    client.force_login(sam)
    assert client.get(url).status_code == 403
    sam.user_permissions.add(Permission.objects.get(codename="view_connector"))
    assert "Ask again now" not in connection(client, pbx)
    assert client.post(url, {"ask": ""}).status_code == 403


def test_an_admin_of_connectors_alone_attaches_no_phone(client: Client, pbx: Connector) -> None:
    sam = make_user("sam", staff=True)
    sam.user_permissions.add(Permission.objects.get(codename="change_connector"))
    client.force_login(sam)
    url = reverse("admin:routing_connector_connection", args=[pbx.pk])
    phone = make_unmatched(pbx, "phone", "PJSIP/1001")
    assert client.post(url, {"phone": phone.pk, "agent": "Ada"}).status_code == 403
