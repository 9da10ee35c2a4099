"""The alerts' tables."""

from alerts.models.alerts import Alert, Onset
from alerts.models.rules import Rule

__all__ = ["Alert", "Onset", "Rule"]
