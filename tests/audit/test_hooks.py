"""Settings and rights: who changed them, from where, what they were and what they are."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from api import keys
from audit import origin
from audit.models import Entry
from audit.recording import HIDDEN
from audit.watched import RECORDS, is_secret, is_watched
from audit.words import Action, Way
from dashboard.models import SecondFactor
from presence.admin import ReadOnly
from presence.models import Reason, Status, Team
from presence.sealing import SealedField
from routing import memberships
from routing.models import Connector
from tests.factories import at, make_agent, make_queue, make_reason, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam() -> User:
    return make_user("sam", superuser=True)


@pytest.fixture
def as_sam(sam: User) -> Iterator[User]:
    """What is done is Sam's doing."""
    with origin.acting(lambda: origin.Doer(Way.ADMIN, "sam", sam.pk, address="10.0.0.7")):
        yield sam


@pytest.fixture
def client_of_sam(sam: User) -> Client:
    client = Client(REMOTE_ADDR="2001:db8::7")
    client.force_login(sam)
    return client


def _told() -> list[tuple[str, str, str, Any]]:
    entries = Entry.objects.order_by("pk")
    return [(e.action, e.kind, e.name, e.changes) for e in entries]


def test_a_change_in_the_admin_says_who_from_where_and_what_it_was_before(
    client_of_sam: Client, sam: User
) -> None:
    lunch = make_reason("on_break", "Lunch")
    url = reverse("admin:presence_reason_change", args=[lunch.pk])
    client_of_sam.post(url, {"label": "Dinner", "chosen_by": "agents", "order": 3, "active": "on"})
    entry = Entry.objects.get(action=Action.CHANGED)
    assert (entry.who, entry.user_id, entry.way) == ("sam", sam.pk, Way.ADMIN)
    assert entry.address == "2001:db8::7"
    assert (entry.kind, entry.object_pk) == ("presence.reason", str(lunch.pk))
    assert entry.changes == {
        "label": ["Lunch", "Dinner"],
        "chosen_by": ["everybody", "agents"],
        "order": [100, 3],
    }


def test_what_is_made_and_deleted_is_told_with_all_it_was(as_sam: User) -> None:
    blue = make_team("Blue")
    blue.supervisors.add(as_sam)
    blue.delete()
    assert _told() == [
        ("created", "presence.team", "Blue", {"name": [None, "Blue"], "active": [None, True]}),
        ("changed", "presence.team", "Blue", {"supervisors": [[], [f"sam ({as_sam.pk})"]]}),
        (
            "deleted",
            "presence.team",
            "Blue",
            {
                "name": ["Blue", None],
                "active": [True, None],
                "supervisors": [[f"sam ({as_sam.pk})"], []],
            },
        ),
    ]


def test_what_stays_as_it_is_is_no_change(as_sam: User) -> None:
    Status.objects.get(pk="busy").save()
    as_sam.save(update_fields=["last_login"])
    assert _told() == []


def test_zero_is_not_the_same_as_no_limit(as_sam: User) -> None:
    queue = make_queue("support")
    before = Entry.objects.count()
    for limit in (0, None):
        queue.max_wait = limit
        queue.save()
    changes = [e.changes["max_wait"] for e in Entry.objects.order_by("pk")[before:]]
    assert changes[-1] == [0, None]


def test_another_row_is_told_by_its_name_and_key(as_sam: User) -> None:
    blue, red = make_team("Blue"), make_team("Red")
    ada = make_agent("Ada", team=blue)
    ada.team = red
    ada.save()
    assert _told()[-1][3] == {"team": [f"Blue ({blue.pk})", f"Red ({red.pk})"]}


@pytest.mark.parametrize("side", ["forth", "back"])
def test_rights_put_into_a_group_are_told_of_the_group_from_either_side(
    as_sam: User, side: str
) -> None:
    group = Group.objects.create(name="Leads")
    right = Permission.objects.get(codename="add_session")  # which no other group has
    name = f"sessions.add_session ({right.pk})"
    forth = side == "forth"
    (group.permissions if forth else right.group_set).add(right if forth else group)  # type: ignore[arg-type]
    (group.permissions if forth else right.group_set).clear()
    assert _told()[1:] == [
        ("changed", "auth.group", "Leads", {"permissions": [[], [name]]}),
        ("changed", "auth.group", "Leads", {"permissions": [[name], []]}),
    ]


def test_groups_and_rights_given_to_a_user_are_told_of_the_user(as_sam: User) -> None:
    bob, group = make_user("bob"), Group.objects.create(name="Leads")
    right = Permission.objects.get(codename="set_mode")
    before = len(_told())
    bob.groups.set([group])
    bob.groups.set([])
    bob.user_permissions.add(right)
    bob.is_staff = True
    bob.save()
    leads = f"Leads ({group.pk})"
    assert [told[2:] for told in _told()[before:]] == [
        ("bob", {"groups": [[], [leads]]}),
        ("bob", {"groups": [[leads], []]}),
        ("bob", {"user_permissions": [[], [f"presence.set_mode ({right.pk})"]]}),
        ("bob", {"is_staff": [False, True]}),
    ]


def test_who_loses_a_group_that_is_deleted_is_told_and_what_it_gave(as_sam: User) -> None:
    bob, group = make_user("bob"), Group.objects.create(name="Leads")
    right = Permission.objects.get(codename="set_mode")
    group.permissions.add(right)
    bob.groups.add(group)
    leads = f"Leads ({group.pk})"
    before = len(_told())
    group.delete()
    gave = {"name": ["Leads", None], "permissions": [[f"presence.set_mode ({right.pk})"], []]}
    assert _told()[before:] == [
        ("deleted", "auth.group", "Leads", gave),
        ("changed", "auth.user", "bob", {"groups": [[leads], []]}),
    ]


def test_of_a_password_only_that_it_changed(as_sam: User) -> None:
    as_sam.set_password("another secret")
    as_sam.save()
    assert _told() == [("changed", "auth.user", "sam", {"password": [HIDDEN, HIDDEN]})]


def test_a_better_hash_of_the_same_password_is_no_change(as_sam: User, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["config.hashers.Argon2", *settings.PASSWORD_HASHERS]
    before = as_sam.password
    assert as_sam.check_password("secret")
    assert as_sam.password != before
    assert _told() == []


def test_no_secret_is_in_the_log(as_sam: User) -> None:
    connector = Connector.objects.create(name="pbx", user="rollcall", secret="hush-hush")
    connector.secret = "hush-hush too"
    connector.save()
    key, text = keys.make("CRM")
    recovery = ["0f" * 32]
    SecondFactor.objects.create(user=as_sam, key="JBSWY3DP", recovery=recovery, set_up_at=at())
    SecondFactor.objects.all().delete()
    kept = json.dumps([[entry.name, entry.changes] for entry in Entry.objects.all()])
    for secret in ("hush", text, key.digest, "JBSWY3DP", recovery[0]):
        assert secret not in kept
    assert {"secret": [HIDDEN, HIDDEN]} in [changes for *_, changes in _told()]
    assert _told()[-1][:3] == ("deleted", "dashboard.secondfactor", "sam")


def test_every_sealed_field_is_a_secret() -> None:
    sealed = [
        field
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedField)
    ]
    assert sealed
    assert all(is_secret(field) for field in sealed)


def test_every_model_that_admins_can_change_is_watched() -> None:
    writable = [
        model
        for model, page in admin.site._registry.items()
        if model._meta.app_label in {*RECORDS, "auth"} and not isinstance(page, ReadOnly)
    ]
    assert len(writable) > 15
    assert [model for model in writable if not is_watched(model)] == []


def test_every_record_is_a_model() -> None:
    for label, names in RECORDS.items():
        assert names <= {
            model._meta.model_name for model in apps.get_app_config(label).get_models()
        }


def test_the_name_stays_when_the_user_is_no_more(client_of_sam: Client, sam: User) -> None:
    client_of_sam.post(reverse("admin:presence_team_add"), {"name": "Blue", "active": "on"})
    sam.delete()
    assert Entry.objects.get(kind="presence.team").who == "sam"


def test_what_nobody_does_is_not_written_down() -> None:
    make_agent("Ada", team=make_team("Blue"))
    assert _told() == []


def test_a_membership_that_somebody_opts_out_of_is_told(as_sam: User) -> None:
    ada = make_agent("Ada")
    queue = make_queue("support", members=[ada])
    memberships.opt(ada, queue, out=True)
    assert _told()[-1][3] == {"opted_out": [False, True]}


def test_what_a_command_does_is_told_as_the_commands() -> None:
    with origin.command(["manage.py", "load_vocabulary", "modes"]):
        call_command("load_vocabulary", "modes", stdout=StringIO())
    entry = Entry.objects.filter(kind="presence.floor").get()
    assert (entry.way, entry.through, entry.address) == (Way.COMMAND, "load_vocabulary", None)
    assert entry.changes["vocabulary"] == ["", "modes"]
    assert Entry.objects.filter(kind="presence.status", changes__has_key="label").exists()


def test_a_server_is_nobody() -> None:
    with origin.command(["manage.py", "serve"]):
        assert origin.doer() is None


@pytest.mark.parametrize("how", ["in a transaction", "alone"])
@pytest.mark.usefixtures("committed")
def test_what_is_undone_leaves_no_entry(how: str) -> None:
    make_team("Blue")
    with origin.acting(lambda: origin.Doer(Way.ADMIN, "sam")):
        if how == "alone":
            with pytest.raises(IntegrityError):
                Team(name="blue").save()
        else:
            with transaction.atomic():
                Reason.objects.create(status_id="on_break", label="Lunch")
                transaction.set_rollback(True)
    assert _told() == []


@pytest.mark.usefixtures("committed")
def test_what_cannot_be_written_down_is_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    blue = make_team("Blue")
    blue.name = "Red"

    def fail(*_args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("audit.hooks.record", fail)
    with origin.acting(lambda: origin.Doer(Way.ADMIN, "sam")), pytest.raises(RuntimeError):
        blue.save()
    assert Team.objects.get().name == "Blue"
    assert not connection.in_atomic_block
