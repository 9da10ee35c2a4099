"""By which ways people come, and what they do: the codes of entries, and their words."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Way(models.TextChoices):
    """By what somebody came; or nobody, and it was Rollcall itself."""

    SCREEN = "screen", _("Screen")
    ADMIN = "admin", _("Admin")
    API = "api", _("API")
    COMMAND = "command", _("Command")
    ITSELF = "itself", "Rollcall"


class Action(models.TextChoices):
    CREATED = "created", _("Created")
    CHANGED = "changed", _("Changed")
    DELETED = "deleted", _("Deleted")
    SET_MODE = "set_mode", _("Set a mode")
    CANCEL_PENDING = "cancel_pending", _("Cancelled a pending mode")
    END_WRAP_UP = "end_wrap_up", _("Ended wrap-up")
    RESET_CALL = "reset_call", _("Reset a call")
    LOG_OUT_AGENT = "log_out_agent", _("Logged an agent out")
    LOGGED_IN = "logged_in", _("Signed in")
    LOGIN_FAILED = "login_failed", _("Failed to sign in")
    LOGGED_OUT = "logged_out", _("Signed out")
    PURGED = "purged", _("Removed old data")
