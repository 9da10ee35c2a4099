"""What a connector's process writes and reads: its lease on the connector, the state of its link,
and the reports it takes in. One thread does all of it, in order."""

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError
from django.db.models import F, Q
from prometheus_client import Counter as Metric
from structlog.contextvars import bound_contextvars

from presence.actions import Outcome, Result
from presence.events import CallKind, Cause, PhoneReach
from presence.models import AgentState, Device
from presence.state import LegState
from presence.writing import write
from routing import pauses, reconcile
from routing.connectors.asterisk.resume import LiveLeg
from routing.connectors.checks import Checks
from routing.connectors.claims import Claims
from routing.connectors.moves import Moves
from routing.connectors.news import no_news
from routing.connectors.roster import Roster
from routing.intake import Intake
from routing.models import Connector, ConnectorLink, QueueEntry, Unmatched
from routing.pauses import Ask, Pause
from routing.provision import Provision
from routing.reports import (
    CallerReported,
    LegReported,
    MemberSeen,
    PhoneReported,
    QueueSeen,
    Report,
)

log = structlog.get_logger(__name__)

HELD_FOR = timedelta(seconds=10)

REPORTS = Metric(
    "rollcall_connector_reports_total",
    "What telephony systems reported, by what became of it",
    ["connector", "outcome"],
)

AWAY = (OperationalError, InterfaceError)
"""What the database raises while it is away."""


class Desk:
    """One connector's. `holder` is this process's name for its lease."""

    def __init__(self, connector: Connector) -> None:
        self.connector = connector
        self.holder = uuid.uuid4()
        self.roster = Roster(connector)
        self.checks = Checks(connector)
        self.moves = Moves(connector)
        self._claims = Claims(connector)
        self._intake = Intake(
            connector.name,
            follows=pauses.heard if connector.tells_pauses else None,
            keeps_members=connector.manages_members,
        )
        self._provision = Provision()
        self._labels: dict[str, str] = {}

    # --- the link ------------------------------------------------------------------------------

    def claim(self, now: datetime) -> bool:
        """Hold the connector for a while longer; whether it is this process's to hold."""
        with write():
            ConnectorLink.objects.get_or_create(connector=self.connector, defaults={"since": now})
            free = Q(holder=self.holder) | Q(holder=None) | Q(held_until__lt=now)
            mine = ConnectorLink.objects.filter(free, connector=self.connector)
            held = bool(mine.update(holder=self.holder, held_until=now + HELD_FOR))
            self._claims.refresh()
        return held

    def release(self, now: datetime) -> None:
        mine = ConnectorLink.objects.filter(connector=self.connector, holder=self.holder)
        mine.filter(state=ConnectorLink.State.UP).update(since=now)
        mine.update(holder=None, held_until=None, state=ConnectorLink.State.DOWN)

    def note(self, state: ConnectorLink.State, now: datetime, error: str = "") -> None:
        """The link is in `state`: since now, if it came up or was up until now. An error stands
        while the link is made anew."""
        link = ConnectorLink.objects.filter(connector=self.connector)
        up, is_up = Q(state=ConnectorLink.State.UP), state is ConnectorLink.State.UP
        link.filter(~up if is_up else up).update(since=now)
        link.update(state=state)
        if state is not ConnectorLink.State.CONNECTING:
            link.update(error=error[:200])

    def beat(self, **seen: object) -> None:
        """Note what is known of the link: fields of `ConnectorLink`."""
        ConnectorLink.objects.filter(connector=self.connector).update(**seen)

    def snapshot_wanted(self) -> bool:
        """Whether somebody asked for a snapshot since this was asked last."""
        wanted = ConnectorLink.objects.filter(connector=self.connector, snapshot_wanted=True)
        return wanted.exists() and bool(wanted.update(snapshot_wanted=False))

    def lost(self, now: datetime) -> None:
        """The link is lost for long. Where the connector says so, its phones count as lost; the
        next snapshot tells of each anew."""
        if self.connector.receives_when_lost:
            return
        for address in self._claims.phones():
            name = f"lost:{address}:{now.timestamp():.0f}"
            report = PhoneReported(at=now, id=name, address=address, reach=PhoneReach.LOST)
            self._intake.take(report)

    # --- what it says --------------------------------------------------------------------------

    def take(self, reports: Sequence[Report], now: datetime) -> None:
        """Take in reports about what is followed. One that cannot be taken in stops no other.

        Raises what is in `AWAY` while the database is away: nothing is lost, taking in the same
        reports again does no harm.
        """
        self._claims.note(reports)
        known = no_news(reports)
        for report in reports:
            try:
                with bound_contextvars(connector=self.connector.name, report=report.id):
                    became = self._take(report, known) if self._follows(report) else _IGNORED
            except AWAY:
                raise
            except Exception:
                became = "error"
                log.exception("report_failed", connector=self.connector.name, id=report.id)
            REPORTS.labels(self.connector.name, became).inc()
        self._note_unmatched(now)

    def _follows(self, report: Report) -> bool:
        named = QueueSeen | MemberSeen | CallerReported | LegReported
        if isinstance(report, named) and report.queue:
            return self.connector.follows(report.queue)
        return True

    def _take(self, report: Report, known: Collection[str]) -> str:
        """Take in one report; gives what became of it, in a word."""
        if isinstance(report, MemberSeen):
            self._labels[report.address] = report.name
        if isinstance(report, QueueSeen) and self.connector.makes_queues:
            self._provision.take(report)
        if self._claims.takes(report) and report.id not in known:
            return _became(self._intake.take(report))
        return _IGNORED

    def _note_unmatched(self, now: datetime) -> None:
        unmatched, self._intake.unmatched = self._intake.unmatched, Counter()
        for name, count in unmatched.items():
            kind = Unmatched.Kind.PHONE if "/" in name else Unmatched.Kind.QUEUE
            row, new = Unmatched.objects.get_or_create(
                connector=self.connector,
                kind=kind,
                name=name[:120],
                defaults={
                    "label": self._labels.get(name, "")[:80],
                    "count": count,
                    "first_at": now,
                    "last_at": now,
                },
            )
            if not new:
                row.count, row.last_at = F("count") + count, now
                row.save(update_fields=["count", "last_at"])

    # --- what it is told -----------------------------------------------------------------------

    def asks(self, now: datetime, known: Mapping[str, Pause], agents: Collection[int]) -> list[Ask]:
        """What is to be asked of the telephony now about these agents."""
        if not self.connector.tells_pauses:
            return []
        mine = {
            address: pause for address, pause in known.items() if self._claims.believed(address)
        }
        return pauses.asks(self.connector, now, mine, agents)

    # --- what was there before -----------------------------------------------------------------

    def phones(self) -> list[str]:
        """Every address that somebody here has."""
        return list(Device.objects.exclude(address="").values_list("address", flat=True))

    def live_legs(self) -> list[LiveLeg]:
        """The legs of this connector's calls that live, each at a phone of its agent's."""
        found = []
        for leg in reconcile.live_legs(self.connector.name):
            devices = leg.agent.devices.exclude(address="").order_by("pk")
            if address := devices.values_list("address", flat=True).first():
                call = leg.interaction
                found.append(
                    LiveLeg(
                        address=address,
                        leg=leg.external_id,
                        interaction=call.external_id,
                        kind=CallKind(call.kind),
                        state=LegState(leg.state),
                        since=leg.started_at,
                        queue=call.queue.name if call.queue else "",
                        caller=call.caller,
                    )
                )
        return found

    def paused(self) -> list[tuple[str, str]]:
        """Who was paused by the telephony, as (address, reason)."""
        rows = AgentState.objects.filter(mode_cause=Cause.TELEPHONY.value)
        paused = rows.filter(mode__accepts_inbound=False).select_related("mode", "mode_reason")
        return [
            (device.address, pauses.wanted(row).reason)
            for row in paused
            for device in Device.objects.filter(agent=row.agent_id).exclude(address="")
        ]

    def callers(self) -> list[tuple[str, str, str]]:
        """Who waits, as (queue, interaction, number)."""
        waiting = QueueEntry.objects.filter(
            left_at=None, interaction__source=self.connector.name
        ).select_related("queue", "interaction")
        return [
            (entry.queue.name, entry.interaction.external_id, entry.interaction.caller)
            for entry in waiting
        ]


_IGNORED = "ignored"


def _became(outcomes: Sequence[Outcome]) -> str:
    """What became of a report whose events came to this: what is not about an agent was used."""
    results = {outcome.result for outcome in outcomes}
    if Result.REFUSED in results:
        return "refused"
    return "used" if not results or results & {Result.APPLIED, Result.NOTED} else _IGNORED
