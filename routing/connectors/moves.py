"""Which agents have to be looked at again, to have Asterisk agree about them."""

from collections.abc import Mapping

from presence.models import AgentState, Device
from routing.models import Connector, PauseRequest
from routing.pauses import Pause


class Moves:
    """One connector's. Reading what moved costs the same however many agents there are to ask
    about; reading what each of them should be does not."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self._versions: dict[int, int] = {}
        self._known: dict[str, Pause] = {}

    def forget(self) -> None:
        """Everybody counts as moved."""
        self._versions, self._known = {}, {}

    def moved(self, known: Mapping[str, Pause]) -> set[int]:
        """The agents who changed since this was asked last, whose phones did in what is `known`
        (address -> whether paused), or about whom something is asked and not confirmed."""
        versions = dict(AgentState.objects.values_list("agent_id", "version"))
        before = self._versions
        moved = {agent for agent, version in versions.items() if before.get(agent) != version}
        other = [address for address, pause in known.items() if self._known.get(address) != pause]
        moved |= set(Device.objects.filter(address__in=other).values_list("agent_id", flat=True))
        asked = PauseRequest.objects.filter(connector=self._connector, confirmed_at=None)
        self._versions, self._known = versions, dict(known)
        return moved | set(asked.values_list("device__agent_id", flat=True))
