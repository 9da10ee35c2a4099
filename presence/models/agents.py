"""Who takes calls, in which team, on which devices."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from presence.models.floor import LOGIN_POLICIES
from presence.state import PresencePolicy
from presence.words import DEVICE


class Team(models.Model):
    name = models.CharField(_("name"), max_length=60)
    supervisors = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("supervisors"),
        blank=True,
        related_name="supervised_teams",
        help_text=_("Who leads it: views that are shared with the team are theirs too."),
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="team_name_once",
                violation_error_message=(
                    _("Another team has this name; people could not tell them apart.")
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Agent(models.Model):
    """A person who takes calls; one user each."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("user"), on_delete=models.PROTECT
    )
    name = models.CharField(_("name"), max_length=80, help_text=_("As supervisors see it."))
    team = models.ForeignKey(
        Team,
        verbose_name=_("team"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="agents",
    )
    presence_policy = models.CharField(
        _("what counts as present"),
        max_length=10,
        choices=[
            (PresencePolicy.BROWSER.value, _("Rollcall's page is open in a browser")),
            (PresencePolicy.TELEPHONY.value, _("The telephony has them logged in")),
            (PresencePolicy.EITHER.value, _("Either of the two")),
        ],
        default=PresencePolicy.BROWSER.value,
    )
    login_policy = models.CharField(
        _("login policy"),
        max_length=10,
        blank=True,
        choices=LOGIN_POLICIES,
        help_text=_("The mode that logging in sets. Empty: as the floor's settings say."),
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        ordering = ["name"]
        permissions = [
            ("supervise", "Can watch the floor and read reports"),
            ("set_mode", "Can set agents' modes"),
            ("cancel_pending", "Can cancel agents' pending modes"),
            ("end_wrap_up", "Can end agents' wrap-up"),
            ("reset_call", "Can have a phantom call checked and ended"),
            ("log_out_agent", "Can log agents out"),
        ]

    def __str__(self) -> str:
        return self.name


class Device(models.Model):
    """Where an agent can be called, switched on or off by the agent."""

    agent = models.ForeignKey(
        Agent, verbose_name=_("agent"), on_delete=models.CASCADE, related_name="devices"
    )
    kind = models.CharField(
        _("kind"),
        max_length=10,
        choices=[(kind.value, label) for kind, label in DEVICE.items()],
    )
    address = models.CharField(
        _("address"),
        max_length=120,
        blank=True,
        help_text=_("As the telephony names it: a queue member's interface, a number."),
    )
    enabled = models.BooleanField(_("takes calls"), default=True)

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["agent", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "kind"],
                name="device_once_per_kind",
                violation_error_message=_("This agent already has a device of that kind."),
            ),
            models.UniqueConstraint(
                fields=["address"],
                condition=~models.Q(address=""),
                name="device_address_once",
                violation_error_message=_("Another agent already has this address."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.address}".strip()
