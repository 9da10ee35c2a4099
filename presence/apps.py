"""The presence app."""

from django.apps import AppConfig


class PresenceConfig(AppConfig):
    name = "presence"

    def ready(self) -> None:
        from presence import checks  # noqa: F401, PLC0415 - registers the system checks
