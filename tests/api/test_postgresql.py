"""What the API shows on SQLite holds on PostgreSQL, races and all."""

import pytest

from tests.services import test_postgresql


@pytest.mark.parametrize("name", ["idempotency", "calls", "agents", "queues"])
def test_the_api_holds_on_postgresql(postgresql: str, name: str) -> None:
    test_postgresql.test_the_core_holds_on_postgresql(postgresql, f"api/test_{name}.py")
