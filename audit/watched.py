"""Whose changes are written down: settings and rights. What merely happens has its own history."""

import re

from django.apps import apps
from django.db import models

RECORDS = {
    "alerts": {"alert", "onset"},
    "api": {"keptanswer", "takenevent"},
    "audit": {"entry", "border"},
    "dashboard": {"layout", "savedview"},
    "notifications": {"cursor", "inbox", "notice", "sending"},
    "presence": {
        "agentstate",
        "connection",
        "interval",
        "outboxevent",
        "pendingmode",
        "preferences",
        "sequence",
        "server",
        "transition",
    },
    "routing": {
        "callcheck",
        "claim",
        "connectorlink",
        "interaction",
        "leg",
        "legspan",
        "pauserequest",
        "queueentry",
        "staffing",
        "turn",
        "unmatched",
    },
    "webhooks": {"delivery"},
}
"""Models of Rollcall's that are no settings: what happens, and how somebody likes their own pages.
A new model is watched until it is named here."""
_RIGHTS = {"auth.user", "auth.group"}
_NOTED_IN_PASSING = {"last_login", "last_used_at", "seen_at", "last_step", "failures", "failed_at"}
"""Fields that are written by using a thing, not by changing it."""
_SECRET = re.compile(r"password|secret|token|digest|recovery|^key$")


def models_watched() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if is_watched(model)]


def is_watched(model: type[models.Model]) -> bool:
    meta = model._meta
    if meta.app_label in RECORDS:
        return not meta.auto_created and meta.model_name not in RECORDS[meta.app_label]
    return meta.label_lower in _RIGHTS


def fields(model: type[models.Model]) -> list["models.Field[object, object]"]:
    """The columns whose changes are told."""
    columns = model._meta.concrete_fields
    return [f for f in columns if not f.primary_key and f.name not in _NOTED_IN_PASSING]


def is_secret(field: "models.Field[object, object]") -> bool:
    """Whether it may be told that it changed, and nothing more."""
    return bool(_SECRET.search(field.name))
