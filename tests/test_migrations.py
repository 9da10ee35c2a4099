"""What migrations make of data that was there before."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


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
