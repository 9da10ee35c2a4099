"""Who is connected: a lease per server process, and one row per agent who has a page open there.

A process counts its own sockets and writes only when an agent's first one opens or last one
closes. A process that dies leaves a lease that runs out, and its connections with it.
"""

import threading
import uuid
from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings

from presence import actions
from presence.events import WebphoneConnected, WebphoneLost
from presence.models import Connection, Server
from presence.writing import write


class Lease:
    """This process's right to hold connections. Every method writes; call from a sync thread.

    A method may be called for one agent from several threads: they are taken one after the other,
    so that a page opening while another closes leaves no row behind.
    """

    def __init__(self, server_id: uuid.UUID | None = None) -> None:
        self.server_id = server_id or uuid.uuid4()
        self._open: Counter[int] = Counter()
        self._turn = threading.Lock()

    def renew(self, now: datetime) -> None:
        """Live for another `LEASE_SECONDS`, and mend rows that do not match the open pages."""
        with self._turn:
            with write():
                Server.objects.update_or_create(
                    pk=self.server_id, defaults={"expires_at": _expiry(now)}
                )
            held = set(
                Connection.objects.filter(server_id=self.server_id).values_list(
                    "agent_id", flat=True
                )
            )
            wanted = {agent_id for agent_id, count in self._open.items() if count}
            for agent_id in sorted(wanted ^ held):
                with write():
                    change = self._connect if agent_id in wanted else self._disconnect
                    change(agent_id, now)

    def opened(self, agent_id: int, now: datetime) -> None:
        """One more page of this agent's is open in this process."""
        with self._turn:
            self._open[agent_id] += 1
            if self._open[agent_id] == 1:
                with write():
                    self._connect(agent_id, now)

    def closed(self, agent_id: int, now: datetime) -> None:
        """One page of this agent's has closed."""
        with self._turn:
            self._open[agent_id] -= 1
            if self._open[agent_id] <= 0:
                del self._open[agent_id]
                with write():
                    self._disconnect(agent_id, now)

    def release(self, now: datetime) -> None:
        """The process stops: everything it holds is lost as of now."""
        with self._turn:
            self._open.clear()
            _end(self.server_id, now)

    def _connect(self, agent_id: int, now: datetime) -> None:
        Server.objects.get_or_create(pk=self.server_id, defaults={"expires_at": _expiry(now)})
        Connection.objects.get_or_create(server_id=self.server_id, agent_id=agent_id)
        actions.apply(agent_id, WebphoneConnected(at=now, source="connections"))

    def _disconnect(self, agent_id: int, now: datetime) -> None:
        Connection.objects.filter(server_id=self.server_id, agent_id=agent_id).delete()
        actions.lock({agent_id})  # a page that opens elsewhere is seen now, or comes after
        if not _connected_elsewhere(agent_id, now):
            actions.apply(agent_id, WebphoneLost(at=now, source="connections"))


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
        lost = [agent for agent in agents if not _connected_elsewhere(agent, at)]
        actions.apply_all([(agent, WebphoneLost(at=at, source="connections")) for agent in lost])


def _connected_elsewhere(agent_id: int, now: datetime) -> bool:
    return Connection.objects.filter(agent_id=agent_id, server__expires_at__gt=now).exists()


def _expiry(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LEASE_SECONDS)


process_lease = Lease()
"""The lease of this server process."""
