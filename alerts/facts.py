"""What the judge has to know, read with a few queries that find candidates only."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, Max, Q, QuerySet

from alerts.judge import Crew, Facts, Line, Link, Person, Place, Rule
from alerts.kinds import Kind
from presence.events import DeviceKind
from presence.models import AgentState, Reason, Status
from presence.models.catalogue import Workforce
from presence.state import PresencePolicy, Webphone
from routing import figures
from routing.connectors import links
from routing.figures import Today
from routing.models import Leg, Membership, Queue

Days = Callable[[list[Queue]], Mapping[int, Today]]
"""How today went in each queue."""

_SHORT = (Kind.GAP, Kind.FEW_READY)
_ON_LINES = (*_SHORT, Kind.LONG_WAIT, Kind.SERVICE_LEVEL)


def read(
    rules: Sequence[Rule],
    known: Mapping[Place, datetime],
    now: datetime,
    days: Days = figures.today,
) -> Facts:
    """The facts as of `now` that `rules` ask for; `known` are the breaches seen before."""
    kinds = {rule.kind for rule in rules}
    return Facts(
        people=_people(rules, now) if Kind.LONG_STATUS in kinds else (),
        lost=_lost(rules) if Kind.CONNECTION_LOST in kinds else (),
        alone=_alone(rules) if Kind.DEAD_CALL in kinds else (),
        lines=_lines(rules, known, days) if kinds & set(_ON_LINES) else (),
        crews=_crews(rules),
        links=_links(now) if Kind.LINK_LOST in kinds else (),
    )


# --- agents --------------------------------------------------------------------------------

_PERSON = ("pk", "shown_status_id", "shown_reason_id", "agent__team_id")
_LIMITS = ("shown_since", "shown_status__max_seconds", "shown_status__critical_seconds")


def _people(rules: Sequence[Rule], now: datetime) -> tuple[Person, ...]:
    """Who has been in a status for longer than the shortest limit on it."""
    limits = _limits([rule for rule in rules if rule.kind is Kind.LONG_STATUS])
    if not limits:
        return ()
    long = reduce(
        or_,
        (
            Q(shown_status=status, shown_since__lte=now - timedelta(seconds=seconds))
            for status, seconds in limits.items()
        ),
    )
    rows = list(_active().filter(long).values_list(*_PERSON, *_LIMITS))
    served = _served(rules, [row[0] for row in rows])
    return tuple(
        Person(pk, status, reason, since, team, served.get(pk, frozenset()), warning, critical)
        for pk, status, reason, team, since, warning, critical in rows
    )


def _limits(rules: Iterable[Rule]) -> dict[str, int]:
    """The shortest limit on each status, in seconds."""
    own = (
        dict(Reason.objects.values_list("pk", "status_id"))
        if any(rule.reason for rule in rules)
        else {}
    )
    statuses = Status.objects.exclude(max_seconds=None, critical_seconds=None)
    catalogue = {code: _least(*both) for code, *both in statuses.values_list("pk", *_COLUMNS)}
    found: dict[str, int] = {}
    for rule in rules:
        seconds = _least(rule.warning, rule.critical)
        status = rule.status or own.get(rule.reason or 0)
        for code in [status] if status else catalogue:
            limit = seconds if seconds is not None else catalogue.get(code)
            if limit is not None:
                found[code] = min(limit, found.get(code, limit))
    return found


_COLUMNS = ("max_seconds", "critical_seconds")


def _least(*seconds: int | None) -> int | None:
    return min((each for each in seconds if each is not None), default=None)


def _lost(rules: Sequence[Rule]) -> tuple[Person, ...]:
    """Who is on a call, logged in to a page that is not connected any more."""
    by_page = [PresencePolicy.BROWSER.value, PresencePolicy.EITHER.value]
    states = _active().filter(
        shown_status="on_call",
        webphone=Webphone.OFF.value,
        logged_in=True,
        agent__presence_policy__in=by_page,
    )
    rows = [
        row
        for *row, devices in states.values_list(*_PERSON, "at", "devices")
        if DeviceKind.WEBPHONE.value in devices
    ]
    served = _served(rules, [row[0] for row in rows])
    return tuple(
        Person(pk, status, reason, since, team, served.get(pk, frozenset()))
        for pk, status, reason, team, since in rows
    )


def _alone(rules: Sequence[Rule]) -> tuple[Person, ...]:
    """Whose phone is up in a call that everybody else has left."""
    legs = Leg.objects.dead().filter(agent__active=True).order_by("alone_since")
    rows = list(legs.values_list("agent_id", "alone_since", "agent__team_id"))
    served = _served(rules, [row[0] for row in rows])
    return tuple(
        Person(pk, "on_call", None, since, team, served.get(pk, frozenset()))
        for pk, since, team in rows
        if since
    )


def _active() -> QuerySet[AgentState]:
    return AgentState.objects.filter(agent__active=True)


def _served(rules: Sequence[Rule], agents: list[int]) -> dict[int, frozenset[int]]:
    """The queues that these agents serve, where a rule asks for that."""
    if not agents or not any(rule.queue for rule in rules):
        return {}
    pairs = Membership.objects.filter(agent__in=agents, ring_group__queue__active=True)
    found: dict[int, frozenset[int]] = {}
    for agent, queue in pairs.values_list("agent_id", "ring_group__queue_id"):
        found[agent] = found.get(agent, frozenset()) | {queue}
    return found


# --- queues and teams ----------------------------------------------------------------------


def _lines(rules: Sequence[Rule], known: Mapping[Place, datetime], days: Days) -> tuple[Line, ...]:
    queues = list(Queue.objects.filter(active=True))
    waits = figures.waits(queues)
    shortage = [rule for rule in rules if rule.kind in _SHORT and rule.team is None]
    always = any(not rule.only_when_waiting for rule in shortage)
    counted = [queue.pk for queue in queues if always or queue.pk in waits] if shortage else []
    ready = _ready_by_queue(counted)
    new = {
        queue
        for queue in counted
        for rule in shortage
        if rule.queue in {None, queue}
        and ready.get(queue, 0) < rule.at_least
        and (rule.id, f"queue:{queue}") not in known
    }
    changed = _changed("ring_group__queue_id", Q(ring_group__queue__in=new)) if new else {}
    watched = any(rule.kind is Kind.SERVICE_LEVEL for rule in rules)
    today = days(queues) if watched else {}
    return tuple(
        Line(
            id=queue.pk,
            ready=ready.get(queue.pk, 0),
            waiting=waits.get(queue.pk, (0, None))[0],
            longest_since=waits.get(queue.pk, (0, None))[1],
            changed=changed.get(queue.pk),
            seconds=queue.service_level_seconds,
            target=queue.service_level_percent,
            level=(day := today.get(queue.pk, Today())).service_level,
            callers=day.answered + day.abandoned + day.overflowed,
        )
        for queue in queues
    )


def _ready() -> Q:
    """As `routing.staffing.counts_as` has it."""
    shown = dict(Status.objects.values_list("pk", "workforce"))
    ready = [code for code, kind in shown.items() if kind == Workforce.READY]
    absent = [code for code, kind in shown.items() if kind == Workforce.ABSENT]
    return Q(shown_status__in=ready) | Q(may_receive=True, shown_status__in=absent)


def _ready_by_queue(queues: list[int]) -> dict[int, int]:
    if not queues:
        return {}
    states = _active().filter(
        _ready(),
        agent__memberships__opted_out=False,
        agent__memberships__ring_group__queue__in=queues,
    )
    queue = "agent__memberships__ring_group__queue_id"
    return dict(states.values_list(queue).annotate(Count("pk", distinct=True)).order_by())


def _changed(by: str, which: Q) -> dict[int, datetime]:
    """When something changed last among the members of each."""
    members = Membership.objects.filter(which, agent__active=True, agent__state__isnull=False)
    return dict(members.values_list(by).annotate(Max("agent__state__at")).order_by())


def _crews(rules: Sequence[Rule]) -> tuple[Crew, ...]:
    teams = {rule.team for rule in rules if rule.kind is Kind.FEW_READY and rule.team}
    if not teams:
        return ()
    states = _active().filter(agent__team__in=teams)
    by_team = states.order_by().values_list("agent__team_id")
    ready = dict(by_team.filter(_ready()).annotate(Count("pk")))
    changed = dict(by_team.annotate(Max("at")))
    return tuple(Crew(team, ready.get(team, 0), changed.get(team)) for team in sorted(teams))


def _links(now: datetime) -> tuple[Link, ...]:
    return tuple(Link(one.connector.pk, one.since) for one in links.read(now) if not one.up)
