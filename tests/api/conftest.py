"""Programs with keys, for tests of the API."""

import pytest

from tests.api.program import SCOPES, Program

__all__ = ["program"]


@pytest.fixture
def program(db: None) -> Program:
    """A program whose key may do everything."""
    return Program(*SCOPES)
