"""Secrets are kept sealed, by keys that can change, and are nowhere else."""

import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.contrib.admin.models import LogEntry
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings

from audit import origin
from audit.models import Entry
from audit.recording import HIDDEN
from audit.words import Way
from notifications.models import Gateway
from presence import sealing
from routing.models import Connector
from tests.factories import make_user
from tests.nursery import ROOT
from tests.webhooks.world import make_endpoint
from webhooks.models import Endpoint
from webhooks.posting import Parcel

pytestmark = pytest.mark.django_db

SECRET = "the manager's own 5ecret"


def make_connector() -> Connector:
    return Connector.objects.create(name="pbx", host="pbx.example", user="rollcall", secret=SECRET)


def kept() -> str:
    """Everything that the tables with secrets hold, as it lies there."""
    with connection.cursor() as cursor:
        found = []
        for model in (Connector, Endpoint, Gateway):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            found += cursor.fetchall()
    return str(found)


def test_the_database_holds_no_secret_that_can_be_read() -> None:
    connector = make_connector()
    endpoint = make_endpoint("https://hooks.example/")
    gateway = Gateway.objects.create(channel="text", url="https://sms.example/")
    for secret in (SECRET, endpoint.secret, gateway.secret):
        assert secret not in kept()
    connector.refresh_from_db()
    assert connector.secret == SECRET
    assert Endpoint.objects.get().secret == endpoint.secret


def test_every_kind_of_secret_is_known() -> None:
    assert {(model.__name__, name) for model, name in sealing.fields()} >= {
        ("Connector", "secret"),
        ("Endpoint", "secret"),
        ("Endpoint", "old_secret"),
        ("Gateway", "secret"),
        ("Gateway", "old_secret"),
    }


def test_keys_are_changed_without_losing_a_secret(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.SEALING_KEYS = [old]
    make_connector()
    settings.SEALING_KEYS = [new, old]
    assert Connector.objects.get().secret == SECRET
    with origin.acting(lambda: origin.by_command("reseal_secrets")):
        call_command("reseal_secrets")
    assert capsys.readouterr().out.startswith("1 secrets are sealed")
    entry = Entry.objects.get()
    assert (entry.way, entry.through, entry.name) == (Way.COMMAND, "reseal_secrets", "pbx")
    assert entry.changes == {"secret": [HIDDEN, HIDDEN]}
    settings.SEALING_KEYS = [new]
    assert Connector.objects.get().secret == SECRET
    assert not run_checks(databases=["default"])


def test_a_key_that_is_missing_is_said_before_a_server_starts(settings: Settings) -> None:
    make_connector()
    settings.SEALING_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(sealing.CannotOpen, match="Give the key that sealed it"):
        str(Connector.objects.get().secret)
    assert [found.id for found in run_checks(databases=["default"])] == ["rollcall.E005"]
    settings.SEALING_KEYS = ["no key"]
    assert [found.id for found in run_checks()] == ["rollcall.E004"]


def test_what_is_sealed_cannot_be_forged_or_searched_by() -> None:
    make_connector()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE routing_connector SET secret = 'known'")
    with pytest.raises(sealing.CannotOpen):
        str(Connector.objects.get().secret)
    with pytest.raises(Exception, match="Unsupported lookup"):
        Connector.objects.filter(secret=SECRET).exists()


def test_no_secret_is_in_the_history_of_the_admin_or_the_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client.force_login(make_user(superuser=True))
    connector = make_connector()
    path = f"/admin/routing/connector/{connector.pk}/"
    page = client.get(f"{path}change/")
    form = {
        name: value if value is not None else ""
        for name, value in page.context["adminform"].form.initial.items()
        if value is not False
    }
    changed = client.post(f"{path}change/", form | {"secret": "an0ther"})
    assert changed.status_code == 302
    assert Connector.objects.get().secret == "an0ther"
    entries = str(list(LogEntry.objects.values()))
    assert "anager secret" in entries
    seen = entries + caplog.text + page.content.decode() + client.get(f"{path}history/").text
    assert SECRET not in seen
    assert "an0ther" not in seen


def test_a_message_does_not_show_what_it_is_signed_with() -> None:
    assert "whsec" not in repr(Parcel("https://x", "1", "{}", ("whsec_1",)))


def test_settings_are_read_from_files_too(tmp_path: Path) -> None:
    """As containers and systemd hand secrets over."""
    given: dict[str, Any] = {"SECRET_KEY": "k" * 60, "DATABASE_URL": "postgres://a:b@host/floor"}
    given["SEALING_KEYS"] = f"{Fernet.generate_key().decode()},{Fernet.generate_key().decode()}"
    environment = {"PATH": "/usr/bin:/bin"}
    for name, value in given.items():
        (tmp_path / name).write_text(f"{value}\n")
        environment[f"{name}_FILE"] = str(tmp_path / name)
    code = (
        "from config import settings as s;"
        "print(s.SECRET_KEY, s.DATABASES['default']['NAME'], ','.join(s.SEALING_KEYS))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.split() == [given["SECRET_KEY"], "floor", given["SEALING_KEYS"]]
