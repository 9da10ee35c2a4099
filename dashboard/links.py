"""What boards say of a telephony system that is not connected, and of pauses that it has not
confirmed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from django.db.models import F, Q

from presence.words import filled
from presence.words import lazily as _
from routing.connectors import links
from routing.models import Claim, PauseRequest

GRACE = timedelta(seconds=5)
"""A connection that is back within it was lost to nobody."""
SOON = timedelta(seconds=2)
"""Until then, what was asked of the telephony is on its way."""


@dataclass(frozen=True)
class Lost:
    """A connector that is not up: since when (None: it never was tried) and why, in words."""

    id: int
    name: str
    since: datetime | None
    why: str


@dataclass(frozen=True)
class Mark:
    """What to know of what an agent's row shows, in words: why it may be `stale`, and what the
    telephony has not confirmed. Empty where there is nothing to say. `alert` is the severity of the
    worst alert about the agent."""

    stale: str = ""
    unconfirmed: str = ""
    alert: str = ""


_PAUSED = _("Asterisk has not confirmed: paused, {reason}.")
_NOT_PAUSED = _("Asterisk has not confirmed: not paused.")
_WITH_ERROR = _("{asked} It says: {error}")

PLAIN = Mark()
Marks = Mapping[int, Mark]
"""By agent; who has none is plain."""
NONE: Marks = MappingProxyType({})


def lost(now: datetime) -> tuple[Lost, ...]:
    """The active connectors that are not up, and have not been for more than a moment."""
    return tuple(
        Lost(one.connector.pk, one.connector.name, one.since, one.why)
        for one in links.read(now)
        if not one.up and (one.since is None or now - one.since > GRACE)
    )


def marks(
    now: datetime, lost: Iterable[Lost] = (), agent_ids: Iterable[int] | None = None
) -> dict[int, Mark]:
    """The marks of these agents (None: of all), while the connectors in `lost` are."""
    ours = Q() if agent_ids is None else Q(device__agent__in=list(agent_ids))
    found = dict(_stale({one.id: one.name for one in lost}, ours)) if lost else {}
    for agent, unconfirmed in _unconfirmed(now, ours):
        found[agent] = replace(found.get(agent, PLAIN), unconfirmed=unconfirmed)
    return found


def _stale(names: Mapping[int, str], ours: Q) -> Iterable[tuple[int, Mark]]:
    """Whose phone is in the queues of a connector that is not up."""
    said = {
        pk: Mark(filled(_("As of when Asterisk {name} was connected last"), name=name))
        for pk, name in names.items()
    }
    claims = Claim.objects.filter(ours, connector__in=names)
    for agent, connector in claims.values_list("device__agent", "connector"):
        yield agent, said[connector]


def _unconfirmed(now: datetime, ours: Q) -> Iterable[tuple[int, str]]:
    """What was asked of phones that are in queues, and has been waited for for long."""
    long = Q(asked_at__lt=now - SOON) | Q(attempts__gt=1) | ~Q(error="")
    requests = PauseRequest.objects.filter(
        ours,
        long,
        confirmed_at=None,
        connector__active=True,
        connector__tells_pauses=True,
        device__claims__connector=F("connector"),
    )
    for agent, paused, reason, error in requests.values_list(
        "device__agent", "paused", "reason", "error"
    ):
        asked = _PAUSED if paused else _NOT_PAUSED
        said = _WITH_ERROR if error else "{asked}"
        yield agent, filled(said, asked=filled(asked, reason=reason), error=error)
