"""Who is connected: a lease per server process, and one row per agent who has a page open there.

A process counts its own sockets and writes only when an agent's first one opens or last one
closes. A process that dies leaves a lease that runs out, and its connections with it.
"""

import threading
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice

import structlog
from django.conf import settings

from presence import actions
from presence.events import WebphoneConnected, WebphoneLost
from presence.models import Connection, Server
from presence.writing import write

log = structlog.get_logger(__name__)

_SOURCE = "connections"
_BATCH = 25
"""How many agents one transaction connects: other writers wait for it."""


class Lease:
    """This process's right to hold connections. Every method but `note` writes; call from a sync
    thread.

    A method may be called for one agent from several threads: what is written is what is open by
    then, so that a page opening while another closes leaves no row behind.
    """

    def __init__(self, server_id: uuid.UUID | None = None) -> None:
        self.server_id = server_id or uuid.uuid4()
        self._open: Counter[int] = Counter()
        self._turn = threading.Lock()
        self._changed: dict[int, datetime] = {}
        self._counting = threading.Lock()

    def renew(self, now: datetime) -> None:
        """Live for another `LEASE_SECONDS`, and mend rows that do not match the open pages."""
        with self._turn:
            with write():
                Server.objects.update_or_create(
                    pk=self.server_id, defaults={"expires_at": _expiry(now)}
                )
            mine = Connection.objects.filter(server_id=self.server_id)
            held = set(mine.values_list("agent_id", flat=True))
            wanted = {agent_id for agent_id, count in self._open.items() if count}
            self._write(dict.fromkeys(sorted(wanted ^ held), now))

    def opened(self, agent_id: int, now: datetime) -> None:
        """One more page of this agent's is open in this process."""
        self.note(agent_id, 1, now)
        self.write()

    def closed(self, agent_id: int, now: datetime) -> None:
        """One page of this agent's has closed."""
        self.note(agent_id, -1, now)
        self.write()

    def note(self, agent_id: int, pages: int, now: datetime) -> None:
        """Count one page more or less of this agent's, for the next `write`. It never blocks."""
        with self._counting:
            before = self._open[agent_id]
            self._open[agent_id] = max(before + pages, 0)
            if bool(before) != bool(self._open[agent_id]):
                self._changed[agent_id] = now

    def write(self) -> None:
        """Write whose first page opened or last one closed, all of whom was noted at once."""
        with self._turn:
            with self._counting:
                changed, self._changed = self._changed, {}
            self._write(changed)

    def _write(self, agents: Mapping[int, datetime]) -> None:
        for first in range(0, len(agents), _BATCH):
            batch = dict(islice(agents.items(), first, first + _BATCH))
            try:
                self._write_batch(batch)
            except Exception:
                if len(agents) == 1:
                    raise
                for one in batch.items():  # one who cannot be written stops nobody else
                    self._try(one)

    def _try(self, one: tuple[int, datetime]) -> None:
        try:
            self._write_batch(dict([one]))
        except Exception:
            log.exception("connection_not_written", agent=one[0])

    def _write_batch(self, agents: Mapping[int, datetime]) -> None:
        with write():
            actions.lock(set(agents))  # a page that opens elsewhere is seen now, or comes after
            open_ = {agent for agent in agents if self._open[agent]}
            self._connect({agent: agents[agent] for agent in agents if agent in open_})
            self._disconnect({agent: agents[agent] for agent in agents if agent not in open_})

    def release(self, now: datetime) -> None:
        """The process stops: everything it holds is lost as of now."""
        with self._turn:
            with self._counting:
                self._open.clear()
                self._changed.clear()
            _end(self.server_id, now)

    def _connect(self, agents: Mapping[int, datetime]) -> None:
        if not agents:
            return
        expires = _expiry(max(agents.values()))
        Server.objects.get_or_create(pk=self.server_id, defaults={"expires_at": expires})
        Connection.objects.bulk_create(
            [Connection(server_id=self.server_id, agent_id=agent) for agent in sorted(agents)],
            ignore_conflicts=True,
        )
        actions.apply_all(
            [(agent, WebphoneConnected(at=at, source=_SOURCE)) for agent, at in agents.items()]
        )

    def _disconnect(self, agents: Mapping[int, datetime]) -> None:
        if not agents:
            return
        Connection.objects.filter(server_id=self.server_id, agent_id__in=list(agents)).delete()
        elsewhere = _elsewhere(agents, max(agents.values()))
        gone = [(agent, at) for agent, at in agents.items() if agent not in elsewhere]
        actions.apply_all([(agent, WebphoneLost(at=at, source=_SOURCE)) for agent, at in gone])


def sweep(now: datetime) -> int:
    """End the leases that ran out; gives how many. Safe from any number of processes."""
    expired = Server.objects.filter(expires_at__lte=now).values_list("pk", flat=True)
    return sum(_sweep_one(server_id, now) for server_id in list(expired))


def _sweep_one(server_id: uuid.UUID, now: datetime) -> int:
    with write():
        # Looked at again under its lock: it may have been renewed, or swept by another process.
        lapsed = Server.objects.select_for_update(skip_locked=True)
        server = lapsed.filter(pk=server_id, expires_at__lte=now).first()
        if server is None:
            return 0
        _end(server_id, server.expires_at)
    return 1


def _end(server_id: uuid.UUID, at: datetime) -> None:
    with write():
        gone = Connection.objects.filter(server_id=server_id)
        agents = list(gone.order_by("agent_id").values_list("agent_id", flat=True))
        gone.delete()
        Server.objects.filter(pk=server_id).delete()
        actions.lock(set(agents))
        elsewhere = _elsewhere(agents, at)
        lost = [agent for agent in agents if agent not in elsewhere]
        actions.apply_all([(agent, WebphoneLost(at=at, source=_SOURCE)) for agent in lost])


def _elsewhere(agents: Iterable[int], now: datetime) -> set[int]:
    """Those of `agents` who have a page open through a server that lives."""
    alive = Connection.objects.filter(agent_id__in=list(agents), server__expires_at__gt=now)
    return set(alive.values_list("agent_id", flat=True))


def _expiry(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LEASE_SECONDS)


process_lease = Lease()
"""The lease of this server process."""
