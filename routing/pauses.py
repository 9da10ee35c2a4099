"""Agreeing with a telephony system about who is paused there, and why: what its queues should hold,
what they were asked, and whose act a pause was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from presence.models import AgentState, Device, Reason, Status
from presence.state import LegState
from presence.writing import write
from routing.models import Connector, PauseRequest
from routing.reports import PauseReported

LONGEST_REASON = 79
"""Bytes of a reason that app_queue keeps."""

_FIRST_RETRY, _LAST_RETRY = timedelta(seconds=5), timedelta(minutes=1)


@dataclass(frozen=True)
class Pause:
    """Whether a member is paused, and for what reason (a few words, empty when not)."""

    paused: bool
    reason: str = ""


@dataclass(frozen=True)
class Ask:
    """A pause, or its end, that is to be asked of the telephony for the phone at `address`."""

    request_id: int
    address: str
    pause: Pause


def wanted(row: AgentState) -> Pause:
    """What the agent whose state is `row` should be. Whoever may be offered nothing is paused, but
    for a call: of that its own queues know."""
    if row.pending:
        return _because(row.pending, row.pending_reason, row.pending_note)
    if not row.mode.accepts_inbound:
        return _because(row.mode, row.mode_reason, row.mode_note)
    if row.no_answer_since:
        return _labelled("no_answer")
    if any(leg["state"] == LegState.WRAP_UP.value for leg in row.legs):
        return _labelled("wrap_up")
    if row.cool_down_until:
        return Pause(True, "Cool-down")
    return Pause(False)


def heard(device: Device, report: PauseReported) -> bool:
    """Note a pause that the telephony reports; gives whether somebody made it there, so that the
    agent's mode is to follow.

    What it was asked is confirmed by it. A snapshot tells of what happened meanwhile: a pause that
    is younger than the agent's mode is followed, and the end of one never, for a system that was
    restarted forgets its pauses.
    """
    said = Pause(report.paused, report.reason if report.paused else "")
    unconfirmed = PauseRequest.objects.filter(device=device, paused=said.paused)
    unconfirmed = unconfirmed.filter(reason=said.reason, confirmed_at=None)
    if unconfirmed.update(confirmed_at=report.at, error=""):
        return False
    row = _states().get(agent=device.agent_id)
    if wanted(row) == said:
        return False
    if report.since is None:
        return True
    return said.paused and report.since > row.mode_since


def asks(
    connector: Connector,
    now: datetime,
    known: Mapping[str, Pause],
    agent_ids: Iterable[int] | None = None,
) -> list[Ask]:
    """What is to be asked now so that the phones `known` to the telephony (address -> what it has)
    become what they should be: of these agents, None for all. One thing is asked of a phone at a
    time; what was not confirmed is asked again, after ever longer."""
    devices = Device.objects.filter(address__in=known)
    if agent_ids is not None:
        devices = devices.filter(agent__in=list(agent_ids))
    rows = {row.agent_id: row for row in _states().filter(agent__devices__in=devices)}
    found = []
    with write():
        for device in devices.select_related("pause_request"):
            if row := rows.get(device.agent_id):
                found += _ask(connector, device, wanted(row), known[device.address], now)
    return found


def refused(ask: Ask, why: str) -> None:
    """Note why the telephony would not do it."""
    PauseRequest.objects.filter(pk=ask.request_id).update(error=why[:200])


def _ask(
    connector: Connector, device: Device, want: Pause, have: Pause, now: datetime
) -> list[Ask]:
    request: PauseRequest | None = getattr(device, "pause_request", None)
    asked = Pause(request.paused, request.reason) if request else None
    waits = request is not None and request.confirmed_at is None
    if request and waits and asked != have and now - request.asked_at < _retry(request.attempts):
        return []  # what was asked may still come true: until then nothing else is asked
    if want == have:
        if request and waits:
            request.confirmed_at, request.error = now, ""
            request.save(update_fields=["confirmed_at", "error"])
        return []
    again = waits and asked == want
    request, _ = PauseRequest.objects.update_or_create(
        device=device,
        defaults={
            "connector": connector,
            "paused": want.paused,
            "reason": want.reason,
            "asked_at": now,
            "attempts": request.attempts + 1 if request and again else 1,
            "confirmed_at": None,
        },
    )
    return [Ask(request.pk, device.address, want)]


def _retry(attempts: int) -> timedelta:
    return min(_FIRST_RETRY * (1 << min(attempts - 1, 8)), _LAST_RETRY)


def _states() -> QuerySet[AgentState]:
    return AgentState.objects.select_related("mode", "mode_reason", "pending", "pending_reason")


def _because(mode: Status, reason: Reason | None, note: str) -> Pause:
    return Pause(True, _fit(reason.label if reason else note or mode.label))


def _labelled(code: str) -> Pause:
    return Pause(True, _fit(Status.objects.values_list("label", flat=True).get(pk=code)))


def _fit(words: str) -> str:
    words = " ".join(words.split())
    return words.encode()[:LONGEST_REASON].decode(errors="ignore")
