"""Reading the settings that decide: the catalogue, the floor's, the agent's."""

from datetime import timedelta

from django.conf import settings

from presence.models import Agent, Floor, Status
from presence.state import LoginPolicy, PresencePolicy, Rules, StatusRule

_STATUS = (
    "code",
    "accepts_inbound",
    "allows_outbound",
    "max_seconds",
    "after_maximum_id",
    "idle_seconds",
    "after_idle_id",
)


class RulesReader:
    """Reads the catalogue and the floor once, for any number of agents."""

    def __init__(self) -> None:
        self._floor = Floor.objects.get_or_create(pk=1)[0]
        statuses = Status.objects.order_by().values_list(*_STATUS)
        self._statuses = {code: StatusRule(*rule) for code, *rule in statuses}

    def __call__(self, agent: Agent) -> Rules:
        return Rules(
            statuses=self._statuses,
            presence=PresencePolicy(agent.presence_policy),
            login=LoginPolicy(agent.login_policy or self._floor.login_policy),
            grace=timedelta(seconds=self._floor.grace_seconds),
            lost_then=self._floor.after_connection_lost_id,
            receives_in_grace=settings.RECEIVE_DURING_GRACE,
            choice_ends_wrap_up=settings.CHOICE_ENDS_WRAP_UP,
            choice_ends_offer=settings.CHOICE_ENDS_OFFER,
            active=agent.active,
        )


def rules_for(agent: Agent) -> Rules:
    """The settings that decide for `agent`, as they are now."""
    return RulesReader()(agent)
