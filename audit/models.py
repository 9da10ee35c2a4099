"""The audit log, and up to when old rows were let go of."""

import json
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.insert_only import InsertOnly
from audit.words import Action, Way


class Readable(json.JSONEncoder):
    """JSON that can be searched by what people read in it: letters are themselves."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"ensure_ascii": False})


class Entry(InsertOnly):
    """One thing that somebody did. Only inserted: triggers of the database refuse all else, but
    that rows older than the `Border` are deleted. A migration that has SQLite make the table anew
    makes the triggers anew too.

    `user_id` and `object_pk` may be of rows that are no more: their names are kept. `through` is
    the API key's prefix or the command. `changes` has for each field what it was and what it
    became; of many-to-many fields what was taken out and what was put in.
    """

    at = models.DateTimeField(_("at"), default=timezone.now)
    user_id = models.BigIntegerField(null=True)
    who = models.CharField(_("who"), max_length=150, blank=True)
    way = models.CharField(_("way"), max_length=10, choices=Way.choices)
    through = models.CharField(_("through"), max_length=60, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True)
    action = models.CharField(_("action"), max_length=20, choices=Action.choices)
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    object_pk = models.CharField(max_length=60, blank=True)
    name = models.CharField(_("object"), max_length=200, blank=True)
    changes = models.JSONField(_("changes"), default=dict, encoder=Readable)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-pk"]
        default_permissions = ()
        permissions = [("view_audit", "Can read the audit log")]
        indexes = [
            models.Index(fields=["at"], name="audit_by_time"),
            models.Index(fields=["kind", "object_pk"], name="audit_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.who} {self.action} {self.name}"


class Kept(models.TextChoices):
    """What is kept for so many days."""

    HISTORY = "history", _("History of statuses")
    CALLS = "calls", _("Calls")
    AUDIT = "audit", _("Audit log")


class Border(models.Model):
    """Old rows of `what` were removed: of the time `before` not all is there."""

    what = models.CharField(primary_key=True, max_length=10, choices=Kept.choices)
    before = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.what} before {self.before:%Y-%m-%d}"
