"""Notices are made of events: in order, each once, and not of old news."""

from datetime import datetime

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from notifications import making
from notifications.kinds import NOTED, SENDABLE, Channel, Kind
from notifications.making import News
from notifications.models import Cursor, Gateway, Inbox, Notice, Sending
from notifications.words import labels, words
from presence.events import LegAction
from presence.models import Agent, OutboxEvent
from routing.actions import apply
from tests.factories import at, choose, leg_event, make_user
from tests.notifications.world import (
    ALL,
    kinds,
    make_gateway,
    miss,
    sent_by,
    supervise,
    take_in,
    want,
)
from tests.presence.test_news import engage

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(db: None) -> User:
    return make_user("sam")


def said(agent: Agent) -> list[str]:
    notices = Notice.objects.filter(agent=agent).order_by("pk")
    return [f"{w.title}: {w.text}" for w in (words(one, labels()) for one in notices)]


def test_c13_who_set_the_mode_is_told(ada: Agent, sam: User) -> None:
    supervise(ada, sam)
    take_in()
    assert said(ada) == ["Your mode was set: sam set you to Busy."]


def test_a_mode_that_waits_and_then_applies_is_told_twice(ada: Agent, sam: User) -> None:
    engage(ada)
    supervise(ada, sam, 2, "on_break")
    apply(ada.pk, leg_event(LegAction.HUNG_UP, 3))
    take_in()
    assert said(ada) == [
        "A mode waits: sam set On Break for you. It applies when you are done.",
        "On Break applies now: It waited until you were done.",
    ]


def test_a_missed_call_is_told_with_its_caller(ada: Agent, bob: Agent) -> None:
    miss(ada)
    take_in()
    assert said(ada) == ["Missed call: 0207 · Helpdesk"]
    assert kinds(bob) == []


def test_notices_come_in_the_order_of_what_happened(ada: Agent, sam: User) -> None:
    for n in range(5):
        miss(ada, n, caller=str(n))
    take_in(5)
    assert [text.split(" ")[2] for text in said(ada)] == list("01234")


def test_each_event_is_told_once(ada: Agent, sam: User) -> None:
    supervise(ada, sam)
    take_in()
    take_in()
    Cursor.objects.update(position=0)  # as if another had read from the beginning
    take_in()
    assert kinds(ada) == ["supervisor"]


def test_the_database_refuses_the_same_notice_twice(ada: Agent) -> None:
    same = {"agent": ada, "kind": Kind.MISSED_CALL.value, "key": "x", "at": at()}
    Notice.objects.create(**same)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(**same)


def test_what_agents_do_themselves_makes_no_notice(ada: Agent) -> None:
    choose(ada, "busy", 1)
    take_in(1)
    assert kinds(ada) == []


def test_an_agent_who_was_removed_meanwhile_holds_up_nobody(ada: Agent, bob: Agent) -> None:
    miss(ada)
    OutboxEvent.objects.update(
        data={"agent": {"id": 0}, "interaction": {"caller": "", "queue": ""}}
    )
    miss(bob)
    take_in()
    assert kinds(bob) == ["missed_call"]


def test_every_channel_that_is_wanted_and_works_is_used(ada: Agent) -> None:
    ada.user.email = "ada@example.org"
    ada.user.save()
    make_gateway("http://127.0.0.1/", Channel.TEXT)
    want(ada, *ALL)
    miss(ada)
    take_in()
    notice = Notice.objects.get()
    assert (notice.in_app, notice.desktop) == (True, True)
    assert sent_by() == {"email", "text"}, "there is no gateway for mobile"


@pytest.mark.parametrize("lack", ["address", "number", "gateway"])
def test_nothing_is_sent_where_it_cannot_arrive(ada: Agent, lack: str) -> None:
    want(ada, *ALL, number="" if lack == "number" else "+34612345678")
    make_gateway("http://127.0.0.1/", Channel.MOBILE)
    Gateway.objects.update(active=lack != "gateway")
    miss(ada)
    take_in()
    assert sent_by() == ({"mobile"} if lack == "address" else set())


def test_turned_off_nothing_is_shown_nor_sent(ada: Agent) -> None:
    ada.user.email = "ada@example.org"
    ada.user.save()
    want(ada, *ALL)
    Inbox.objects.update(off=True)
    miss(ada)
    take_in()
    notice = Notice.objects.get()
    assert (notice.in_app, notice.desktop, sent_by()) == (False, False, set())


def test_a_choice_holds_for_its_kind_only(ada: Agent, sam: User) -> None:
    want(ada, Channel.DESKTOP, kind=Kind.MISSED_CALL)
    miss(ada)
    supervise(ada, sam)
    take_in()
    assert list(Notice.objects.order_by("pk").values_list("kind", "in_app", "desktop")) == [
        ("missed_call", False, True),
        ("supervisor", True, True),
    ]


def test_after_an_outage_old_news_is_listed_older_is_left(ada: Agent) -> None:
    ada.user.email = "ada@example.org"
    ada.user.save()
    want(ada, *ALL)
    miss(ada, 0)
    take_in(NOTED.total_seconds() + 1)
    assert kinds(ada) == []
    start = NOTED.total_seconds()
    miss(ada, start)
    take_in(start + SENDABLE.total_seconds() + 1)
    notice = Notice.objects.get()
    assert (notice.in_app, notice.desktop, sent_by()) == (True, False, set())


def test_pages_are_told_that_an_inbox_changed(ada: Agent, bob: Agent) -> None:
    miss(ada)
    miss(ada, 1)
    take_in(1)
    assert list(Inbox.objects.values_list("agent", "version")) == [(ada.pk, 1)]
    miss(ada, 2)
    take_in(2)
    assert Inbox.objects.get().version == 2


def test_what_no_event_tells_is_made_once_too(ada: Agent) -> None:
    data = {"status": "on_break", "reason": None, "level": "warning", "seconds": 60}
    news = News(ada.pk, Kind.OVER_LONG, "7:warning", at(), data)
    making.make([news], at())
    making.make([news], at(1))
    assert kinds(ada) == ["over_long"]


def test_there_is_one_cursor() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Cursor.objects.create(pk=2)


def test_a_sending_is_made_once_a_channel(ada: Agent) -> None:
    notice = Notice.objects.create(agent=ada, kind="missed_call", key="x", at=at())
    same = {"notice": notice, "channel": "email", "made_at": at(), "due_at": at()}
    Sending.objects.create(**same)
    with pytest.raises(IntegrityError), transaction.atomic():
        Sending.objects.create(**same)


@pytest.mark.parametrize(
    ("state", "due"), [("waiting", None), ("failed", at()), ("delivered", at())]
)
def test_a_sending_is_due_while_it_waits_and_no_longer(
    ada: Agent, state: str, due: datetime | None
) -> None:
    notice = Notice.objects.create(agent=ada, kind="missed_call", key="x", at=at())
    with pytest.raises(IntegrityError), transaction.atomic():
        Sending.objects.create(
            notice=notice, channel="email", made_at=at(), state=state, due_at=due
        )
