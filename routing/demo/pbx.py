"""A pretend telephony system: a program that, like a real one, knows Rollcall by its HTTP API and
its stream of events only."""

import json
import random
import threading
import time
from collections.abc import Sequence

import httpx
import structlog
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from routing.demo.agenda import Agenda
from routing.demo.exchange import EVENTS, Exchange
from routing.demo.line import API, Closed, Line

log = structlog.get_logger(__name__)

_PERIOD = 0.2  # seconds between looks at the agenda, where no event comes
_AGAIN = 1.0  # seconds until a stream that broke is opened again
_REPAIR = 5.0  # seconds until everything begins anew after a fault


class Pbx(threading.Thread):
    """Has callers and phones at the Rollcall that answers at `url` (http://127.0.0.1:8000) until
    stopped. `key` is an API key of the source `source`, which may read and tell of calls; `numbers`
    are agents' own; `seed` makes chance repeatable."""

    def __init__(
        self, url: str, key: str, source: str, numbers: Sequence[str], seed: int | None = None
    ) -> None:
        super().__init__(name="pbx", daemon=True)
        self._url = url
        self._headers = {"Authorization": f"Bearer {key}"}
        self._source = source
        self._numbers = numbers
        self._chance = random.Random(seed)  # nosec B311 # noqa: S311 - nothing secret hangs on it
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._work()
            except Closed:
                return
            except Exception:
                log.exception("pbx_begins_anew")
                self._stopping.wait(_REPAIR)

    def stop(self) -> None:
        """Let everything lie as it is, and end the thread."""
        self._stopping.set()
        self.join(timeout=5)

    def _work(self) -> None:
        """Open the lines, and play until it is stopped or something is lost."""
        agenda = Agenda()
        with httpx.Client(base_url=self._url, headers=self._headers) as client:
            line = Line(client, self._stopping)
            exchange = Exchange(line, agenda, self._chance, self._source, self._numbers)
            player = _Player(exchange, agenda, self._stopping)
            while not self._stopping.is_set():
                try:
                    with connect(
                        self._address(player.last), additional_headers=self._headers
                    ) as stream:
                        player.listen(stream)
                except (OSError, WebSocketException) as error:
                    if isinstance(error, ConnectionClosed) and _refused(error):
                        raise
                    log.warning("pbx_waits", error=repr(error))
                    self._stopping.wait(_AGAIN)
                    if not player.last:
                        return  # there is no event to resume from, so everything begins anew

    def _address(self, last: str) -> str:
        host = self._url.removeprefix("http://")
        after = f"&after={last}" if last else ""
        return f"ws://{host}{API}/stream?types={','.join(EVENTS)}{after}"


class _Player:
    """Does what is due and what events lead to; `last` is the id of the last event taken."""

    def __init__(self, exchange: Exchange, agenda: Agenda, stopping: threading.Event) -> None:
        self._exchange = exchange
        self._agenda = agenda
        self._stopping = stopping
        self._began: float | None = None
        self.last = ""

    def listen(self, stream: ClientConnection) -> None:
        """Play until stopped, or until the stream breaks."""
        if self._began is None:  # with the stream open first, nothing is missed
            self._exchange.open()
            self._began = time.monotonic()
        while not self._stopping.is_set():
            self._agenda.run_due(time.monotonic() - self._began)
            try:
                event = json.loads(stream.recv(timeout=_PERIOD))
            except TimeoutError:
                continue
            if "error" not in event:  # else why it is closed, as its code says too
                self._exchange.take(event)
                self.last = event["id"]


def _refused(closed: ConnectionClosed) -> bool:
    """Whether Rollcall closed the stream for a reason of its own, and not because it stops."""
    return closed.rcvd is not None and closed.rcvd.code > 4000
