"""Copies of PostgreSQL, by its own pg_dump: of one moment, while everybody works on."""

import os
import re
import shutil
import subprocess  # nosec B404 - for PostgreSQL's own programs
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile

from django.db import connection
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from operations.backups import copying
from operations.backups.copying import Refused

_MAGIC = b"PGDMP"
_INSTALLED = Path("/usr/lib/postgresql")
_OURS = """
SELECT format('DROP TABLE IF EXISTS %s CASCADE;', oid::regclass) FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
UNION ALL
SELECT format('DROP FUNCTION IF EXISTS %s CASCADE;', oid::regprocedure) FROM pg_proc
WHERE pronamespace = current_schema()::regnamespace AND prokind = 'f'
AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""


def backup(path: Path) -> None:
    """Copy the database to `path` and see that all of it can be read. Raises `Refused`."""
    with copying.new_file(path) as draft, _way_in() as (database, environment):
        dump = [database, "--format=custom", "--no-owner", "--no-privileges", "--no-comments"]
        _run("pg_dump", *dump, f"--file={draft}", environment=environment)
        _run("pg_restore", "--file=/dev/null", str(draft))


def restore(path: Path, *, replace: bool) -> None:
    """Make the database what it was, all of it or nothing. Raises `Refused`."""
    if not path.is_file() or path.open("rb").read(len(_MAGIC)) != _MAGIC:
        raise Refused(f"{path} is no backup of a PostgreSQL database.")
    _check_server(path)
    _run("pg_restore", "--file=/dev/null", str(path))
    copying.check_version(_applied(path))
    copying.check_target(replace=replace)
    with connection.cursor() as cursor:
        cursor.execute(_OURS)
        drops = "\n".join(statement for (statement,) in cursor.fetchall())
    connection.close()
    _put_back(path, drops)


def _put_back(path: Path, drops: str) -> None:
    """What is here goes and what was there comes, in one transaction."""
    drop = f"--command=SET client_min_messages = warning; {drops}"
    into = [_program("psql"), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1"]
    into += ["--output=/dev/null", "--single-transaction", drop, "--file=-"]
    out = [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(path)]
    pipe = subprocess.PIPE
    with TemporaryFile() as said, _way_in() as (database, ours):
        with subprocess.Popen([*into, database], env=ours, stdin=pipe, stderr=said) as psql:  # nosec B603 # noqa: S603
            read = subprocess.run(out, stdout=psql.stdin, stderr=said, check=False)  # nosec B603 # noqa: S603
            if read.returncode:
                psql.kill()  # at the end of what it reads it would commit
        if read.returncode or psql.returncode:
            said.seek(0)
            raise Refused(f"It was not restored, and nothing changed: {_line(said.read())}")


def _applied(path: Path) -> set[tuple[str, str]]:
    """The migrations in the copy: its rows are (id, app, name, applied)."""
    table = ["--data-only", "--table=django_migrations", "--file=-"]
    rows = _run("pg_restore", *table, str(path)).splitlines()
    return {(row[1], row[2]) for row in (line.split("\t") for line in rows) if len(row) == 4}


def _check_server(path: Path) -> None:
    listed = _run("pg_restore", "--list", str(path))
    found = re.search(r"Dumped from database version: (\d+)", listed)
    if found and int(found[1]) > _server():
        raise Refused(
            f"The backup is of PostgreSQL {found[1]} and this server is {_server()}: restore into "
            f"{found[1]} or newer."
        )


def _run(program: str, *words: str, environment: Mapping[str, str] | None = None) -> str:
    command = [_program(program), *words]
    ran = subprocess.run(command, env=environment, capture_output=True, check=False)  # nosec B603 # noqa: S603
    if ran.returncode:
        raise Refused(f"{program} failed: {_line(ran.stderr)}")
    return ran.stdout.decode()


def _program(name: str) -> str:
    """PostgreSQL's program, of a version that can read the server's. Raises `Refused`."""
    installed = sorted(_INSTALLED.glob(f"*/bin/{name}"), key=lambda path: -int(path.parts[-3]))
    for program in filter(None, [shutil.which(name), *map(str, installed)]):
        said = subprocess.run([program, "--version"], capture_output=True, check=False)  # nosec B603 # noqa: S603
        found = re.search(rb"\) (\d+)", said.stdout)
        if found and int(found[1]) >= _server():
            return program
    raise Refused(
        f"There is no {name} of version {_server()} or newer here, which the server is of: install "
        f"PostgreSQL's client programs, such as postgresql-client-{_server()}."
    )


def _server() -> int:
    connection.ensure_connection()
    return int(connection.pg_version) // 10000  # type: ignore[attr-defined] # PostgreSQL's own


@contextmanager
def _way_in() -> Iterator[tuple[str, Mapping[str, str]]]:
    """How PostgreSQL's programs reach the database: an argument, which every user of this machine
    may read, and an environment with its secrets, or with the file of those that have no variable.
    Raises `Refused`."""
    given = connection.get_connection_params()
    shown, environment, secrets = {}, dict(os.environ), []
    for option in Conninfo.get_defaults():
        name = option.keyword.decode()
        if given.get(name) is None:
            continue
        if option.dispchar != b"*":
            shown[name] = given[name]
        elif option.envvar:
            environment[option.envvar.decode()] = str(given[name])
        else:
            secrets.append(f"{name}={given[name]}")
    with NamedTemporaryFile("w", prefix="rollcall-") as services:  # for its owner only
        if secrets:
            if "service" in shown or "PGSERVICE" in environment:
                raise Refused(f"Move {secrets[0].partition('=')[0]} to the service's own file.")
            services.write("\n".join(["[rollcall]", *secrets, ""]))
            services.flush()
            shown["service"], environment["PGSERVICEFILE"] = "rollcall", services.name
        yield "--dbname=" + make_conninfo(**shown), environment


def _line(said: bytes) -> str:
    return " ".join(said.decode(errors="replace").split())
