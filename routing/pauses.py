"""Agreeing with a telephony system about who is paused there, and why: what its queues should hold,
what they were asked, and whose act a pause was."""

from collections.abc import Collection, Mapping
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

AUTO_PAUSE = "Auto-Pause"
"""Asterisk's own reason, where it pauses who missed a call."""

CLOCKS_MAY_DIFFER = timedelta(minutes=1)
"""The telephony's and this server's."""

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
    if row.pending and not row.pending.accepts_inbound:
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
    is younger than the agent's mode and was not asked for is followed, and the end of one never,
    for a system that was restarted forgets its pauses. What a missed call leads to is Rollcall's
    to say.
    """
    said = Pause(report.paused, report.reason if report.paused else "")
    asked = PauseRequest.objects.filter(device=device, paused=said.paused, reason=said.reason)
    if asked.filter(confirmed_at=None).update(confirmed_at=report.at, error=""):
        return False
    row = _states().get(agent=device.agent_id)
    if wanted(row) == said or (said.reason == AUTO_PAUSE and _misses(row)):
        return False
    if report.since is None:
        return True
    if not said.paused or report.since <= row.mode_since:
        return False
    return not asked.filter(confirmed_at__gte=report.since - CLOCKS_MAY_DIFFER).exists()


def asks(
    connector: Connector,
    now: datetime,
    known: Mapping[str, Pause],
    agent_ids: Collection[int],
) -> list[Ask]:
    """What is to be asked now so that those phones of these agents that are `known` to the
    telephony (address -> what it has) become what they should be. One thing is asked of a phone at
    a time; what was not confirmed is asked again, after ever longer."""
    if not agent_ids:
        return []
    devices = Device.objects.exclude(address="").filter(agent__in=agent_ids)
    states = {row.agent_id: row for row in _states().filter(agent__in=agent_ids)}
    found = []
    for device in devices.select_related("pause_request"):
        have, row = known.get(device.address), states.get(device.agent_id)
        if have and row:
            found += _ask(connector, device, wanted(row), have, now)
    return found


def note(connector: Connector, device: Device, pause: Pause, now: datetime) -> PauseRequest:
    """Note that `pause` is asked for a phone. That it was asked before counts as an attempt."""
    request: PauseRequest | None = getattr(device, "pause_request", None)
    again = (
        request is not None
        and request.confirmed_at is None
        and (request.paused, request.reason) == (pause.paused, pause.reason)
    )
    with write():
        request, _ = PauseRequest.objects.update_or_create(
            device=device,
            defaults={
                "connector": connector,
                "paused": pause.paused,
                "reason": pause.reason,
                "asked_at": now,
                "attempts": request.attempts + 1 if request and again else 1,
                "confirmed_at": None,
                "error": request.error if request and again else "",
            },
        )
    return request


def refused(ask: Ask, why: str) -> None:
    """Note why the telephony would not do it."""
    PauseRequest.objects.filter(pk=ask.request_id).update(error=why[:200])


def _ask(
    connector: Connector, device: Device, want: Pause, have: Pause, now: datetime
) -> list[Ask]:
    request: PauseRequest | None = getattr(device, "pause_request", None)
    waits = request is not None and request.confirmed_at is None
    if request and waits and _may_come_true(request, want, have, now):
        return []
    if want == have:
        if request and waits:
            request.confirmed_at, request.error = now, ""
            with write():
                request.save(update_fields=["confirmed_at", "error"])
        return []
    return [Ask(note(connector, device, want, now).pk, device.address, want)]


def _may_come_true(request: PauseRequest, want: Pause, have: Pause, now: datetime) -> bool:
    """What was asked may still be done: until then nothing else is asked. What was refused is
    asked again by and by, unless something else is wanted by now."""
    asked = Pause(request.paused, request.reason)
    if asked == have or (request.error and asked != want):
        return False
    return abs(now - request.asked_at) < _retry(request.attempts)


def _retry(attempts: int) -> timedelta:
    return min(_FIRST_RETRY * (1 << min(attempts - 1, 8)), _LAST_RETRY)


def _misses(row: AgentState) -> bool:
    """A call rings at the agent, or they missed one."""
    rings = any(leg["state"] == LegState.OFFERED.value for leg in row.legs)
    return rings or row.no_answer_since is not None


def _states() -> QuerySet[AgentState]:
    return AgentState.objects.select_related("mode", "mode_reason", "pending", "pending_reason")


def _because(mode: Status, reason: Reason | None, note: str) -> Pause:
    return Pause(True, _fit(reason.label if reason else note or mode.label))


def _labelled(code: str) -> Pause:
    return Pause(True, _fit(Status.objects.values_list("label", flat=True).get(pk=code)))


def _fit(words: str) -> str:
    words = " ".join(words.split())
    return words.encode()[:LONGEST_REASON].decode(errors="ignore")
