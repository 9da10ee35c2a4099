"""What tests of webhooks share: a receiver."""

from tests.webhooks.receiver import receiver

__all__ = ["receiver"]
