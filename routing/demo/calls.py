"""A pretend telephony system: callers arrive, wait, are rung through, answered, rejected, missed,
held, transferred and hung up, and Rollcall is told of it as by any other."""

import random
import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from django.utils import timezone

from presence.events import CallKind, LegAction
from presence.models import Agent, AgentState
from presence.state import LegState
from routing.demo.agenda import Agenda
from routing.intake import Intake
from routing.models import Leg, Queue
from routing.reports import CallerReported, LegReported

ARRIVALS = 6.0  # seconds between callers on the whole floor, on average
FIRST_CALLERS = 6  # who call as soon as the lines open
RING = 15.0  # seconds until this telephony system gives up on an agent
PATIENCE = (25.0, 120.0)  # seconds that a caller waits


@dataclass
class Caller:
    """Someone who called: in a queue, or with an agent through `leg`."""

    interaction: str
    number: str
    queue: str
    gone: bool = False
    answered: bool = False
    leg: str = ""
    agent: Agent | None = None
    tried: set[int] = field(default_factory=set)


class Calls:
    """Everything that happens to callers."""

    def __init__(self, agenda: Agenda, chance: random.Random, intake: Intake) -> None:
        self._agenda = agenda
        self._chance = chance
        self._intake = intake
        self._queues = list(Queue.objects.filter(active=True).values_list("name", flat=True))
        self._waiting: defaultdict[str, list[Caller]] = defaultdict(list)

    def start(self) -> None:
        """Hang up what an earlier run left, and open the lines."""
        left = Leg.objects.filter(ended_at=None, interaction__source=self._intake.source)
        for leg in left.exclude(state=LegState.WRAP_UP.value).select_related("interaction"):
            caller = Caller(leg.interaction.external_id, leg.interaction.caller, "")
            caller.leg, caller.agent = leg.external_id, leg.agent
            self._report(caller, LegAction.HUNG_UP)
        for _ in range(FIRST_CALLERS):
            self._agenda.after(self._chance.uniform(4, 12), self._call_in)
        self._agenda.after(1, self._arrive)
        self._agenda.after(1, self._distribute)
        self._agenda.after(5, self._dial_out)

    # --- callers ---

    def _arrive(self) -> None:
        self._agenda.after(self._chance.expovariate(1 / ARRIVALS), self._arrive)
        self._call_in()

    def _call_in(self) -> None:
        number = f"+44 20 7946 0{self._chance.randrange(1000):03}"
        caller = Caller(uuid.uuid4().hex, number, self._chance.choice(self._queues))
        self._enter(caller)
        self._agenda.after(self._chance.uniform(*PATIENCE), partial(self._lose_patience, caller))

    def _enter(self, caller: Caller) -> None:
        self._waiting[caller.queue].append(caller)
        self._tell_queue(caller, joined=True)

    def _lose_patience(self, caller: Caller) -> None:
        if caller.answered or caller.gone:
            return
        caller.gone = True
        if caller in self._waiting[caller.queue]:
            self._waiting[caller.queue].remove(caller)
        if caller.leg:
            self._report(caller, LegAction.WITHDRAWN)
        self._tell_queue(caller, joined=False, abandoned=True)

    def _distribute(self) -> None:
        self._agenda.after(0.5, self._distribute)
        for queue, callers in self._waiting.items():
            for caller in list(callers):
                if agent := self._free_agent(queue, caller):
                    callers.remove(caller)
                    self._ring(caller, agent)

    def _free_agent(self, queue: str, caller: Caller) -> Agent | None:
        """Who has been ready longest, of those who did not turn this caller away."""
        ready = AgentState.objects.filter(
            may_receive=True,
            agent__active=True,
            agent__devices__address__startswith="demo/",
            agent__memberships__ring_group__queue__name=queue,
        ).exclude(agent_id__in=caller.tried)
        state = ready.select_related("agent").order_by("ready_since").first()
        return state.agent if state else None

    # --- a call through an agent ---

    def _ring(self, caller: Caller, agent: Agent) -> None:
        caller.agent, caller.leg = agent, uuid.uuid4().hex
        caller.tried.add(agent.pk)
        self._report(caller, LegAction.OFFERED)
        fate = self._chance.random()
        if fate < 0.80:
            self._then(caller, self._chance.uniform(2, 9), self._answer)
        elif fate < 0.88:
            self._then(
                caller, self._chance.uniform(2, 6), partial(self._turn_away, how=LegAction.REJECTED)
            )
        else:
            self._then(caller, RING, partial(self._turn_away, how=LegAction.RING_TIMED_OUT))

    def _then(self, caller: Caller, seconds: float, step: Callable[[Caller], None]) -> None:
        """Go on with this leg after so many seconds, if it is still the caller's."""
        leg = caller.leg

        def go_on() -> None:
            if caller.leg == leg and not caller.gone:
                step(caller)

        self._agenda.after(seconds, go_on)

    def _turn_away(self, caller: Caller, how: LegAction) -> None:
        self._report(caller, how)
        caller.leg, caller.agent = "", None
        self._waiting[caller.queue].insert(0, caller)

    def _answer(self, caller: Caller) -> None:
        caller.answered = True
        self._report(caller, LegAction.ANSWERED)
        self._tell_queue(caller, joined=False)
        self._talk(caller)

    def _talk(self, caller: Caller) -> None:
        talk = self._chance.uniform(15, 90)
        turn = self._chance.random()
        aside = {True: LegAction.HELD, False: LegAction.CONSULTED}[turn < 0.25]
        if turn < 0.33:
            self._then(caller, talk * 0.4, partial(self._report, action=aside))
            self._then(caller, talk * 0.7, partial(self._report, action=LegAction.RESUMED))
        elif turn < 0.37:
            self._then(caller, talk * 0.5, partial(self._report, action=LegAction.CONFERENCED))
        leaves = self._transfer if turn > 0.92 else self._hang_up
        self._then(caller, talk, leaves)

    def _hang_up(self, caller: Caller) -> None:
        caller.gone = True
        self._report(caller, LegAction.HUNG_UP)

    def _transfer(self, caller: Caller) -> None:
        """Put the caller through to somebody in another queue."""
        self._report(caller, LegAction.TRANSFERRED)
        caller.leg, caller.agent, caller.answered = "", None, False
        caller.queue = self._chance.choice([q for q in self._queues if q != caller.queue])
        self._enter(caller)

    # --- calls that agents place ---

    def _dial_out(self) -> None:
        self._agenda.after(self._chance.uniform(8, 20), self._dial_out)
        idle = AgentState.objects.filter(
            shown_status_id="outgoing", agent__devices__address__startswith="demo/"
        )
        state = idle.select_related("agent").order_by("?").first()
        if state is None:
            return
        number = f"+44 161 496 0{self._chance.randrange(1000):03}"
        call = Caller(uuid.uuid4().hex, number, "", agent=state.agent, leg=uuid.uuid4().hex)
        self._report(call, LegAction.DIALED, CallKind.OUTBOUND)
        answered = self._chance.random() < 0.7
        step = self._far_end_answers if answered else self._dial_fails
        self._then(call, self._chance.uniform(4, 12), step)

    def _far_end_answers(self, call: Caller) -> None:
        self._report(call, LegAction.ANSWERED, CallKind.OUTBOUND)
        self._then(call, self._chance.uniform(15, 60), self._dial_fails)

    def _dial_fails(self, call: Caller) -> None:
        call.gone = True
        self._report(call, LegAction.HUNG_UP, CallKind.OUTBOUND)

    # --- telling Rollcall ---

    def _report(self, caller: Caller, action: LegAction, kind: CallKind = CallKind.QUEUE) -> None:
        if caller.agent is None:
            return
        device = caller.agent.devices.filter(address__startswith="demo/").first()
        if device is None:
            return
        self._intake.take(
            LegReported(
                at=timezone.now(),
                id=uuid.uuid4().hex,
                address=device.address,
                leg=caller.leg,
                interaction=caller.interaction,
                action=action,
                kind=kind,
                queue=caller.queue,
                caller=caller.number,
            )
        )

    def _tell_queue(self, caller: Caller, *, joined: bool, abandoned: bool = False) -> None:
        self._intake.take(
            CallerReported(
                at=timezone.now(),
                id=uuid.uuid4().hex,
                queue=caller.queue,
                interaction=caller.interaction,
                caller=caller.number,
                joined=joined,
                abandoned=abandoned,
            )
        )
