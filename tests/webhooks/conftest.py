"""What tests of webhooks share: a receiver, and the PostgreSQL of the services' tests."""

from tests.services.conftest import postgresql
from tests.webhooks.receiver import receiver

__all__ = ["postgresql", "receiver"]
