"""What shows for agents, change by change, as lines of JSON."""

import json
from collections.abc import Iterable
from typing import Any, Protocol

from presence.models import AgentState


class Out(Protocol):
    """Where lines go: a text stream, or a command's output."""

    def write(self, text: str, /) -> object: ...

    def flush(self) -> None: ...


class Timeline:
    """Writes one JSON object a line for each change of what shows, to `out`.

    `{"t": 2.51, "agent": "Alice", "status": "on_call", "reason": null, "activity": "handling",
    "pending": null}`: `t` in seconds since the recording began, codes or null; a reason is its
    label, or the text that stood for one.
    """

    def __init__(self, out: Out) -> None:
        self._out = out
        self._last: dict[int, dict[str, Any]] = {}
        self._agents: list[int] = []

    def begin(self, agent_ids: Iterable[int], t: float) -> None:
        """Follow these agents from `t` on, beginning with what shows for each."""
        self._agents = list(dict.fromkeys(agent_ids))
        self._last = {}
        self.look(t)

    def follow(self, agent_id: int) -> None:
        """Follow one more agent, who joins what is followed already."""
        if agent_id not in self._agents:
            self._agents.append(agent_id)

    def look(self, t: float) -> None:
        """Write what changed since the last look."""
        rows = AgentState.objects.select_related("agent", "shown_reason").in_bulk(self._agents)
        for agent_id in self._agents:
            shows = _shows(rows[agent_id])
            if self._last.get(agent_id) != shows:
                self._last[agent_id] = shows
                self._out.write(json.dumps({"t": round(t, 2), **shows}) + "\n")
                self._out.flush()


def _shows(row: AgentState) -> dict[str, Any]:
    reason = row.shown_reason.label if row.shown_reason else row.shown_note
    return {
        "agent": row.agent.name,
        "status": row.shown_status_id,
        "reason": reason or None,
        "activity": row.activity or None,
        "pending": row.pending_id,
    }
