"""The presence app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PresenceConfig(AppConfig):
    name = "presence"
    verbose_name = _("People and statuses")

    def ready(self) -> None:
        from presence import checks  # noqa: F401, PLC0415 - registers the system checks
