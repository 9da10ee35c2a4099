"""The stream of events, listened to over a real WebSocket on a real server."""

import json
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from threading import current_thread
from typing import Any

import pytest
from django.db.backends.signals import connection_created
from django.utils import timezone
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from api import feed, keys
from api.models import ApiKey
from presence import hints, outbox
from presence.models import Agent
from presence.outbox import EventType
from presence.sequence import purge
from tests.factories import START, call_in, make_agent, make_limit, make_queue, make_team
from tests.webhooks.servers import process, serving
from tests.webhooks.world import tell
from webhooks import retention

pytestmark = pytest.mark.usefixtures("committed")

PATIENCE = 20.0

Listen = Callable[..., ClientConnection]


@pytest.fixture
def port() -> Iterator[int]:
    with serving() as number:
        yield number


@pytest.fixture
def key() -> str:
    return keys.make("PBX")[1]


@pytest.fixture
def listen(port: int, key: str) -> Iterator[Listen]:
    with ExitStack() as opened:
        yield lambda query="", bearer=key: opened.enter_context(connect_to(port, bearer, query))


def connect_to(port: int, bearer: str, query: str = "") -> ClientConnection:
    return connect(
        f"ws://127.0.0.1:{port}/api/v1/stream?{query}",
        additional_headers={"Authorization": f"Bearer {bearer}"},
    )


ANSWERED = f"types={EventType.OFFER_ANSWERED}"
"""What making agents tells nothing of."""


def say(*numbers: int, ago: timedelta = timedelta(0), **about: Any) -> None:
    """Tell these events, dated now unless they are of some time `ago`."""
    for n in numbers:
        tell(n, seconds=(timezone.now() - ago - START).total_seconds(), **about)
    hints.publish(())


def heard(client: ClientConnection, number: int = 1) -> list[dict[str, Any]]:
    return [dict(json.loads(client.recv(PATIENCE))) for _ in range(number)]


def numbers(client: ClientConnection, number: int) -> list[int]:
    return [message["data"]["n"] for message in heard(client, number)]


def refused(client: ClientConnection) -> tuple[int, str]:
    """The code that the socket is closed with, and the sentence before it."""
    (message,) = heard(client)
    with pytest.raises(ConnectionClosed) as closed:
        client.recv(PATIENCE)
    assert closed.value.rcvd
    return closed.value.rcvd.code, message["error"]


def test_without_an_origin_only_what_happens_from_now_on_is_told_live(listen: Listen) -> None:
    first = listen()
    say(1)
    assert numbers(first, 1) == [1]
    second = listen()
    say(2)
    assert numbers(first, 1) == numbers(second, 1) == [2]


def test_a_stream_resumes_after_an_event_with_nothing_lost_or_doubled(listen: Listen) -> None:
    client = listen()
    say(*range(5))
    third = heard(client, 5)[2]["id"]
    resumed = listen(f"after={third}")
    assert numbers(resumed, 2) == [3, 4]
    say(5)
    assert numbers(resumed, 1) == [5]


def test_who_is_far_behind_reads_on_from_the_database_and_then_live(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "_BATCH", 7)
    client = listen()
    say(0)
    (first,) = heard(client)
    feed.feed._kept.clear()
    say(*range(1, 60))
    assert numbers(client, 59) == list(range(1, 60))
    feed.feed._kept.clear()
    resumed = listen(f"after={first['id']}")
    assert numbers(resumed, 59) == list(range(1, 60))
    say(60)
    assert numbers(resumed, 1) == [60]


def test_a_stream_tells_only_the_types_that_were_asked_for(listen: Listen) -> None:
    client = listen("types=offer.created,offer.answered")
    say(1)
    say(2, kind=EventType.OFFER_CREATED)
    say(3, kind=EventType.OFFER_WITHDRAWN)
    say(4, kind=EventType.OFFER_ANSWERED)
    assert numbers(client, 2) == [2, 4]


def test_a_type_that_is_none_is_refused_with_those_there_are(listen: Listen) -> None:
    code, sentence = refused(listen("types=offer.made"))
    assert code == 4400
    assert "offer.made" in sentence
    assert all(kind.value in sentence for kind in EventType)


@pytest.mark.parametrize("after", ["7", "a95a26a2-0b8e-4d4a-9b4e-0b8d6ad1b6a5", "%00"])
def test_an_id_that_is_not_known_tells_the_client_to_read_the_state(
    listen: Listen, after: str
) -> None:
    code, sentence = refused(listen(f"after={after}"))
    assert code == 4404
    assert "Read the state anew" in sentence


def test_an_id_before_what_was_purged_is_as_good_as_unknown(listen: Listen) -> None:
    """Events after it are missing, though it is still there itself."""
    client = listen()
    say(1, 2, 3)
    ids = [message["id"] for message in heard(client, 3)]
    purge([2])
    assert [refused(listen(f"after={ids[n]}"))[0] for n in (0, 1)] == [4404, 4404]
    say(4)
    assert numbers(listen(f"after={ids[2]}"), 1) == [4]


def test_old_events_are_let_go_of_and_young_ones_kept(listen: Listen) -> None:
    client = listen()
    say(1, ago=timedelta(days=8))
    say(2, ago=timedelta(days=6))
    old, young = (message["id"] for message in heard(client, 2))
    retention.purge(timezone.now())
    assert refused(listen(f"after={old}"))[0] == 4404
    say(3)
    assert numbers(listen(f"after={young}"), 1) == [3]


@pytest.mark.parametrize("bearer", ["", "rollcall_forged"])
def test_a_socket_without_a_good_key_is_refused_in_words(listen: Listen, bearer: str) -> None:
    code, sentence = refused(listen(bearer=bearer))
    assert code == 4401
    assert "Authorization: Bearer" in sentence


def test_a_key_that_may_not_read_is_refused(listen: Listen) -> None:
    _, text = keys.make("Caller", read=False, telephony=True)
    assert refused(listen(bearer=text))[0] == 4403


@pytest.mark.parametrize("ends", ["revoked_at", "expires_at"])
def test_a_key_that_ends_closes_its_socket_within_seconds_and_no_other(
    listen: Listen, key: str, ends: str
) -> None:
    leaver = listen()
    stayer = listen(bearer=keys.make("Other")[1])
    ApiKey.objects.filter(name="PBX").update(**{ends: timezone.now()})
    assert refused(leaver) == (
        4401,
        "This key was revoked or has expired, or its rights changed. Connect again.",
    )
    say(1)
    assert numbers(stayer, 1) == [1]


def test_who_reads_nothing_delays_nobody_and_finds_it_all_later(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than sockets and memory hold is waiting for the one who reads nothing."""
    monkeypatch.setattr(feed.feed, "_kept", deque(maxlen=40))
    idle, reader = listen(), listen()
    for n in range(0, 300, 25):
        say(*range(n, n + 25), padding="x" * 50_000)
        assert numbers(reader, 25) == list(range(n, n + 25))
    assert numbers(idle, 300) == list(range(300))


def test_a_killed_server_loses_nothing_for_who_reconnects(key: str) -> None:
    """The events come from this process, which goes on while the server is away."""
    with process() as (server, port), connect_to(port, key) as client:
        say(1, 2)
        last = heard(client, 2)[-1]["id"]
        server.send_signal(signal.SIGKILL)
        server.wait(PATIENCE)
        with pytest.raises(ConnectionClosed):
            client.recv(PATIENCE)
    say(3)
    with process() as (_, port), connect_to(port, key, f"after={last}") as client:
        say(4)
        assert numbers(client, 2) == [3, 4]


def test_a_limited_key_hears_of_whom_it_sees(listen: Listen) -> None:
    blue = make_team("Blue")
    ada, bob = make_agent("Ada", team=blue), make_agent("Bob")
    sales, support = make_queue("Sales", members=[ada]), make_queue("Support", members=[bob])
    _, text = keys.make("Blue's", limit=make_limit(teams=[blue]))
    client = listen(f"{ANSWERED},{EventType.ALERT_RAISED}", text)
    about = {"alert": {"subject": {"kind": "queue", "id": support.pk}}}
    kind = EventType.OFFER_ANSWERED
    say(1, kind=kind, subject=f"agent:{bob.pk}")
    say(2, kind=kind, subject=f"interaction:{call_in(support).pk}")
    outbox.put(EventType.ALERT_RAISED, timezone.now(), "alert:1", about)
    say(4, kind=kind, subject=f"agent:{ada.pk}")
    say(5, kind=kind, subject=f"interaction:{call_in(sales).pk}")
    assert numbers(client, 2) == [4, 5]


def test_a_key_whose_limit_changes_has_to_connect_again(listen: Listen) -> None:
    limit = make_limit(teams=[make_team("Blue")])
    client = listen(bearer=keys.make("Blue's", limit=limit)[1])
    limit.teams.clear()
    assert refused(client)[0] == 4401


def test_who_is_limited_and_listens_live_asks_nothing_for_themselves(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "YOUNG", PATIENCE)
    blue = make_team("Blue")
    ada, limit = make_agent("Ada", team=blue), make_limit(teams=[blue])
    clients = [listen(ANSWERED, keys.make(name, limit=limit)[1]) for name in ("One", "Two")]
    about: dict[str, Any] = {"subject": f"agent:{ada.pk}", "kind": EventType.OFFER_ANSWERED}
    say(1, **about)
    assert [numbers(client, 1) for client in clients] == [[1], [1]]
    threads: list[str] = []

    def note(**_given: Any) -> None:
        threads.append(current_thread().name)

    connection_created.connect(note)
    say(2, **about)
    assert [numbers(client, 1) for client in clients] == [[2], [2]]
    connection_created.disconnect(note)
    assert [name for name in threads if name.startswith("feed-live")]
    assert not [name for name in threads if name.startswith("feed-past")]


def test_what_a_key_does_not_see_any_more_is_not_told_from_memory(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    blue = make_team("Blue")
    ada, eve = make_agent("Ada", team=blue), make_agent("Eve", team=blue)
    _, text = keys.make("Blue's", limit=make_limit(teams=[blue]))
    client = listen(ANSWERED, text)
    say(1, 2, subject=f"agent:{ada.pk}", kind=EventType.OFFER_ANSWERED)
    first, _ = heard(client, 2)
    say(3, subject=f"agent:{eve.pk}", kind=EventType.OFFER_ANSWERED)
    assert numbers(client, 1) == [3]
    Agent.objects.filter(pk=ada.pk).update(team=None)
    monkeypatch.setattr(feed, "YOUNG", 0.0)
    assert numbers(listen(f"{ANSWERED}&after={first['id']}", text), 1) == [3]
