"""What the watcher does on SQLite it does on PostgreSQL, beside others too."""

import pytest

from tests.services import test_postgresql


@pytest.mark.parametrize("name", ["watch", "watcher", "constraints"])
def test_alerts_hold_on_postgresql(postgresql: str, name: str) -> None:
    test_postgresql.test_the_core_holds_on_postgresql(postgresql, f"alerts/test_{name}.py")
