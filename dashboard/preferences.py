"""What a person chooses for themselves: how they read Rollcall, and what they are told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications import inboxes, making
from notifications.kinds import Channel, Kind, wanted
from notifications.models import CHANNELS, E164, KINDS, Inbox
from presence.models import Agent, Preferences

AS_BROWSER = ("", _("As my browser says"))


Zones = list[tuple[str, list[tuple[str, str]]]]


def zones() -> Zones:
    """Time zones by region, as a select groups them, each with its offset now."""
    return _zones(timezone.now().replace(minute=0, second=0, microsecond=0))


@lru_cache(maxsize=1)
def _zones(now: datetime) -> Zones:
    regions: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(available_timezones()):
        region, _slash, place = name.partition("/")
        if place and region not in ("Etc", "SystemV", "US", "posix", "right"):
            offset = now.astimezone(ZoneInfo(name)).isoformat()[-6:]
            label = f"{place.replace('_', ' ')} (UTC{offset})"
            regions.setdefault(region, []).append((name, label))
    return [("UTC", [("UTC", "UTC")]), *regions.items()]


class ReadingForm(forms.ModelForm):  # type: ignore[type-arg] # generic for the type checker only
    """The language and the time zone."""

    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[AS_BROWSER, *settings.LANGUAGES]
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=lambda: [AS_BROWSER, *zones()],
        widget=forms.Select(attrs={"translate": "no"}),
    )

    class Meta:
        model = Preferences
        fields = ["language", "time_zone"]


@dataclass(frozen=True)
class Cell:
    """The switch of a kind for a channel."""

    field: forms.BoundField
    channel: str | Promise


class NoticesForm(forms.Form):
    """Which notices an agent wants, and where: a switch for each kind and channel."""

    off = forms.BooleanField(label=_("Turn notifications off"), required=False)
    number = forms.CharField(
        label=_("Mobile number"),
        required=False,
        max_length=16,
        validators=[E164],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def __init__(self, agent: Agent, data: Any = None) -> None:
        self.agent = agent
        self.inbox = Inbox.objects.filter(pk=agent.pk).first() or Inbox(agent=agent)
        super().__init__(data, initial={"off": self.inbox.off, "number": self.inbox.number})
        self.gateways = making.gateways()
        ways = {Channel.IN_APP, Channel.DESKTOP} | self.gateways
        self.ways = ways | ({Channel.EMAIL} if agent.user.email else set())
        for kind in Kind:
            for channel in Channel:
                on = channel in wanted(self.inbox.chosen, kind)
                self.fields[_name(kind, channel)] = forms.BooleanField(
                    required=False, initial=on, disabled=channel not in self.ways
                )

    def rows(self) -> Iterator[tuple[str | Promise, list[Cell]]]:
        """The matrix: each kind with its cells, in the order of the channels."""
        for kind, label in KINDS:
            yield label, [Cell(self[_name(kind, to)], name) for to, name in CHANNELS]

    @property
    def heads(self) -> list[str | Promise]:
        return [label for _channel, label in CHANNELS]

    @property
    def no_gateways(self) -> bool:
        return not self.gateways

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        by_number = {Channel.MOBILE, Channel.TEXT} & self.ways
        asked = any(data.get(_name(kind, to)) for kind in Kind for to in by_number)
        if asked and not data.get("number") and "number" not in self.errors:
            self.add_error("number", _("Give the number to send to, or switch these off."))
        return data

    def save(self) -> None:
        data = self.cleaned_data
        chosen = {
            kind.value: [to.value for to in Channel if data[_name(kind, to)]] for kind in Kind
        }
        inboxes.choose(self.agent, off=data["off"], number=data["number"], chosen=chosen)


def _name(kind: str, channel: str) -> str:
    return f"{kind}-{channel}"
