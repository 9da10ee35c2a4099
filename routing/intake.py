"""Taking in what a telephony system reports: agents are found by their phones' addresses, calls
are recorded, and every event goes through the one door."""

from collections import Counter
from collections.abc import Callable

from presence import choices
from presence.actions import Outcome, Result, refresh
from presence.events import (
    Call,
    CallKind,
    Cause,
    Choice,
    Choose,
    Event,
    LegAction,
    LegEvent,
    PhoneSeen,
)
from presence.models import Agent, Device
from presence.writing import write
from routing import actions, calls, interactions, reconcile
from routing.calls import Origin
from routing.models import (
    EntryOutcome,
    Interaction,
    InteractionOutcome,
    Leg,
    Membership,
    Queue,
    RingGroup,
)
from routing.policies import with_policies
from routing.reports import (
    CallerLeft,
    CallerReported,
    CallGone,
    LegReported,
    MemberSeen,
    PauseReported,
    PhoneReported,
    Report,
    SnapshotDone,
)


class Intake:
    """Takes in the reports of one telephony system, named `source`.

    `outcomes` counts what became of the events; `unmatched` counts reports about addresses and
    queues that nobody here has, by their name. Nothing raises for what a system may report.

    `follows` says of a reported pause whether the agent's mode follows it; every one does, where
    nobody asks for pauses. `keeps_members`: who is in which queue is Rollcall's to say, and whoever
    leaves one there stays in it here.
    """

    def __init__(
        self,
        source: str,
        follows: Callable[[Device, PauseReported], bool] | None = None,
        *,
        keeps_members: bool = False,
    ) -> None:
        self.source = source
        self._keeps_members = keeps_members
        self._follows = follows
        self.outcomes: Counter[Result] = Counter()
        self.unmatched: Counter[str] = Counter()

    def take(self, report: Report) -> list[Outcome]:
        """Apply one report; gives what became of its event, nothing where it was about no agent."""
        with write():
            match report:
                case MemberSeen():
                    outcomes = self._member(report)
                case PhoneReported():
                    outcomes = self._phone(report)
                case PauseReported():
                    outcomes = self._pause(report)
                case LegReported():
                    outcomes = self._leg(report)
                case CallerReported():
                    outcomes = self._caller(report)
                case CallerLeft():
                    outcomes = self._caller_left(report)
                case CallGone():
                    outcomes = self._call_gone(report)
                case SnapshotDone():
                    outcomes = self._snapshot(report)
                case _:
                    outcomes = []
        self.outcomes.update(outcome.result for outcome in outcomes)
        return outcomes

    def agent(self, address: str) -> Agent | None:
        """Whose phone `address` is, if anybody's."""
        device = Device.objects.filter(address=address).select_related("agent").first()
        return device.agent if device else None

    def _known_agent(self, address: str) -> Agent | None:
        agent = self.agent(address)
        if agent is None:
            self.unmatched[address] += 1
        return agent

    def _apply(self, agent: Agent, event: Event) -> list[Outcome]:
        return [actions.apply(agent.pk, event)]

    def _member(self, report: MemberSeen) -> list[Outcome]:
        agent = self._known_agent(report.address)
        group = RingGroup.objects.filter(queue__name=report.queue).first()
        if group is None:
            self.unmatched[report.queue] += 1
        if agent is None or group is None:
            return []
        if report.present:
            _, changed = Membership.objects.get_or_create(ring_group=group, agent=agent)
        elif self._keeps_members:
            return []
        else:
            changed = bool(Membership.objects.filter(ring_group=group, agent=agent).delete()[0])
        if changed:
            refresh([agent.pk])
        return []

    def _phone(self, report: PhoneReported) -> list[Outcome]:
        if (agent := self._known_agent(report.address)) is None:
            return []
        event = PhoneSeen(
            at=report.at,
            source=self.source,
            id=report.id,
            logged_in=report.logged_in,
            reach=report.reach,
        )
        return self._apply(agent, event)

    def _pause(self, report: PauseReported) -> list[Outcome]:
        if (agent := self._known_agent(report.address)) is None:
            return []
        if self._follows and not self._follows(agent.devices.get(address=report.address), report):
            return []
        paused = report.paused
        choice = choices.match(agent, report.reason) if paused else Choice("available")
        event = Choose(
            at=report.at, source=self.source, id=report.id, choice=choice, cause=Cause.TELEPHONY
        )
        return self._apply(agent, event)

    def _leg(self, report: LegReported) -> list[Outcome]:
        if (agent := self._known_agent(report.address)) is None:
            return []
        call = None
        if report.action in BEGINNINGS:
            ended = Leg.objects.filter(agent=agent, external_id=report.leg).exclude(ended_at=None)
            if ended.exists():
                # The machine remembers the last legs only; the record remembers them all.
                self.outcomes[Result.REFUSED] += 1
                return []
            call = _call(report, self._interaction(report, report.kind))
        event = LegEvent(
            at=report.at,
            source=self.source,
            id=report.id,
            action=report.action,
            leg=report.leg,
            call=call,
        )
        outcomes = self._apply(agent, event)
        if report.estimated:
            Leg.objects.filter(agent=agent, external_id=report.leg).update(estimated=True)
        return outcomes

    def _caller(self, report: CallerReported) -> list[Outcome]:
        interaction = self._interaction(report, CallKind.QUEUE)
        if report.joined:
            queue = Queue.objects.filter(name=report.queue).first()
            if queue is None:
                self.unmatched[report.queue] += 1
            if queue and not interaction.ended_at and not interactions.open_entry(interaction.pk):
                interactions.enter(interaction, queue, report.at)
            return []
        gone = EntryOutcome.ABANDONED if report.abandoned else EntryOutcome.REMOVED
        interactions.leave(interaction.pk, gone, report.at)
        if interaction.answered_at is None:
            ended = InteractionOutcome.ABANDONED if report.abandoned else _LEFT
            interactions.end(interaction, ended, report.at)
        return []

    def _caller_left(self, report: CallerLeft) -> list[Outcome]:
        found = Interaction.objects.filter(source=self.source, external_id=report.interaction)
        for call in found.filter(ended_at=None):
            if call.legs.talking().exists():
                origin = Origin(report.at, self.source, report.id)
                calls.caller_left(call, origin, ends_call=False)
        return []

    def _call_gone(self, report: CallGone) -> list[Outcome]:
        found = Interaction.objects.filter(source=self.source, external_id=report.interaction)
        for call in found.filter(ended_at=None):
            reconcile.close(call, report.at)
        return []

    def _snapshot(self, report: SnapshotDone) -> list[Outcome]:
        if report.picture is None:
            return []
        return reconcile.agree(self.source, report.picture, report.at)

    def _interaction(self, report: LegReported | CallerReported, kind: CallKind) -> Interaction:
        named = {"source": self.source, "external_id": report.interaction}
        if known := Interaction.objects.filter(**named).first():
            return known
        interaction, _ = Interaction.objects.get_or_create(
            **named,
            defaults={
                "kind": kind.value,
                "queue": Queue.objects.filter(name=report.queue).first(),
                "caller": report.caller[:80],
                "started_at": report.at,
            },
        )
        return interaction


BEGINNINGS = frozenset(
    {LegAction.OFFERED, LegAction.DIALED, LegAction.ANSWERED, LegAction.MONITORED}
)
"""What a leg may first be heard of by. Of others the call is known, or of no more interest."""

_LEFT = InteractionOutcome.UNANSWERED  # answered by nobody whom Rollcall knows


def _call(report: LegReported, interaction: Interaction) -> Call:
    """The call as the machine needs it. Its ring group's policies count as of now; how long it
    rings is the telephony's to say."""
    call = Call(str(interaction.pk), report.kind, queue=report.queue, caller=report.caller)
    groups = RingGroup.objects.filter(queue__name=report.queue).select_related("queue")
    group = groups.first()
    return with_policies(call, group) if group else call
