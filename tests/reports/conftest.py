"""What tests of reports share: the PostgreSQL of the services' tests."""

from tests.services.conftest import postgresql

__all__ = ["postgresql"]
