"""The migration that makes the roles takes nothing away."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group

pytestmark = pytest.mark.django_db


def test_what_an_admin_changed_in_a_role_stays() -> None:
    supervisor = Group.objects.get(name="Supervisor")
    supervisor.permissions.clear()
    import_module("dashboard.migrations.0005_roles").make(apps, None)
    assert not supervisor.permissions.exists()
