"""Why not? One answer for screens, the API and whoever asks who may get a call."""

from presence import derive, store
from presence.derive import Refusal
from presence.events import CallKind, LegAction
from presence.models import AgentState
from presence.rules import rules_for
from routing.models import Interaction, Leg, Membership, Queue


def why_not(
    state: AgentState,
    kind: CallKind = CallKind.QUEUE,
    queue: Queue | None = None,
    interaction: Interaction | None = None,
) -> tuple[Refusal, ...]:
    """Every cause that keeps the agent of `state` from being offered a call of `kind`: one from
    `queue`, where it is named, and this very `interaction`. Empty when they may have it."""
    causes = list(derive.receive_refusals(store.load(state), rules_for(state.agent), kind))
    if queue:
        causes += _membership(state, queue)
    if interaction and _rejected(state, interaction):
        causes.append(Refusal.REJECTED)
    return tuple(causes)


def _membership(state: AgentState, queue: Queue) -> list[Refusal]:
    mine = Membership.objects.filter(agent=state.agent_id, ring_group__queue=queue)
    opted_out = list(mine.values_list("opted_out", flat=True))
    if not opted_out:
        return [Refusal.NOT_MEMBER]
    return [Refusal.OPTED_OUT] if all(opted_out) else []


def _rejected(state: AgentState, interaction: Interaction) -> bool:
    return Leg.objects.filter(
        interaction=interaction, agent=state.agent_id, outcome=LegAction.REJECTED.value
    ).exists()
