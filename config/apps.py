"""Parts made by others, by names that people can read."""

from axes.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Throttle(AppConfig):  # type: ignore[misc] # the library has no types
    verbose_name = _("Log-in throttling")
