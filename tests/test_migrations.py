"""What migrations make of data that was there before."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from presence import sealing
from routing.models import Connector, LegSpan
from tests.factories import at
from webhooks.models import Endpoint


def _at(*targets: tuple[str, str]) -> Any:
    """The tables as they are after these migrations."""
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets))
    return MigrationExecutor(connection).loader.project_state(list(targets)).apps


@pytest.mark.usefixtures("committed")
def test_names_that_differ_in_case_only_are_numbered_and_nothing_is_lost() -> None:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    before = _at(("routing", "0005_connectors"), ("presence", "0004_sequence"))
    try:
        for model in (before.get_model("routing", "Queue"), before.get_model("presence", "Team")):
            for name in ("sales", "Sales", "SALES (2)", "Other"):
                model.objects.create(name=name)
    finally:
        after = _at(*latest)
    for model in (after.get_model("routing", "Queue"), after.get_model("presence", "Team")):
        names = model.objects.order_by("pk").values_list("name", flat=True)
        assert list(names) == ["sales", "Sales (2)", "SALES (2) (2)", "Other"]


@pytest.mark.usefixtures("committed")
def test_secrets_that_were_kept_in_plain_words_are_sealed_and_stay_what_they_are() -> None:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    before = _at(("routing", "0014_wrap_up_word"), ("webhooks", "0002_words"))
    try:
        connector = before.get_model("routing", "Connector")
        connector.objects.create(name="pbx", user="rollcall", secret="plain")
        endpoint = before.get_model("webhooks", "Endpoint")
        endpoint.objects.create(name="crm", url="https://crm.example/", secret="whsec_plain")
    finally:
        _at(*latest)
    assert Connector.objects.get().secret == "plain"
    kept = Endpoint.objects.get()
    assert (kept.secret, kept.old_secret) == ("whsec_plain", "")
    for model in (Connector, Endpoint):
        (_, sealed), *_rest = sealing.kept(model, "secret")
        assert sealed.startswith("gAAAA")


@pytest.mark.usefixtures("committed")
def test_the_spans_of_a_leg_get_the_agent_that_the_leg_has() -> None:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    before = _at(("routing", "0015_sealed_secrets"))
    try:
        for name in ("ada", "bob"):
            _span(before, name)
    finally:
        _at(*latest)
    whose = LegSpan.objects.values_list("state", "agent__name")
    assert sorted(whose) == [("ada", "ada"), ("bob", "bob")]


def _span(before: Any, name: str) -> None:
    user = before.get_model("auth", "User").objects.create(username=name)
    agent = before.get_model("presence", "Agent").objects.create(user=user, name=name)
    call = before.get_model("routing", "Interaction").objects.create(
        source="pbx", external_id=name, kind="queue", started_at=at()
    )
    leg = before.get_model("routing", "Leg").objects.create(
        interaction=call, agent=agent, external_id=name, state="handling", started_at=at()
    )
    before.get_model("routing", "LegSpan").objects.create(
        leg=leg, state=name, started_at=at(), ended_at=at(1)
    )
