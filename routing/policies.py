"""What a call carries of its ring group's policies, as they are when it is offered."""

from dataclasses import replace

from presence.events import Call, CallKind, NoAnswer
from routing.models import Interaction, RingGroup


def call_for(
    interaction: Interaction,
    group: RingGroup | None,
    *,
    kind: CallKind | None = None,
    queue: str = "",
    ring: int | None = None,
) -> Call:
    """The call as the machine needs it. `ring` None leaves the ring timeout to the telephony."""
    kind = kind or CallKind(interaction.kind)
    call = Call(
        interaction=str(interaction.pk),
        kind=kind,
        queue=queue,
        caller=interaction.caller,
        ring=ring,
    )
    return with_policies(call, group) if group else call


def with_policies(call: Call, group: RingGroup) -> Call:
    spared = group.wrap_up_campaign_only and call.kind is not CallKind.CAMPAIGN
    return replace(
        call,
        ring_group=group.pk,
        no_answer=NoAnswer(group.no_answer),
        no_answer_hold=group.no_answer_seconds,
        max_misses=group.max_misses,
        misses_then=group.misses_then_id or "",
        wrap_up=0 if spared else group.wrap_up_seconds,
        cool_down=group.cool_down_seconds,
    )
