"""Programs with keys, for tests of the API, and the PostgreSQL of the services' tests."""

import pytest

from tests.api.program import SCOPES, Program
from tests.services.conftest import postgresql

__all__ = ["postgresql", "program"]


@pytest.fixture
def program(db: None) -> Program:
    """A program whose key may do everything."""
    return Program(*SCOPES)
