"""The database, and what else is reached over a network."""

from collections.abc import Iterator
from datetime import timedelta

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from operations.doctor.findings import Finding, error, warning
from presence import redis_url, sealing
from presence.tables import unapplied

SKEW = timedelta(seconds=2)
"""How far the clocks of two machines may be apart before timers are visibly early or late."""
_PATIENCE = 2.0


def database_answers() -> Iterator[Finding]:
    """The database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as away:
        says = f"The database does not answer: {' '.join(str(away).split())}"
        yield error(says, "Start it, or mend DATABASE_URL.")


def migrations_are_applied() -> Iterator[Finding]:
    """The tables are as the code needs them."""
    if left := unapplied():
        names = ", ".join(left[:5])
        more = f" and {len(left) - 5} more" if len(left) > 5 else ""
        yield error(f"Not applied yet: {names}{more}.", "manage.py migrate")
    loader = MigrationLoader(connection)
    for app, name in loader.applied_migrations:
        if app in loader.migrated_apps and (app, name) not in loader.graph.nodes:
            says = f"The tables are of a newer Rollcall: it does not know {app}.{name}."
            yield error(says, "Run the version that made them.")
            return


def clocks_agree() -> Iterator[Finding]:
    """This machine's clock and the database's agree."""
    if connection.vendor != "postgresql":
        return
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    after = timezone.now()
    apart = max(before - theirs, theirs - after, timedelta())
    if apart > SKEW:
        seconds = apart.total_seconds()
        says = f"The clocks of this machine and of the database are {seconds:.1f} s apart."
        yield error(says, "Have both kept by NTP: times and timers are wrong by as much.")


def secrets_open() -> Iterator[Finding]:
    """The secrets in the database can be opened."""
    for model, name in sealing.fields():
        for pk, kept in sealing.kept(model, name):
            try:
                sealing.unseal(kept)
            except sealing.CannotOpen:
                says = f"The {name} of {model._meta.verbose_name} {pk} is sealed by another key."
                yield error(says, "Add that key to SEALING_KEYS, or enter the secret anew.")


def redis_answers() -> Iterator[Finding]:
    """Redis answers, where one is set."""
    if not settings.REDIS_URL:
        return
    patience = {"socket_timeout": _PATIENCE, "socket_connect_timeout": _PATIENCE}
    try:
        with redis_url.connected(settings.REDIS_URL, **patience) as client:
            client.ping()
    except (redis.RedisError, OSError) as away:
        says = f"Redis does not answer, so boards are seconds late: {' '.join(str(away).split())}"
        yield warning(says, "Start it, or mend REDIS_URL.")


FIRST = (database_answers, migrations_are_applied)
"""Where one of these finds an error there is nothing more to ask the database."""
CHECKS = (clocks_agree, secrets_open, redis_answers)
