"""Who takes calls, in which team, on which devices."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from presence.events import DeviceKind
from presence.models.catalogue import LOGIN_POLICIES
from presence.state import PresencePolicy


class Team(models.Model):
    name = models.CharField(max_length=60)
    supervisors = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="supervised_teams",
        help_text="Who leads it: views that are shared with the team are theirs too.",
    )
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="team_name_once",
                violation_error_message=(
                    "Another team has this name; people could not tell them apart."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Agent(models.Model):
    """A person who takes calls; one user each."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    name = models.CharField(max_length=80, help_text="As supervisors see it.")
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="agents"
    )
    presence_policy = models.CharField(
        "what counts as present",
        max_length=10,
        choices=[
            (PresencePolicy.BROWSER.value, "Rollcall's page is open in a browser"),
            (PresencePolicy.TELEPHONY.value, "The telephony has them logged in"),
            (PresencePolicy.EITHER.value, "Either of the two"),
        ],
        default=PresencePolicy.BROWSER.value,
    )
    login_policy = models.CharField(
        max_length=10,
        blank=True,
        choices=LOGIN_POLICIES,
        help_text="The mode that logging in sets. Empty: as the floor's settings say.",
    )
    active = models.BooleanField(default=True)

    class Meta:
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

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="devices")
    kind = models.CharField(
        max_length=10,
        choices=[
            (DeviceKind.WEBPHONE.value, "Webphone"),
            (DeviceKind.MOBILE.value, "Mobile app"),
            (DeviceKind.SIP.value, "SIP phone"),
            (DeviceKind.FORWARDING.value, "Forwarding number"),
        ],
    )
    address = models.CharField(
        max_length=120,
        blank=True,
        help_text="As the telephony names it: a queue member's interface, a number.",
    )
    enabled = models.BooleanField("takes calls", default=True)

    class Meta:
        ordering = ["agent", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "kind"],
                name="device_once_per_kind",
                violation_error_message="This agent already has a device of that kind.",
            ),
            models.UniqueConstraint(
                fields=["address"],
                condition=~models.Q(address=""),
                name="device_address_once",
                violation_error_message="Another agent already has this address.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.address}".strip()
