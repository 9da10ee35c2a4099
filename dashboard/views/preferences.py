"""Everybody's own page of choices."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dashboard.people import agent_of
from dashboard.preferences import NoticesForm, ReadingForm
from dashboard.views import answers
from presence.models import Preferences


@require_http_methods(["GET", "POST"])
@answers.signed_in
def preferences(request: HttpRequest) -> HttpResponse:
    """Language and time zone for everybody, notifications for agents: one form."""
    user = request.user.pk or 0
    own = Preferences.objects.filter(user=user).first() or Preferences(user_id=user)
    agent = agent_of(request.user)
    data = request.POST if request.method == "POST" else None
    reading = ReadingForm(data, instance=own)
    notices = NoticesForm(agent, data) if agent else None
    if data is not None and reading.is_valid() and (notices is None or notices.is_valid()):
        kept = reading.save()
        if notices:
            notices.save()
        with translation.override(kept.language or translation.get_language_from_request(request)):
            messages.success(request, _("Saved."))
        return redirect("preferences")
    context = {"reading": reading, "notices": notices}
    return render(request, "dashboard/preferences.html", context, status=400 if data else 200)
