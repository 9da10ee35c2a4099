"""What forms have in common, and the one that sets up a wallboard."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dashboard.models import Wallboard
from routing import limits
from routing.sight import Sight


class DayInput(forms.DateInput):
    """Browsers take a day as ISO writes it, whatever the language of the page."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day that there may be something of; so far from the ends of time that every zone has it."""

    widget = DayInput

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and not 2000 <= value.year <= 2100:
            raise forms.ValidationError(_("Ask for a day between 2000 and 2100."))


class WallboardForm(forms.ModelForm):  # type: ignore[type-arg] # it takes none when it runs
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone of its clock"), required=False)

    class Meta:
        model = Wallboard
        fields = ["name", "teams", "queues", "language", "time_zone"]
        widgets = {
            "teams": forms.CheckboxSelectMultiple,
            "queues": forms.CheckboxSelectMultiple,
        }

    def __init__(self, sight: Sight, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = [(name, name.replace("_", " ")) for name in sorted(available_timezones())]
        account = _("The account's (%(zone)s)") % {"zone": settings.TIME_ZONE}
        self.fields["time_zone"].choices = [("", account), *zones]  # type: ignore[attr-defined]
        for name, seen in (("teams", limits.named_teams), ("queues", limits.queues)):
            chosen = self.fields[name].queryset  # type: ignore[attr-defined]
            found = chosen.filter(seen(sight), active=True)
            self.fields[name].queryset = found  # type: ignore[attr-defined]

    def _get_validation_exclusions(self) -> set[str]:
        # A name may come again once its board is revoked: the constraint asks for that field.
        return super()._get_validation_exclusions() - {"revoked_at"}  # type: ignore[no-any-return,misc]
