"""What an agent's working day leaves in the database: the demo's two weeks, on PostgreSQL.

    python -m bench.sizes

Prints rows and bytes, indexes included, of each table that grows; writes bench/results/sizes.json.
"""

import os
import subprocess
import sys
from pathlib import Path

import psycopg

from bench import results
from tests.services import postgresql_server

ROOT = Path(__file__).resolve().parent.parent
MAKE = """
from django.utils import timezone
from routing.demo import floor, past
floor.build()
past.make(timezone.now())
"""
DAYS = """
SELECT count(DISTINCT (agent_id, started_at::date)) FROM presence_interval
WHERE status_id != 'offline'
"""
TABLES = (
    "presence_interval",
    "presence_transition",
    "presence_pendingmode",
    "routing_interaction",
    "routing_queueentry",
    "routing_leg",
    "routing_legspan",
    "presence_outboxevent",
)


def main() -> None:
    programs = postgresql_server.programs()
    if programs is None:
        raise SystemExit("bench.sizes needs PostgreSQL.")
    with postgresql_server.running(programs, hasty=False) as server:
        environment = os.environ | {"DATABASE_URL": server.url, "SECRET_KEY": "bench"}
        for words in (["migrate", "-v0"], ["shell", "-v0", "-c", MAKE]):
            command = [sys.executable, "manage.py", *words]
            subprocess.run(command, cwd=ROOT, env=environment, check=True)
        with psycopg.connect(server.url) as connection:
            (days,) = connection.execute(DAYS).fetchone() or (0,)
            found = {}
            for table in TABLES:
                query = f"SELECT count(*), pg_total_relation_size('{table}') FROM {table}"
                found[table] = connection.execute(query.encode()).fetchone() or (0, 0)
    print(f"{days} working days of an agent\n")
    print("| table | rows a day | bytes a row | kB a day |\n| :-- | --: | --: | --: |")
    for table, (rows, size) in found.items():
        each = size / rows if rows else 0
        print(f"| {table} | {rows / days:.1f} | {each:.0f} | {size / days / 1000:.1f} |")
    print(f"| all | | | {sum(size for _, size in found.values()) / days / 1000:.1f} |")
    results.save("sizes", {"days": days, "tables": found})


if __name__ == "__main__":
    main()
