"""What tests of alerts share: the services' PostgreSQL."""

from tests.services.conftest import postgresql

__all__ = ["postgresql"]
