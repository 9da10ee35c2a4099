"""A decision in bare SQL: the same pick, and the same rows written, in one transaction, by the
database's own driver. It is what the database itself takes; nothing of it decides anything."""

import json
import sqlite3
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from presence.writing import FairLock

_CALL = """
SELECT e.interaction_id, g.id, g.ring_seconds, q.name
FROM routing_queueentry e
JOIN routing_interaction i ON i.id = e.interaction_id
JOIN routing_queue q ON q.id = e.queue_id
JOIN routing_ringgroup g ON g.queue_id = q.id
WHERE e.id = %s AND e.left_at IS NULL FOR UPDATE OF i SKIP LOCKED
"""
_AGENT = """
SELECT s.agent_id, s.version, s.shown_version, s.shown_since, a.name, d.kind, d.address
FROM presence_agentstate s
JOIN routing_membership m ON m.agent_id = s.agent_id
JOIN presence_agent a ON a.id = s.agent_id
JOIN presence_device d ON d.agent_id = s.agent_id AND d.enabled
WHERE m.ring_group_id = %s AND NOT m.opted_out AND s.may_receive
ORDER BY s.ready_since, s.agent_id LIMIT 1 FOR UPDATE OF s SKIP LOCKED
"""
_STATE = """
UPDATE presence_agentstate
SET at = %s, version = version + 1, shown_version = version + 1, legs = %s, deadline_at = %s,
    shown_status_id = 'ringing', shown_since = %s, shown_cause = 'call', may_receive = false,
    why_not = 'engaged', ready_since = NULL
WHERE agent_id = %s
"""
_INTERVAL = """
INSERT INTO presence_interval
    (agent_id, version, status_id, note, started_at, ended_at, cause)
VALUES (%s, %s, 'available', '', %s, %s, 'agent')
"""
_TRANSITION = """
INSERT INTO presence_transition (agent_id, version, at, event, details, source)
VALUES (%s, %s, %s, 'LegEvent', %s, 'routing')
"""
_LEG = """
INSERT INTO routing_leg
    (interaction_id, agent_id, entry_id, ring_group_id, external_id, state, since, started_at,
     outcome, estimated)
VALUES (%s, %s, %s, %s, %s, 'offered', %s, %s, '', false)
"""
_EVENT = """
INSERT INTO presence_outboxevent (uid, type, at, subject, data) VALUES (%s, %s, %s, %s, %s)
"""

_writers = FairLock()  # as Rollcall's own writers on SQLite

Bare = Callable[[int, datetime], int]
"""Offers the call that waits in an entry; gives to how many agents."""


def bare() -> Bare:
    """A connection of its own that decides."""
    if connection.vendor == "sqlite":
        return _sqlite()
    database = settings.DATABASES["default"]
    url = f"postgresql://{database['USER']}@{database['HOST']}:{database['PORT']}/postgres"
    own = psycopg.connect(url)

    def decide(entry_id: int, now: datetime) -> int:
        with own.transaction():
            return _decide(own.execute, entry_id, now)

    return decide


def _sqlite() -> Bare:
    own = sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None)
    own.executescript(settings.DATABASES["default"]["OPTIONS"]["init_command"])

    def execute(sql: str, values: tuple[Any, ...]) -> sqlite3.Cursor:
        plain = [_text(v) if isinstance(v, datetime) else v for v in values]
        return own.execute(sql.partition("FOR UPDATE")[0].replace("%s", "?"), plain)

    def decide(entry_id: int, now: datetime) -> int:
        _writers.acquire()
        try:
            own.execute("BEGIN IMMEDIATE")
            offered = _decide(execute, entry_id, now)
            own.execute("COMMIT")
        finally:
            _writers.release()
        return offered

    return decide


def _text(moment: datetime) -> str:
    """A time as Django keeps it in SQLite."""
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


def _decide(execute: Callable[[Any, tuple[Any, ...]], Any], entry_id: int, now: datetime) -> int:
    call = execute(_CALL, (entry_id,)).fetchone()
    agent = execute(_AGENT, (call[1],)).fetchone() if call else None
    if agent is None:
        return 0
    interaction, group, seconds, queue = call
    agent_id, version, shown_version, since, name, kind, address = agent
    leg, deadline = uuid.uuid4().hex, now + timedelta(seconds=seconds)
    details = {
        "interaction": str(interaction),
        "ring_group": group,
        "queue": queue,
        "ring": seconds,
    }
    legs = [{"id": leg, "call": details, "state": "offered", "since": now.isoformat()}]
    execute(_STATE, (now, json.dumps(legs), deadline, now, agent_id))
    execute(_INTERVAL, (agent_id, shown_version, since, now))
    execute(_TRANSITION, (agent_id, version + 1, now, json.dumps({"leg": leg, "call": details})))
    execute(_LEG, (interaction, agent_id, entry_id, group, leg, now, now))
    subject, who = f"agent:{agent_id}", {"id": agent_id, "name": name}
    status = {"agent": who, "status": "ringing", "since": now.isoformat(), "may_receive": False}
    devices = [{"kind": kind, "address": address}]
    offer = {"leg": leg, "agent": who, "interaction": details, "devices": devices}
    for type_, data in (("agent.status_changed", status), ("offer.created", offer)):
        execute(_EVENT, (uuid.uuid4().hex, type_, now, subject, json.dumps(data)))
    return 1
