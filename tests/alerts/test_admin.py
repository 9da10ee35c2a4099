"""Rules as an admin keeps them: nonsense is refused, changes are on record, what is used stays."""

from html import unescape
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from alerts.kinds import Kind
from alerts.models import Alert, Rule
from alerts.watch import look
from tests.alerts.world import only
from tests.factories import at, make_queue, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_user("root", superuser=True))
    return client


def rule(**changes: Any) -> dict[str, Any]:
    return {
        "name": "New", "kind": Kind.GAP.value, "active": "on",
        "warning_sound": "none", "critical_sound": "repeat",
    } | changes  # fmt: skip


def test_a_rule_is_made_and_its_making_is_on_record(admin: Client) -> None:
    admin.post(reverse("admin:alerts_rule_add"), rule(warning_seconds=30))
    made = Rule.objects.get(name="New")
    assert (made.warning_seconds, made.critical_sound) == (30, "repeat")
    assert LogEntry.objects.get().object_id == str(made.pk)


def test_what_a_kind_does_not_go_by_is_refused_in_words(admin: Client) -> None:
    answer = admin.post(reverse("admin:alerts_rule_add"), rule(warning_percent=50))
    assert "leave it empty" in unescape(answer.content.decode())
    assert not Rule.objects.filter(name="New").exists()


def test_critical_before_warning_is_refused_in_words(admin: Client) -> None:
    answer = admin.post(
        reverse("admin:alerts_rule_add"), rule(warning_seconds=60, critical_seconds=30)
    )
    assert "Critical comes after the warning." in answer.content.decode()


def test_a_rule_that_raised_something_is_deactivated_instead_of_deleted(admin: Client) -> None:
    used = only(Kind.GAP)
    make_queue()
    look(at(0))
    url = reverse("admin:alerts_rule_delete", args=[used.pk])
    answer = admin.post(url, {"post": "yes"}, follow=True)
    assert "Deactivate it instead" in answer.content.decode()
    assert Rule.objects.filter(pk=used.pk).exists()


def test_nobody_writes_alerts_by_hand(admin: Client) -> None:
    only(Kind.GAP)
    make_queue("Sales")
    look(at(0))
    assert admin.get(reverse("admin:alerts_alert_add")).status_code == 403
    page = admin.get(reverse("admin:alerts_alert_changelist"))
    assert "Sales" in page.content.decode()
    assert Alert.objects.count() == 1
