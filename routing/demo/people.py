"""Pretend agents: they sign in, take breaks for reasons, come back, finish their notes, and now and
then lose their connection."""

import random
from functools import partial

from django.utils import timezone

from presence import actions as presence
from presence import choices
from presence.connections import Lease
from presence.events import Cause, Choose, DeviceKind, LegAction, LegEvent, LogIn
from presence.models import Agent, AgentState, Connection
from presence.state import LegState
from presence.store import load
from routing import actions
from routing.demo import floor
from routing.demo.agenda import Agenda

ABSENT = 0.12  # of the agents are not on shift
BREAK = (60.0, 280.0)  # seconds away from Available
WORK = (60.0, 420.0)  # seconds between two breaks
BACK = (6.0, 35.0)  # seconds until one who rejected or missed a call is ready again
NOTES = (10.0, 40.0)  # seconds in wrap-up
AWAY = {"on_break": 6, "back_office": 3, "outgoing": 4, "do_not_disturb": 1}


class People:
    """Everything that the simulated agents decide for themselves. Who really signs in as one of
    them decides instead, for as long as their page is open."""

    def __init__(
        self, agents: tuple[Agent, ...], agenda: Agenda, chance: random.Random, lease: Lease
    ) -> None:
        self._agents = {agent.pk: agent for agent in agents}
        self._agenda = agenda
        self._chance = chance
        self._lease = lease
        self._off_shift: set[int] = set()
        self._real: set[int] = set()

    def start(self) -> None:
        """Nearly everybody comes in within a few seconds, some of them away at once."""
        for agent in self._agents.values():
            if self._chance.random() < ABSENT:
                self._off_shift.add(agent.pk)
            else:
                self._agenda.after(self._chance.uniform(0, 2), partial(self._sign_in, agent))
        self._agenda.after(5, self._look_round)
        self._agenda.after(30, self._lose_someone)

    def _sign_in(self, agent: Agent) -> None:
        self._lease.opened(agent.pk, timezone.now())
        event = LogIn(at=timezone.now(), actor=agent.user_id)
        actions.apply(agent.pk, event)
        if self._chance.random() < 0.2:
            self._leave(agent)
        else:
            self._return(agent)

    def _leave(self, agent: Agent) -> None:
        status = self._chance.choices(list(AWAY), list(AWAY.values()))[0]
        self._choose(agent, status)
        self._agenda.after(self._chance.uniform(*BREAK), partial(self._return, agent))

    def _return(self, agent: Agent) -> None:
        self._choose(agent, "available")
        self._agenda.after(self._chance.uniform(*WORK), partial(self._leave, agent))

    def _choose(self, agent: Agent, status: str) -> None:
        options = {option.status.pk: option for option in choices.options(agent)}
        if status not in options or agent.pk in self._real:
            return  # an admin took it out of the menu, or the choice is somebody else's
        reasons = options[status].reasons
        reason = self._chance.choice(reasons).pk if reasons else None
        choice = choices.choose(agent, status, reason)
        event = Choose(at=timezone.now(), actor=agent.user_id, choice=choice, cause=Cause.AGENT)
        actions.apply(agent.pk, event)

    def _look_round(self) -> None:
        """Those who missed or rejected a call make themselves ready again after a while, and those
        who have finished their notes say so."""
        self._agenda.after(5, self._look_round)
        self._step_aside()
        idle = AgentState.objects.filter(
            agent_id__in=self._agents.keys() - self._real,
            shown_status_id__in=["no_answer", "busy", "wrap_up"],
        )
        for state in idle.select_related("agent"):
            for_notes = state.shown_status_id == "wrap_up"
            patience = self._chance.uniform(*(NOTES if for_notes else BACK))
            if (timezone.now() - state.shown_since).total_seconds() < patience:
                continue
            if for_notes:
                self._finish(state)
            else:
                self._choose(state.agent, "available")

    def _finish(self, state: AgentState) -> None:
        for leg in load(state).legs:
            if leg.state is LegState.WRAP_UP:
                done = LegAction.WRAP_UP_DONE
                event = LegEvent(at=timezone.now(), action=done, leg=leg.id, cause=Cause.AGENT)
                actions.apply(state.agent_id, event)

    def _step_aside(self) -> None:
        """Leave those agents alone, and their calls to be answered on their page, whose page is
        really open somewhere."""
        elsewhere = Connection.objects.exclude(server_id=self._lease.server_id)
        open_pages = elsewhere.filter(server__expires_at__gt=timezone.now())
        real = self._agents.keys() & set(open_pages.values_list("agent_id", flat=True))
        for agent_id in real ^ self._real:
            address = floor.address(self._agents[agent_id], pretend=agent_id not in real)
            phones = self._agents[agent_id].devices.filter(kind=DeviceKind.WEBPHONE.value)
            phones.update(address=address)
            presence.refresh([agent_id])
        self._real = real

    def _lose_someone(self) -> None:
        """A connection breaks: often for a moment that grace covers, sometimes for longer."""
        self._agenda.after(self._chance.uniform(30, 90), self._lose_someone)
        agent = self._chance.choice(list(self._agents.values()))
        if agent.pk in self._off_shift:
            return
        self._off_shift.add(agent.pk)
        self._lease.closed(agent.pk, timezone.now())
        gone = self._chance.choice([3.0, self._chance.uniform(20, 60)])
        self._agenda.after(gone, partial(self._find_again, agent))

    def _find_again(self, agent: Agent) -> None:
        self._off_shift.discard(agent.pk)
        self._lease.opened(agent.pk, timezone.now())
