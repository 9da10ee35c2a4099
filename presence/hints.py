"""Telling readers that agents changed. A hint may be lost; readers compare with the database.

In the writing process listeners are called at once; other processes hear through Redis, where
there is one. Redis is spoken to by a thread of its own, so that a slow one delays no writer.
"""

import json
import queue
import threading
from collections.abc import AsyncIterator, Callable, Iterable

import redis
import structlog
from django.conf import settings

from presence import redis_url

log = structlog.get_logger(__name__)

CHANNEL = "rollcall.changed"
_PATIENCE = 2.0  # seconds to wait for Redis to answer
_RETRY = 1.0
_SILENCE = 5.0
"""Seconds after which a Redis that says nothing is asked whether it is there, and has as long to
answer: a machine that goes away tells nobody."""
_SILENT = "It is silent."

Listener = Callable[[list[int]], None]
_listeners: set[Listener] = set()
_outgoing: "queue.Queue[list[int]]" = queue.Queue(maxsize=1000)
_start = threading.Lock()
_sender: threading.Thread | None = None


def listen(listener: Listener) -> None:
    """Call `listener` with the primary keys of changed agents, from the writing thread."""
    _listeners.add(listener)


def unlisten(listener: Listener) -> None:
    _listeners.discard(listener)


def publish(agent_ids: Iterable[int]) -> None:
    """Say that these agents changed. Never blocks, never raises."""
    ids = sorted(set(agent_ids))
    _tell(ids)
    if settings.REDIS_URL:
        _ensure_sender()
        try:
            _outgoing.put_nowait(ids)
        except queue.Full:
            log.warning("hint_dropped", agents=len(ids))


def _tell(ids: list[int]) -> None:
    for listener in tuple(_listeners):
        try:
            listener(ids)
        except Exception:  # the change is committed; a reader's fault is not the writer's
            log.exception("listener_failed", agents=len(ids))


def _ensure_sender() -> None:
    global _sender  # noqa: PLW0603 - one thread per process, made when first needed
    with _start:
        if _sender is None or not _sender.is_alive():
            _sender = threading.Thread(target=_send, name="hints", daemon=True)
            _sender.start()


def _send() -> None:
    with redis_url.connected(
        settings.REDIS_URL, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE
    ) as client:
        while True:
            ids = _outgoing.get()
            try:
                client.publish(CHANNEL, json.dumps(ids))
            except redis.RedisError as error:
                log.warning("hint_not_sent", error=str(error))


async def arriving() -> AsyncIterator[list[int]]:
    """What any process publishes from now on. Raises RedisError where Redis goes away."""
    url, words = settings.REDIS_URL, {"socket_connect_timeout": _PATIENCE}
    async with redis_url.connected_async(url, **words) as client, client.pubsub() as channel:
        await channel.subscribe(CHANNEL)
        asked = False
        while True:
            said = await channel.get_message(timeout=_SILENCE)
            if said and said["type"] == "message":
                yield json.loads(said["data"])
            elif not said:
                if asked:
                    raise redis.TimeoutError(_SILENT)
                await channel.ping()
            asked = not said


class Hearing(threading.Thread):
    """Tells this process's listeners what other processes publish, until it is stopped. For those
    without a hub, which hears by itself. A Redis that is away comes back."""

    def __init__(self) -> None:
        super().__init__(name="hearing", daemon=True)
        self._stopping = threading.Event()

    def run(self) -> None:
        while settings.REDIS_URL and not self._stopping.is_set():
            try:
                self._hear()
            except redis.RedisError as error:
                log.warning("hints_not_heard", error=str(error))
                self._stopping.wait(_RETRY)

    def stop(self) -> None:
        self._stopping.set()
        self.join(timeout=5)

    def _hear(self) -> None:
        url, words = settings.REDIS_URL, {"socket_connect_timeout": _PATIENCE}
        with (
            redis_url.connected(url, **words) as client,
            client.pubsub() as channel,  # type: ignore[no-untyped-call]
        ):
            channel.subscribe(CHANNEL)
            quiet = 0.0
            while not self._stopping.is_set():
                said = channel.get_message(timeout=_RETRY)
                quiet = 0.0 if said else quiet + _RETRY
                if said and said["type"] == "message":
                    _tell(json.loads(said["data"]))
                elif quiet == _SILENCE:
                    channel.ping()
                elif quiet > 2 * _SILENCE:
                    raise redis.TimeoutError(_SILENT)
