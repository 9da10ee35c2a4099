"""How the connectors' links stand, as people are told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from presence.words import lazily as _
from routing.connectors.desk import HELD_FOR
from routing.models import Connector, ConnectorLink


class State(StrEnum):
    UP = "up"
    CONNECTING = "connecting"
    DOWN = "down"
    ALONE = "alone"
    OFF = "off"


WORDS = {
    State.UP: _("Up"),
    State.CONNECTING: _("Connecting"),
    State.DOWN: _("Down"),
    State.ALONE: _("Followed by nobody"),
    State.OFF: _("Deactivated"),
}

NOBODY = _("No process runs the connectors: start “manage.py run_connectors”.")


@dataclass(frozen=True)
class Standing:
    """How a connector's link is. `since` is when it came up, or was up last (None: never tried);
    `why` it is not up, in words."""

    connector: Connector
    state: State
    since: datetime | None = None
    why: str = ""

    @property
    def words(self) -> str:
        return WORDS[self.state]

    @property
    def up(self) -> bool:
        return self.state is State.UP


def read(now: datetime) -> list[Standing]:
    """Of every active connector, by priority."""
    active = Connector.objects.filter(active=True).select_related("link")
    return [standing(connector, now) for connector in active]


def standing(connector: Connector, now: datetime) -> Standing:
    link: ConnectorLink | None = getattr(connector, "link", None)
    since = link.since if link else None
    if not connector.active:
        return Standing(connector, State.OFF, why=_("Activate it to follow this system."))
    if link is None or link.held_until is None:
        return Standing(connector, State.ALONE, since, NOBODY)
    if link.held_until < now:
        died = link.held_until - HELD_FOR if link.state == ConnectorLink.State.UP else since
        return Standing(connector, State.ALONE, died, NOBODY)
    return Standing(connector, State(link.state), since, link.error)
