"""What a connector's process writes and reads: its lease on the connector, the state of its link,
and the reports it takes in. One thread does all of it, in order."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from django.db import OperationalError
from django.db.models import F, Q
from django.utils import timezone

from presence.models import Device
from presence.writing import write
from routing import pauses
from routing.intake import Intake
from routing.models import Connector, ConnectorLink, Unmatched
from routing.pauses import Ask, Pause
from routing.provision import Provision
from routing.reports import CallerReported, LegReported, MemberSeen, QueueSeen, Report

log = structlog.get_logger(__name__)

HELD_FOR = timedelta(seconds=10)


class Desk:
    """One connector's. `holder` is this process's name for its lease."""

    def __init__(self, connector: Connector) -> None:
        self.connector = connector
        self.holder = uuid.uuid4()
        self._intake = Intake(connector.name, follows=pauses.heard)
        self._provision = Provision()

    # --- the link ------------------------------------------------------------------------------

    def claim(self, now: datetime) -> bool:
        """Hold the connector for a while longer; whether it is this process's to hold."""
        with write():
            ConnectorLink.objects.get_or_create(connector=self.connector, defaults={"since": now})
            free = Q(holder=self.holder) | Q(holder=None) | Q(held_until__lt=now)
            mine = ConnectorLink.objects.filter(free, connector=self.connector)
            return bool(mine.update(holder=self.holder, held_until=now + HELD_FOR))

    def release(self, now: datetime) -> None:
        mine = ConnectorLink.objects.filter(connector=self.connector, holder=self.holder)
        mine.update(holder=None, held_until=None, state=ConnectorLink.State.DOWN, since=now)

    def note(self, state: ConnectorLink.State, now: datetime, error: str = "") -> None:
        """The link is in `state`; since now, if it was not before."""
        link = ConnectorLink.objects.filter(connector=self.connector)
        link.exclude(state=state).update(state=state, since=now)
        link.update(error=error[:200])

    def beat(self, **seen: object) -> None:
        """Note what is known of the link: fields of `ConnectorLink`."""
        ConnectorLink.objects.filter(connector=self.connector).update(**seen)

    # --- what it says --------------------------------------------------------------------------

    def take(self, reports: Sequence[Report]) -> None:
        """Take in reports about what is followed. One that cannot be taken in stops no other.

        Raises `OperationalError` while the database is away: nothing is lost, taking in the same
        reports again does no harm.
        """
        for report in reports:
            if self._follows(report):
                try:
                    self._take(report)
                except OperationalError:
                    raise
                except Exception:
                    log.exception("report_failed", connector=self.connector.name, id=report.id)
        self._note_unmatched()

    def _follows(self, report: Report) -> bool:
        named = QueueSeen | MemberSeen | CallerReported | LegReported
        if isinstance(report, named) and report.queue:
            return self.connector.follows(report.queue)
        return True

    def _take(self, report: Report) -> None:
        if isinstance(report, QueueSeen) and self.connector.makes_queues:
            self._provision.take(report)
        self._intake.take(report)

    def _note_unmatched(self) -> None:
        unmatched, self._intake.unmatched = self._intake.unmatched, Counter()
        now = timezone.now()
        for name, count in unmatched.items():
            kind = Unmatched.Kind.PHONE if "/" in name else Unmatched.Kind.QUEUE
            row, new = Unmatched.objects.get_or_create(
                connector=self.connector,
                kind=kind,
                name=name[:120],
                defaults={"count": count, "first_at": now, "last_at": now},
            )
            if not new:
                row.count, row.last_at = F("count") + count, now
                row.save(update_fields=["count", "last_at"])

    # --- what it is told -----------------------------------------------------------------------

    def asks(
        self, now: datetime, known: Mapping[str, Pause], agents: Iterable[int] | None
    ) -> list[Ask]:
        """What is to be asked of the telephony now."""
        if not self.connector.tells_pauses:
            return []
        return pauses.asks(self.connector, now, known, agents)

    def phones(self) -> list[str]:
        """Every address that somebody here has."""
        return list(Device.objects.exclude(address="").values_list("address", flat=True))
