"""What supervisors do to an agent: set a mode, cancel the one that waits, end wrap-up, check a
phantom call, log out. Each is an event with its actor, so that history says whose doing it was."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise

from audit.words import Action
from dashboard import sessions
from dashboard.views import answers
from presence.actions import Outcome
from presence.choices import ChoiceError
from presence.derive import OFFLINE
from presence.events import CancelPending, Cause, Choose, LegAction, LegEvent, LogOut
from presence.models import Agent, Status
from presence.models.catalogue import ChosenBy
from presence.state import LegState
from presence.store import load
from presence.supervised import note, seen
from presence.words import filled
from presence.words import lazily as _
from presence.writing import write
from routing import interactions, reconcile
from routing.actions import apply
from routing.connectors import checks
from routing.models import Leg

ASKED = _("The telephony is asked. A call that it does not know ends within half a minute.")
NO_CALL = _("They are on no call.")
NO_WRAP_UP = _("They are not in wrap-up.")
NOTHING_WAITS = _("No mode waits.")
WAITS = _("Engaged: it waits until they are done.")
AWAY = _("Not connected: shows {status} until they are back.")


@dataclass(frozen=True)
class Came:
    """What came of an act: whether it was done, and a sentence where there is more to say."""

    done: bool
    sentence: str | Promise = ""
    waits: bool = False
    away: bool = False
    """It is set, but they are not there: their status shows that until they are back."""


DONE = Came(done=True)

Act = Callable[[HttpRequest, Agent], Came]


def _came(outcome: Outcome) -> Came:
    refusal = answers.refusal_of(outcome)
    return Came(not refusal, refusal)


def set_mode(request: HttpRequest, agent: Agent) -> Came:
    try:
        choice = answers.chosen(request, agent, ChosenBy.SUPERVISORS)
    except ChoiceError as error:
        return Came(done=False, sentence=str(error))
    event = Choose(
        at=timezone.now(),
        actor=request.user.pk,
        choice=choice,
        cause=Cause.SUPERVISOR,
        immediate="immediate" in request.POST,
    )
    outcome = apply(agent.pk, event)
    came, after = _came(outcome), outcome.decision.state
    if came.done and after.pending:
        return Came(done=True, sentence=WAITS, waits=True)
    if came.done and after.shown.status == OFFLINE != choice.status:
        status = Status.objects.get(pk=OFFLINE)
        return Came(done=True, sentence=filled(AWAY, status=str(status)), away=True)
    return came


def cancel_pending(request: HttpRequest, agent: Agent) -> Came:
    if agent.state.pending_id is None:
        return Came(done=False, sentence=NOTHING_WAITS)
    return _came(apply(agent.pk, CancelPending(at=timezone.now(), actor=request.user.pk)))


def end_wrap_up(request: HttpRequest, agent: Agent) -> Came:
    legs = [leg for leg in load(agent.state).legs if leg.state is LegState.WRAP_UP]
    if not legs:
        return Came(done=False, sentence=NO_WRAP_UP)
    event = LegEvent(
        at=timezone.now(),
        actor=request.user.pk,
        action=LegAction.WRAP_UP_DONE,
        leg=legs[0].id,
        cause=Cause.SUPERVISOR,
    )
    return _came(apply(agent.pk, event))


def reset_call(request: HttpRequest, agent: Agent) -> Came:
    """A telephony that can be asked is believed; where none can, the supervisor is."""
    now = timezone.now()
    if checks.ask(agent, now, request.user.pk):
        return Came(done=True, sentence=ASKED)
    legs = Leg.objects.connected().filter(agent=agent).select_related("interaction")
    for leg in legs:
        reconcile.end(leg, now, request.user.pk)
        if not interactions.open_entry(leg.interaction_id):  # a caller who waits is no phantom
            reconcile.close(leg.interaction, now)
    return DONE if legs else Came(done=False, sentence=NO_CALL)


def log_out(request: HttpRequest, agent: Agent) -> Came:
    out = LogOut(at=timezone.now(), actor=request.user.pk, cause=Cause.SUPERVISOR)
    came = _came(apply(agent.pk, out))
    sessions.end(agent.user_id)
    return came


ACTS: Mapping[str, Act] = {
    "set_mode": set_mode,
    "cancel_pending": cancel_pending,
    "end_wrap_up": end_wrap_up,
    "reset_call": reset_call,
    "log_out_agent": log_out,
}
"""By the codename of the right that it takes, which the audit log calls it by too."""


def do(request: HttpRequest, name: str, agent: Agent) -> Came:
    """The act, and what the audit log tells of it, in one transaction."""
    with write():
        before = seen(agent.pk)
        came = ACTS[name](request, agent)
        if came.done:
            note(Action(name), agent, before)
    return came
