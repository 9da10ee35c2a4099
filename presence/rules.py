"""Reading the settings that decide: the catalogue, the floor's, the agent's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from presence.models import Agent, Floor
from presence.state import LoginPolicy, PresencePolicy, Rules, StatusRule

_READ = """
SELECT f.login_policy, f.grace_seconds, f.after_connection_lost_id, s.code, s.accepts_inbound,
    s.allows_outbound, s.max_seconds, s.after_maximum_id, s.idle_seconds, s.after_idle_id
FROM presence_floor f CROSS JOIN presence_status s WHERE f.id = 1
"""


@dataclass(frozen=True)
class _Settings:
    """The rows that were read, and what they say."""

    rows: list[tuple[Any, ...]]
    login: LoginPolicy
    grace: timedelta
    lost_then: str | None
    statuses: Mapping[str, StatusRule]


class RulesReader:
    """Reads the catalogue and the floor once, for any number of agents."""

    def __init__(self) -> None:
        self._settings = _read()

    def __call__(self, agent: Agent) -> Rules:
        settled = self._settings
        return Rules(
            statuses=settled.statuses,
            presence=PresencePolicy(agent.presence_policy),
            login=LoginPolicy(agent.login_policy) if agent.login_policy else settled.login,
            grace=settled.grace,
            lost_then=settled.lost_then,
            receives_in_grace=settings.RECEIVE_DURING_GRACE,
            choice_ends_wrap_up=settings.CHOICE_ENDS_WRAP_UP,
            choice_ends_offer=settings.CHOICE_ENDS_OFFER,
            active=agent.active,
        )


_last: _Settings | None = None


def _read() -> _Settings:
    """The settings as they are now. Understood anew only where the rows are not those of last time:
    so they are remembered, and never out of date whoever changed them."""
    global _last  # noqa: PLW0603 - one memory per process
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        rows = cursor.fetchall()
    if not rows:
        Floor.objects.get_or_create(pk=1)
        return _read()
    settled = _last
    if settled is None or settled.rows != rows:
        settled = _last = _understood(rows)
    return settled


def _understood(rows: list[tuple[Any, ...]]) -> _Settings:
    login, grace, lost_then = rows[0][:3]
    return _Settings(
        rows,
        LoginPolicy(login),
        timedelta(seconds=grace),
        lost_then,
        {
            code: StatusRule(bool(inbound), bool(outbound), *limits)
            for _, _, _, code, inbound, outbound, *limits in rows
        },
    )


def rules_for(agent: Agent) -> Rules:
    """The settings that decide for `agent`, as they are now."""
    return RulesReader()(agent)
