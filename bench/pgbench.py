"""What PostgreSQL itself makes of some SQL: `pgbench`, which comes with it."""

import re
import subprocess
import tempfile

from django.conf import settings

from tests.services import postgresql_server


def rate(script: str, clients: int, seconds: int = 0, each: int = 0) -> float:
    """How often a second `clients` ran `script` on the database of the settings: for `seconds`, or
    `each` so many times."""
    programs = postgresql_server.programs()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed here.")
    database = settings.DATABASES["default"]
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        command = [str(programs / "pgbench"), "-n", "-f", file.name, "-c", str(clients)]
        command += ["-T", str(seconds)] if seconds else ["-t", str(each)]
        command += ["-j", "2", "-h", database["HOST"], "-U", database["USER"]]
        command += ["-p", str(database["PORT"]), str(database["NAME"])]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    if not found or "aborted" in done.stderr:
        raise RuntimeError(f"pgbench: {done.stdout}{done.stderr}")
    return float(found[1])


RESERVE = """
SELECT nextval('bench_wait') AS wait \\gset
BEGIN;
SELECT e.interaction_id AS call, g.id AS tier, g.ring_seconds FROM routing_queueentry e
JOIN routing_interaction i ON i.id = e.interaction_id
JOIN routing_queue q ON q.id = e.queue_id JOIN routing_ringgroup g ON g.queue_id = q.id
WHERE e.id = :wait AND e.left_at IS NULL FOR UPDATE OF i SKIP LOCKED \\gset
SELECT s.agent_id AS agent FROM presence_agentstate s
JOIN routing_membership m ON m.agent_id = s.agent_id
JOIN presence_agent a ON a.id = s.agent_id
JOIN presence_device d ON d.agent_id = s.agent_id AND d.enabled
WHERE m.ring_group_id = :tier AND NOT m.opted_out AND s.may_receive
ORDER BY s.ready_since, s.agent_id LIMIT 1 FOR UPDATE OF s SKIP LOCKED \\gset
INSERT INTO presence_interval (agent_id, version, status_id, note, started_at, ended_at, cause)
SELECT agent_id, version, 'available', '', shown_since, greatest(now(), shown_since), 'agent'
FROM presence_agentstate WHERE agent_id = :agent;
UPDATE presence_agentstate SET at = greatest(at, now()), version = version + 1,
    shown_version = version + 1, legs = '[{"id": "leg", "state": "offered"}]',
    deadline_at = now() + interval '20 s', shown_status_id = 'ringing', shown_cause = 'call',
    may_receive = false, why_not = 'engaged', ready_since = NULL WHERE agent_id = :agent;
INSERT INTO presence_transition (agent_id, version, at, event, details, source)
SELECT agent_id, version, at, 'LegEvent', legs, 'routing' FROM presence_agentstate
WHERE agent_id = :agent;
INSERT INTO routing_leg (interaction_id, agent_id, entry_id, ring_group_id, external_id, state,
    since, started_at, outcome, estimated)
VALUES (:call, :agent, :wait, :tier, gen_random_uuid()::text, 'offered', now(), now(), '', false);
INSERT INTO presence_outboxevent (uid, type, at, subject, data)
VALUES (gen_random_uuid(), 'agent.status_changed', now(), 'agent:1', '{"status": "ringing"}'),
    (gen_random_uuid(), 'offer.created', now(), 'agent:1', '{"leg": "leg"}');
COMMIT;
"""
"""A reservation: the pick and the rows of `bench.bare`."""
