"""What agents and callers do at random while others distribute: each as a server would take it."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone

from presence import clock
from presence.actions import Result
from presence.events import Choice, Choose, LegAction
from presence.models import Agent
from routing import actions, calls, transfers
from routing.calls import CallError, Origin
from routing.models import Interaction, Leg

TALKING = ["handling", "on_hold", "consulting", "in_conference"]


class Happenings:
    """Chance decides by `pick`. What comes too late, since another process was faster, is refused
    in words; anything else that is raised is a fault."""

    def __init__(self, pick: Callable[[Sequence[Any]], Any]) -> None:
        self._pick = pick

    def live(self, count: int) -> dict[str, int]:
        done: Counter[str] = Counter()
        for _ in range(count):
            happening = self._pick(HAPPENINGS)
            try:
                done[happening.__name__] += bool(happening(self))
            except CallError:
                done["refused"] += 1
        return dict(done)

    def _origin(self) -> Origin:
        return Origin(timezone.now(), "pbx")

    def _leg(self, *states: str) -> Leg | None:
        legs = Leg.objects.filter(ended_at=None, state__in=states)
        found = list(legs.select_related("interaction", "agent")[:20])
        return self._pick(found) if found else None

    def _happen(self, action: LegAction, *states: str) -> bool:
        if (leg := self._leg(*states)) is None:
            return False
        outcome = calls.happen(leg.interaction, leg.agent, action, self._origin())
        return outcome.result is Result.APPLIED

    def answer(self) -> bool:
        return self._happen(LegAction.ANSWERED, "offered")

    def reject(self) -> bool:
        return self._happen(LegAction.REJECTED, "offered")

    def hang_up(self) -> bool:
        return self._happen(LegAction.HUNG_UP, *TALKING)

    def choose(self) -> bool:
        agent = self._pick(list(Agent.objects.order_by("pk")))
        choice = Choice(self._pick(("available", "available", "available", "on_break")))
        outcome = actions.apply(agent.pk, Choose(at=timezone.now(), choice=choice))
        return outcome.result is Result.APPLIED

    def give_up(self) -> bool:
        waiting = list(Interaction.objects.filter(ended_at=None)[:20])
        if not waiting:
            return False
        calls.caller_left(self._pick(waiting), self._origin())
        return True

    def consult(self) -> bool:
        if (leg := self._leg(*TALKING)) is None:
            return False
        target = self._pick(list(Agent.objects.order_by("pk")))
        transfers.consult(leg.interaction, leg.agent, target, self._origin())
        return True

    def hand_on(self) -> bool:
        if (leg := self._leg(*TALKING)) is None:
            return False
        target = self._pick(list(Agent.objects.order_by("pk")))
        transfers.transfer_to_agent(leg.interaction, leg.agent, target, self._origin())
        return True

    def hand_back(self) -> bool:
        leg = self._leg(*TALKING)
        if leg is None or leg.interaction.queue is None:
            return False
        transfers.transfer_to_queue(
            leg.interaction, leg.agent, leg.interaction.queue, self._origin()
        )
        return True

    def tick(self) -> bool:
        return bool(clock.tick(timezone.now(), actions.apply_all))


HAPPENINGS: tuple[Callable[[Happenings], bool], ...] = (
    *(Happenings.answer,) * 8,
    *(Happenings.hang_up,) * 6,
    *(Happenings.choose,) * 8,
    *(Happenings.give_up,) * 3,
    *(Happenings.hand_on,) * 2,
    Happenings.reject,
    Happenings.consult,
    Happenings.hand_back,
    Happenings.tick,
)
