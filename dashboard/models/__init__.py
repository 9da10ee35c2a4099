"""The dashboard's tables: how people arrange what they watch, the screens on the wall, and
what people prove themselves by."""

from dashboard.models.factors import SecondFactor
from dashboard.models.views import Layout, SavedView
from dashboard.models.wallboards import Wallboard

__all__ = ["Layout", "SavedView", "SecondFactor", "Wallboard"]
