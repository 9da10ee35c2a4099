"""What the doctor finds, and what it says to do about it."""

import json
import shutil
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from operations.doctor import database, floor, machine
from operations.doctor.findings import Check, Level, promise
from presence.models import AgentState, Server, Status
from routing.models import Connector, ConnectorLink
from tests import factories
from tests.operations.test_health import behind
from tests.webhooks.world import make_endpoint, tell
from webhooks import deliveries
from webhooks.models import Delivery

__all__ = ["behind"]

pytestmark = pytest.mark.usefixtures("committed")

HOUR = timedelta(hours=1)


def says(check: Check, level: Level, *words: str) -> bool:
    """Whether it finds one thing, of this level, that is said by these words, and what to do."""
    (found,) = check()
    return found.level is level and bool(found.do) and all(word in found.says for word in words)


def doctor(*options: str) -> tuple[str, str]:
    """What the command writes, and what it fails with."""
    said = StringIO()
    try:
        call_command("doctor", *options, stdout=said)
    except CommandError as error:
        return said.getvalue(), str(error)
    return said.getvalue(), ""


@pytest.fixture
def well(settings: Settings, tmp_path: Path) -> None:
    """An installation that nothing is wrong with."""
    for name in ("secret_key", "sealing_key"):
        (tmp_path / name).touch(0o600)
    settings.DATA_DIR = tmp_path
    if kept := machine.database_file():
        kept.chmod(0o600)
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAILERS = {"default": {"BACKEND": settings.EMAIL_BACKEND}}
    factories.make_user("root", superuser=True)
    Server.objects.create(expires_at=timezone.now() + HOUR)


def test_where_nothing_is_wrong_it_says_what_is_well(well: None) -> None:
    said, failed = doctor()
    lines = said.splitlines()
    checks = (*machine.CHECKS, *database.FIRST, *database.CHECKS, *floor.CHECKS)
    assert failed == ""
    assert lines == [f"ok      {promise(check)}" for check in checks]


def test_what_is_wrong_is_a_line_each_and_a_failure(well: None, settings: Settings) -> None:
    settings.HTTPS = False
    Status.objects.update(selectable=False)
    said, failed = doctor()
    wrong = [line for line in said.splitlines() if not line.startswith("ok ")]
    assert wrong == [
        "WARNING Browsers reach this server without HTTPS: others can read along. -> "
        "Have a proxy end TLS, and set HTTPS=true; docs/security.md says how.",
        "ERROR   There is no status to choose. -> manage.py load_vocabulary",
    ]
    assert failed == "1 thing is wrong."


def test_machines_are_told_the_same(well: None) -> None:
    said, failed = doctor("--json")
    found = json.loads(said)
    assert {one["level"] for one in found} == {"ok"}
    assert not failed


def test_tables_that_are_older_than_the_code_are_all_that_is_said(well: None, behind: None) -> None:
    said, failed = doctor()
    assert said.splitlines()[-1].startswith("ERROR   Not applied yet: routing.")
    assert failed == "1 thing is wrong."


def test_tables_of_a_newer_version_are_told() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('routing', '9999_new', %s)",
            [timezone.now()],
        )
        try:
            assert says(database.migrations_are_applied, Level.ERROR, "newer", "routing.9999_new")
        finally:
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_new'")


def test_a_key_that_others_can_read_is_told(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    (tmp_path / "sealing_key").touch(0o644)
    (tmp_path / "sealing_key").chmod(0o644)
    found = [one for one in machine.keys_are_kept() if one.level is Level.ERROR]
    assert [one.do for one in found] == [f"chmod 600 {tmp_path / 'sealing_key'}"]


def test_a_key_file_that_is_named_is_looked_at_too(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path
    (tmp_path / "mine").touch()
    (tmp_path / "mine").chmod(0o604)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "mine"))
    assert next(one.do for one in machine.keys_are_kept()) == f"chmod 600 {tmp_path / 'mine'}"


@pytest.mark.parametrize(("left", "level"), [(500, Level.WARNING), (50, Level.ERROR)])
def test_a_disk_that_is_nearly_full_is_told(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    left: int,
    level: Level,
) -> None:
    settings.DATA_DIR = tmp_path
    usage = shutil.disk_usage(tmp_path)
    nearly = usage._replace(free=left * 1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: nearly)
    found = [one for one in machine.disk_has_room() if str(tmp_path) in one.says]
    assert [(one.level, f"{left} MB" in one.says) for one in found] == [(level, True)]


def test_mail_that_goes_nowhere_is_told(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    settings.MAILERS = {"default": {"BACKEND": settings.EMAIL_BACKEND}}
    assert says(machine.mail_goes_out, Level.WARNING, "not sent")


def test_a_setting_that_cannot_work_is_told(settings: Settings) -> None:
    settings.HTTPS, settings.LEASE_SECONDS = True, 1
    found = {one.says.partition(":")[0]: one.level for one in machine.settings_are_right()}
    assert found["rollcall.E001"] is Level.ERROR
    assert found["security.W008"] is Level.WARNING


def test_secrets_that_no_key_opens_are_named(settings: Settings) -> None:
    connector = Connector.objects.create(name="pbx", user="u", secret="s")
    settings.SEALING_KEYS = [Fernet.generate_key().decode()]
    assert says(database.secrets_open, Level.ERROR, f"secret of connector {connector.pk}")


def test_a_redis_that_is_away_is_told(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert says(database.redis_answers, Level.WARNING, "seconds late")


def test_processes_that_do_not_live_are_told() -> None:
    assert says(floor.servers_live, Level.WARNING, "No server process lives.")
    Server.objects.create(expires_at=timezone.now() + HOUR)
    Server.objects.create(expires_at=timezone.now() - HOUR)
    assert says(floor.servers_live, Level.ERROR, "1 server processes died")


def test_timers_and_callers_that_nobody_looks_after_are_told() -> None:
    factories.make_agent("Ada")
    AgentState.objects.update(deadline_at=timezone.now() - 3 * HOUR)
    factories.call_in(factories.make_queue("Sales", rollcall=True))
    assert says(floor.timers_fire, Level.ERROR, "3 hours late")
    assert says(floor.callers_are_distributed, Level.ERROR, "days")


def test_a_telephony_system_that_is_not_connected_is_told_with_its_reason() -> None:
    connector = Connector.objects.create(name="pbx", user="u", secret="s")
    now = timezone.now()
    link = ConnectorLink.objects.create(
        connector=connector, since=now - 2 * HOUR, held_until=now + HOUR, error="Wrong secret."
    )
    said = "pbx is not connected for 2 hours: Wrong secret."
    assert says(floor.telephony_is_connected, Level.ERROR, said)
    link.state, link.heard_at = ConnectorLink.State.UP, now - 2 * HOUR
    link.save()
    assert says(floor.telephony_is_connected, Level.WARNING, "said nothing for 2 hours")
    link.heard_at, link.remarks = now, ["Members cannot be listed."]
    link.save()
    assert says(floor.telephony_is_connected, Level.WARNING, "pbx: Members cannot be listed.")


def test_events_that_were_given_up_are_told_by_their_webhook() -> None:
    endpoint = make_endpoint("https://crm.example/")
    tell(1)
    deliveries.take_in(timezone.now())
    Delivery.objects.update(state="failed", due_at=None)
    assert says(floor.events_are_delivered, Level.WARNING, "1 events", endpoint.name)


def test_an_installation_that_nobody_can_administer_is_told() -> None:
    assert says(floor.somebody_can_use_it, Level.ERROR, "There is no admin.")


def test_a_look_that_fails_is_an_error_and_ends_no_other(
    well: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "connection", None)
    said, failed = doctor()
    assert "ERROR   Cannot tell whether: The database answers. AttributeError: " in said
    assert failed == "1 thing is wrong."
