"""What holds on SQLite holds on PostgreSQL: the tests that touch the database, run again on a real
one. `python -m tests.on_postgresql [what pytest understands]`.
"""

import os
import subprocess
import sys

from tests.services import postgresql_server

ELSEWHERE = (
    "browser",
    "faults",
    "routing/test_demo.py",
    "security/test_headers.py",
    "security/test_re*",
    "security/test_sso.py",
    "services/test_*",
    "test_catalogues.py",
    "test_translated.py",
)
"""Servers with databases of their own, and what is the same on any."""
ONLY_HERE = ("routing_together.py", "races.py")
"""What only a database with several writers can show."""


def main(arguments: list[str]) -> int:
    binaries = postgresql_server.programs()
    if binaries is None:
        sys.stderr.write("There is no PostgreSQL here; the tests on it were left out.\n")
        return int(os.environ.get("CI") == "true")
    what = ["-o", " ".join(["python_files=test_*.py", *ONLY_HERE])]
    what += [f"--ignore-glob=tests/{name}" for name in ELSEWHERE]
    with postgresql_server.running(binaries) as server:
        template = postgresql_server.template(server.url)
        environment = os.environ | {"DATABASE_URL": server.url, "TEST_TEMPLATE": template}
        command = [sys.executable, "-m", "pytest", *arguments, *what]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
