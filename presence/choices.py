"""Which modes a person may choose, and what is wrong with a choice, in words."""

from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from presence.events import Choice
from presence.models import Agent, Reason, Status
from presence.models.catalogue import ChosenBy, ReasonPolicy


class ChoiceError(ValueError):
    """A choice that is refused. `code` is for machines, the message for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Option:
    """A status that an agent may choose now, with its active reasons."""

    status: Status
    reasons: tuple[Reason, ...]

    @property
    def reason_needed(self) -> bool:
        """A status that requires a reason, as long as there is one to give."""
        return self.status.reason_policy == ReasonPolicy.REQUIRED and bool(self.reasons)


def options(agent: Agent, by: ChosenBy = ChosenBy.AGENTS) -> list[Option]:
    """The statuses that `agent` may choose, or a supervisor for them, in the catalogue's order,
    with the reasons that are theirs to give."""
    reasons = Reason.objects.filter(active=True, chosen_by__in=[ChosenBy.EVERYBODY, by])
    statuses = (
        Status.objects.filter(active=True, selectable=True)
        .prefetch_related(
            "teams",
            Prefetch("reasons", reasons, to_attr="active_reasons"),
        )
        .order_by("order", "code")
    )
    found = []
    for status in statuses:
        teams = {team.pk for team in status.teams.all()}
        if teams and agent.team_id not in teams:
            continue
        asks = status.reason_policy != ReasonPolicy.NONE
        found.append(Option(status, tuple(status.active_reasons) if asks else ()))
    return found


def choose(
    agent: Agent, status: str, reason: int | None = None, by: ChosenBy = ChosenBy.AGENTS
) -> Choice:
    """The choice of `status` (a code) for `reason` (a primary key), checked.

    Raises `ChoiceError` when `by` may not choose it for the agent.
    """
    option = next((o for o in options(agent, by) if o.status.pk == status), None)
    if option is None:
        raise ChoiceError(
            "not_selectable", _("That status cannot be chosen. Pick one from the menu.")
        )
    if reason is None and option.reason_needed:
        raise ChoiceError(
            "reason_needed", _("%(status)s needs a reason. Pick one.") % {"status": option.status}
        )
    if reason is not None and reason not in {r.pk for r in option.reasons}:
        raise ChoiceError(
            "unknown_reason",
            _("%(status)s has no such reason. Pick another.") % {"status": option.status},
        )
    return Choice(status, reason)


def match(agent: Agent, words: str) -> Choice:
    """The choice that a telephony system's free text means: a reason or a status of that label,
    ignoring case; else On Break with the text kept as a note."""
    text = words.strip()
    if text:
        withdrawing = [o for o in options(agent) if not o.status.accepts_inbound]
        for option in withdrawing:
            for reason in option.reasons:
                if reason.label.casefold() == text.casefold():
                    return Choice(option.status.pk, reason.pk)
        for option in withdrawing:
            if option.status.label.casefold() == text.casefold():
                return Choice(option.status.pk)
    return Choice("on_break", note=text[:200])
