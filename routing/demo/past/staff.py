"""The demo's agents in the past: the state machine decides, and what it says is kept."""

import json
from datetime import datetime, timedelta

from presence import machine, store
from presence.decision import Decision
from presence.events import Event
from presence.models import Agent, AgentState, PendingEnd
from presence.rules import RulesReader
from presence.state import Rules, State
from routing.demo.past.record import Record

LONGEST = timedelta(days=16)
"""How far the past may go back."""
_COMMON = {"at", "source", "id", "actor"}


class Worker:
    """One agent: `place` is their number in their team, from 0."""

    def __init__(
        self, agent: Agent, place: int, rules: Rules, began: datetime, record: Record
    ) -> None:
        self.id, self.user, self.place = agent.pk, agent.user_id, place
        self.team = agent.team.name if agent.team else ""
        self.rules, self._row, self._record = rules, agent.state, record
        devices = store.load(agent.state).devices
        self.state = machine.new_state(began, rules, devices)
        self.on_shift = False
        self.due: datetime | None = None
        self._version = self._shown_version = 1

    def take(self, event: Event, entry: int | None = None) -> Decision:
        """Let the machine decide, and keep what it says; `entry` is the wait that a new part in a
        call comes from."""
        before, decision = self.state, machine.decide(self.state, event, self.rules)
        if not decision.changed:
            return decision
        self.state = decision.state
        self._version += 1
        self._keep(before, decision)
        details = {key: value for key, value in vars(event).items() if key not in _COMMON}
        self._record.transitions.append(
            (
                self.id,
                self._version,
                self.state.at,
                type(event).__name__,
                json.dumps(details, default=vars),
                event.source,
                event.actor,
            )
        )
        for change in decision.legs:
            self._record.keep(self.id, change, entry)
        return decision

    def _keep(self, before: State, decision: Decision) -> None:
        if shown := decision.closed:
            what = shown.status, shown.reason, shown.note, shown.since, self.state.at
            begun = self.id, self._shown_version
            self._record.intervals.append((*begun, *what, shown.cause.value, shown.actor))
            self._shown_version = self._version
        waited = before.pending
        if waited and waited != self.state.pending:
            end = PendingEnd.CANCELLED
            if self.state.pending:
                end = PendingEnd.REPLACED
            elif self.state.mode == waited.choice:
                end = PendingEnd.APPLIED
            mode = waited.choice.status, waited.choice.reason, waited.choice.note
            times = waited.since, self.state.at, waited.cause.value, waited.actor
            self._record.pendings.append((self.id, self._version, *mode, *times, end.value))

    def save(self) -> None:
        """Make what the past leads to the present."""
        self._row.version, self._row.shown_version = self._version, self._shown_version
        store.put(self._row, self.state, self.rules)
        self._row.save()


def workers(record: Record, now: datetime) -> list[Worker]:
    """Every agent, Offline since long ago."""
    read, places = RulesReader(), dict[str, int]()
    found = []
    for row in AgentState.objects.select_related("agent__team").order_by("agent"):
        agent, team = row.agent, str(row.agent.team)
        agent.state = row
        places[team] = places.get(team, -1) + 1
        found.append(Worker(agent, places[team], read(agent), now - LONGEST, record))
    return found
