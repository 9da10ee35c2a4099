"""The dashboard's tables: how people arrange what they watch, and the screens on the wall."""

from dashboard.models.views import Layout, SavedView
from dashboard.models.wallboards import Wallboard

__all__ = ["Layout", "SavedView", "Wallboard"]
