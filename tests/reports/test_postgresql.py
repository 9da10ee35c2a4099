"""What reports tell is the same on PostgreSQL."""

import pytest

from tests.services import test_postgresql


@pytest.mark.parametrize("name", ["in_status", "workforce", "calls"])
def test_reports_hold_on_postgresql(postgresql: str, name: str) -> None:
    test_postgresql.test_the_core_holds_on_postgresql(postgresql, f"reports/test_{name}.py")
