"""Notices go out by real mail and through a real gateway, are tried again, and are given up."""

import re
from datetime import timedelta

import pytest
from pytest_django import Settings
from standardwebhooks.webhooks import Webhook

from notifications import sending
from notifications.kinds import Channel
from notifications.models import Sending
from presence.models import Agent, Preferences
from tests.factories import at, make_user
from tests.notifications.conftest import mail_to
from tests.notifications.world import make_gateway, miss, supervise, take_in, want
from tests.services import smtp_server
from tests.services.smtp_server import SmtpServer
from tests.webhooks.receiver import Receiver
from webhooks.posting import Answer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses without the chance in them."""
    monkeypatch.setattr(sending, "_random", type("Never", (), {"random": lambda self: 0.0})())


def with_mail(agent: Agent, address: str) -> Agent:
    agent.user.email = address
    agent.user.save()
    want(agent, Channel.EMAIL)
    return agent


@pytest.fixture
def mailed(ada: Agent) -> Agent:
    return with_mail(ada, "ada@example.org")


def states() -> list[tuple[str, int]]:
    return list(Sending.objects.order_by("pk").values_list("state", "attempts"))


def test_a_mail_says_what_happened_in_subject_and_text(
    mailed: Agent, mail_server: SmtpServer
) -> None:
    supervise(mailed, make_user("sam"))
    take_in()
    assert sending.send_due(at()) == 1
    [mail] = mail_server.received
    assert mail["To"] == "ada@example.org"
    assert mail["From"] == "rollcall@localhost"
    assert mail["Subject"] == "Your mode was set: sam set you to Busy."
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert "sam set you to Busy." in mail.get_content()
    assert states() == [("delivered", 1)]
    assert sending.send_due(at(1)) == 0


def test_a_mail_tells_the_time_in_the_readers_zone_and_language(
    mailed: Agent, mail_server: SmtpServer
) -> None:
    Preferences.objects.create(user=mailed.user, language="fr", time_zone="Asia/Kathmandu")
    miss(mailed)
    take_in()
    sending.send_due(at())
    text = mail_server.received[0].get_content()
    assert "2 mars 2026" in text
    assert "14:45" in text, "Kathmandu is a quarter to six hours ahead of 9:00"


def test_a_name_with_a_line_break_makes_no_header(mailed: Agent, mail_server: SmtpServer) -> None:
    miss(mailed, caller="0207\nBcc: everybody@example.org")
    take_in()
    sending.send_due(at())
    [mail] = mail_server.received
    assert mail["Bcc"] is None
    assert "everybody" in mail["Subject"]


def test_a_mail_server_that_is_down_is_tried_again_until_the_news_is_old(
    mailed: Agent, settings: Settings
) -> None:
    with smtp_server.running() as server:
        port = server.port
    mail_to(settings, port)
    miss(mailed)
    take_in()
    for attempt, seconds in enumerate((0, 5, 35, 155, 755, 2555), 1):
        assert sending.send_due(at(seconds - 0.1)) == 0
        assert sending.send_due(at(seconds)) == 1
        assert states()[0][1] == attempt
    [given_up] = Sending.objects.all()
    assert given_up.state == "failed"
    assert "Connection refused" in given_up.error
    assert sending.send_due(at(100_000)) == 0


def test_a_mail_server_that_is_back_gets_what_waited_once(
    mailed: Agent, settings: Settings
) -> None:
    with smtp_server.running() as server:
        port = server.port
    mail_to(settings, port)
    miss(mailed, caller="1")
    miss(mailed, caller="2")
    take_in()
    sending.send_due(at())
    assert states() == [("waiting", 1), ("waiting", 1)]
    with smtp_server.running(port) as server:
        assert sending.send_due(at(5)) == 2
        assert [mail["Subject"].split()[2] for mail in server.received] == ["1", "2"]
        assert len({mail["Message-ID"] for mail in server.received}) == 2
    assert states() == [("delivered", 2), ("delivered", 2)]


def test_an_address_that_is_none_costs_no_other_mail_its_turn(
    mailed: Agent, bob: Agent, mail_server: SmtpServer
) -> None:
    with_mail(mailed, "nobody@")
    with_mail(bob, "bob@example.org")
    miss(mailed)
    miss(bob)
    take_in()
    sending.send_due(at())
    assert [mail["To"] for mail in mail_server.received] == ["bob@example.org"]
    assert states() == [("waiting", 1), ("delivered", 1)]


@pytest.mark.parametrize(("code", "state"), [(550, "failed"), (450, "waiting")])
def test_who_cannot_be_mailed_is_nobody_elses_trouble(
    mailed: Agent, bob: Agent, mail_server: SmtpServer, code: int, state: str
) -> None:
    """A refusal for good is given up at once, one for now is tried again."""
    with_mail(bob, "bob@example.org")
    mail_server.refused, mail_server.code = {"ada@example.org"}, code
    miss(mailed)
    miss(bob)
    take_in()
    sending.send_due(at())
    assert [mail["To"] for mail in mail_server.received] == ["bob@example.org"]
    assert states() == [(state, 1), ("delivered", 1)]
    assert str(code) in Sending.objects.order_by("pk")[0].error


def test_a_text_goes_to_the_gateway_signed(ada: Agent, receiver: Receiver) -> None:
    gateway = make_gateway(receiver.url)
    want(ada, Channel.TEXT)
    miss(ada)
    take_in()
    assert sending.send_due(at()) == 1
    [one] = receiver.received
    # The receiver's clock is today's; the message is as old as the test.
    signature = Webhook(gateway.secret).sign(one.headers["webhook-id"], at(), one.body)
    assert one.headers["webhook-signature"] == signature
    message = one.message
    assert re.fullmatch(r"notice_\d+", message["id"])
    assert message["type"] == "notice.text"
    assert message["timestamp"] == at().isoformat()
    assert message["data"] == {
        "to": "+34612345678",
        "agent": {"id": ada.pk, "name": "Ada"},
        "kind": "missed_call",
        "language": "en",
        "title": "Missed call",
        "text": "0207 · Helpdesk",
    }


def test_a_gateway_that_fails_is_tried_again_with_the_same_id(
    ada: Agent, receiver: Receiver
) -> None:
    make_gateway(receiver.url, Channel.MOBILE)
    want(ada, Channel.MOBILE)
    miss(ada)
    take_in()
    receiver.answer = lambda _one: 503
    sending.send_due(at())
    assert "503" in Sending.objects.get().error
    receiver.answer = lambda _one: 204
    sending.send_due(at(5))
    assert states() == [("delivered", 2)]
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1


def test_a_gateway_that_was_deactivated_meanwhile_is_waited_for(
    ada: Agent, receiver: Receiver
) -> None:
    gateway = make_gateway(receiver.url)
    want(ada, Channel.TEXT)
    miss(ada)
    take_in()
    type(gateway).objects.update(active=False)
    sending.send_due(at())
    assert "no active gateway" in Sending.objects.get().error
    type(gateway).objects.update(active=True)
    sending.send_due(at(5))
    assert len(receiver.received) == 1


def test_a_mail_server_that_is_down_holds_up_no_text(
    mailed: Agent, receiver: Receiver, settings: Settings
) -> None:
    with smtp_server.running() as server:
        port = server.port
    mail_to(settings, port)
    make_gateway(receiver.url)
    want(mailed, Channel.EMAIL, Channel.TEXT)
    miss(mailed)
    take_in()
    sending.send_due(at())
    assert len(receiver.received) == 1


def test_what_is_held_is_sent_by_nobody_else_until_the_holder_died(
    mailed: Agent, mail_server: SmtpServer
) -> None:
    miss(mailed)
    take_in()
    [held] = sending._hold(Channel.EMAIL, at())
    assert sending.send_due(at(1)) == 0
    later = at() + sending.HOLD
    assert sending.send_due(later - timedelta(seconds=1)) == 0
    assert sending.send_due(later) == 1
    sending._settle([(held, Answer(None, "too late"))], later)
    assert states() == [("delivered", 2)]


def test_more_than_a_batch_is_sent(mailed: Agent, mail_server: SmtpServer) -> None:
    for n in range(sending.AT_ONCE + 1):
        miss(mailed, caller=str(n))
    take_in()
    assert sending.send_due(at()) == sending.AT_ONCE + 1
    assert len(mail_server.received) == sending.AT_ONCE + 1
