"""Whom supervisors and programs see and act on, where that is not everybody."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from presence.models import Team
from routing.models.queues import Queue
from routing.sight import Sight


class Limit(models.Model):
    """Teams and queues that some people, or programs, see only. Who is bound by no limit sees the
    whole floor, as far as their rights go. `routing.sight` has the rule."""

    name = models.CharField(_("name"), max_length=60)
    teams = models.ManyToManyField(
        Team,
        verbose_name=_("teams"),
        blank=True,
        related_name="limits",
        help_text=_("Their agents are seen, and the queues that these serve."),
    )
    queues = models.ManyToManyField(
        Queue,
        verbose_name=_("queues"),
        blank=True,
        related_name="limits",
        help_text=_("They are seen, and the agents who serve them."),
    )
    users = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("people"),
        blank=True,
        related_name="limits",
        help_text=_("Whom it binds. Who is in several limits sees what any of them names."),
    )

    class Meta:
        verbose_name = _("limit")
        verbose_name_plural = _("limits")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="limit_name_once",
                violation_error_message=_("There is a limit of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def sight(self) -> Sight:
        return Sight(
            limited=True,
            teams=frozenset(team.pk for team in self.teams.all()),
            queues=frozenset(queue.pk for queue in self.queues.all()),
        )
