"""What tests of webhooks show on SQLite holds on PostgreSQL, and its races besides."""

import pytest

from tests.services import test_postgresql

NAMES = (
    "webhooks/races.py",
    "webhooks/test_delivering.py",
    "webhooks/test_admin.py",
    "webhooks/test_courier.py",
    "presence/test_outbox.py",
    "api/test_stream.py",
)


@pytest.mark.parametrize("name", NAMES)
def test_webhooks_hold_on_postgresql(postgresql: str, name: str) -> None:
    test_postgresql.test_the_core_holds_on_postgresql(postgresql, name)
