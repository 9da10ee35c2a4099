"""Taking in what a telephony system reports: agents are found by their phones' addresses, calls
are recorded, and every event goes through the one door."""

from collections import Counter
from dataclasses import replace

from presence import choices
from presence.actions import Outcome, Result, refresh
from presence.events import (
    Call,
    CallKind,
    Cause,
    Choice,
    Choose,
    Event,
    LegEvent,
    NoAnswer,
    PhoneSeen,
)
from presence.models import Agent, Device
from presence.writing import write
from routing import actions
from routing.models import Interaction, Leg, Membership, Queue, RingGroup
from routing.reports import (
    CallerReported,
    LegReported,
    MemberSeen,
    PauseReported,
    PhoneReported,
    Report,
)


class Intake:
    """Takes in the reports of one telephony system, named `source`.

    `outcomes` counts what became of the events; `unmatched` counts reports about addresses and
    queues that nobody here has, by their name. Nothing raises for what a system may report.
    """

    def __init__(self, source: str) -> None:
        self.source = source
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
        paused = report.paused
        choice = choices.match(agent, report.reason) if paused else Choice("available")
        event = Choose(
            at=report.at, source=self.source, id=report.id, choice=choice, cause=Cause.TELEPHONY
        )
        return self._apply(agent, event)

    def _leg(self, report: LegReported) -> list[Outcome]:
        if (agent := self._known_agent(report.address)) is None:
            return []
        if Leg.objects.filter(agent=agent, external_id=report.leg, ended_at__isnull=False).exists():
            # The machine remembers the last legs only; the record remembers them all.
            self.outcomes[Result.REFUSED] += 1
            return []
        interaction = self._interaction(report, report.kind)
        event = LegEvent(
            at=report.at,
            source=self.source,
            id=report.id,
            action=report.action,
            leg=report.leg,
            call=_call(report, interaction),
        )
        return self._apply(agent, event)

    def _caller(self, report: CallerReported) -> list[Outcome]:
        interaction = self._interaction(report, CallKind.QUEUE)
        if interaction.queue is None:
            self.unmatched[report.queue] += 1
        left_unanswered = not report.joined and interaction.answered_at is None
        if left_unanswered and interaction.ended_at is None:
            interaction.abandoned = report.abandoned
            interaction.ended_at = max(report.at, interaction.started_at)
            interaction.save(update_fields=["abandoned", "ended_at"])
        return []

    def _interaction(self, report: LegReported | CallerReported, kind: CallKind) -> Interaction:
        interaction, _ = Interaction.objects.get_or_create(
            source=self.source,
            external_id=report.interaction,
            defaults={
                "kind": kind.value,
                "queue": Queue.objects.filter(name=report.queue).first(),
                "caller": report.caller[:80],
                "started_at": report.at,
            },
        )
        return interaction


def _call(report: LegReported, interaction: Interaction) -> Call:
    """The call as the machine needs it. Its ring group's policies count as of now; how long it
    rings is the telephony's to say."""
    call = Call(str(interaction.pk), report.kind, report.queue, report.caller)
    group = RingGroup.objects.filter(queue__name=report.queue).first()
    if group is None:
        return call
    return replace(
        call,
        no_answer=NoAnswer(group.no_answer),
        no_answer_hold=group.no_answer_seconds,
        wrap_up=group.wrap_up_seconds,
        cool_down=group.cool_down_seconds,
    )
