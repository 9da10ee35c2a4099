"""What tests of notifications show on SQLite holds on PostgreSQL."""

import pytest

from tests.services import test_postgresql

NAMES = (
    "notifications/test_making.py",
    "notifications/test_sending.py",
    "notifications/test_notifier.py",
    "dashboard/test_notices.py",
)


@pytest.mark.parametrize("name", NAMES)
def test_notifications_hold_on_postgresql(postgresql: str, name: str) -> None:
    test_postgresql.test_the_core_holds_on_postgresql(postgresql, name)
