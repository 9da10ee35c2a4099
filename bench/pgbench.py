"""What PostgreSQL itself makes of some SQL: `pgbench`, which comes with it."""

import re
import subprocess
import tempfile

from django.conf import settings

from bench import postgresql


def rate(script: str, clients: int, seconds: int) -> float:
    """How often a second `clients` ran `script` on the database of the settings."""
    programs = postgresql.installed()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed here.")
    database = settings.DATABASES["default"]
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        command = [str(programs / "pgbench"), "-n", "-f", file.name, "-c", str(clients)]
        command += ["-j", "2", "-T", str(seconds), "-h", database["HOST"], "-U", database["USER"]]
        command += ["-p", str(database["PORT"]), str(database["NAME"])]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    if not found or "aborted" in done.stderr:
        raise RuntimeError(f"pgbench: {done.stdout}{done.stderr}")
    return float(found[1])
