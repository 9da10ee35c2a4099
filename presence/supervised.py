"""What a supervisor's act changed of an agent's state, as the audit log tells it. History has the
act too, but neither where it came from nor what was before."""

from audit.recording import Values, changed, name_of, record
from audit.words import Action
from presence.models import Agent, AgentState, Reason, Status


def seen(agent_id: int) -> Values:
    """What such acts change, as it is now."""
    related = ("mode", "mode_reason", "pending", "pending_reason", "shown_status")
    row = AgentState.objects.select_related(*related).get(agent=agent_id)
    return {
        "status": name_of(row.shown_status),
        "mode": _words(row.mode, row.mode_reason, row.mode_note),
        "pending": _words(row.pending, row.pending_reason, row.pending_note),
        "legs": [f"{leg['id']}: {leg['state']}" for leg in row.legs],
    }


def note(action: Action, agent: Agent, before: Values) -> None:
    """Write the act down, in the transaction that it was done in; `before` is what was `seen`."""
    record(action, agent, changed(before, seen(agent.pk)))


def _words(status: Status | None, reason: Reason | None, note: str) -> str:
    if status is None:
        return ""
    return ", ".join(part for part in (name_of(status), reason.label if reason else note) if part)
