"""Coming and going: the front door, log-in, log-out, and tickets for sockets."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dashboard import entrance, factors
from dashboard.people import agent_of, may_supervise
from dashboard.tickets import for_page, issue
from presence.events import LogOut
from routing.actions import apply


class Login(auth.LoginView):
    redirect_authenticated_user = True

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        own = {"sso": settings.OIDC_ISSUER, "sso_name": settings.OIDC_NAME}
        return super().get_context_data(**given) | own

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user, target = form.get_user(), self.get_success_url()
        if factors.has_one(user):
            entrance.hold(self.request, user, target)
            return redirect("login_code")
        if factors.must_have_one(user):
            entrance.hold(self.request, user, target)
            return redirect("second_factor")
        entrance.enter(self.request, user)
        return redirect(target)


def too_many(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """In the place of the log-in, for who got this user's password wrong too often from there."""
    minutes = round(settings.AXES_COOLOFF_TIME.total_seconds() / 60)
    context = {"wait": minutes, "next": request.POST.get("next", "")}
    answer = render(request, "registration/login.html", context, status=429)
    answer["Retry-After"] = str(minutes * 60)
    return answer


class Password(auth.PasswordChangeView):
    template_name = "dashboard/password.html"
    success_url = reverse_lazy("preferences")

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if isinstance(request.user, User) and not request.user.has_usable_password():
            raise PermissionDenied("Who signs in elsewhere has no password here.")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(self.request, _("Your password is changed. You are signed out elsewhere."))
        return super().form_valid(form)


class Logout(auth.LogoutView):
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if agent := agent_of(request.user):
            apply(agent.pk, LogOut(at=timezone.now(), actor=request.user.pk))
        return super().post(request, *args, **kwargs)


def admin_login(request: HttpRequest) -> HttpResponse:
    """In the place of the admin's own log-in, by which an agent would come unnoticed."""
    if isinstance(request.user, User) and not request.user.is_staff:
        raise PermissionDenied("Only staff may open the admin.")
    return auth.redirect_to_login(request.GET.get("next") or reverse("admin:index"))


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send people to where their work is."""
    user = request.user
    if not isinstance(user, User):
        return redirect("login")
    if agent_of(user):
        return redirect("agent_page")
    if may_supervise(user):
        return redirect("monitor")
    if user.is_staff:
        return redirect("admin:index")
    return render(request, "dashboard/nobody.html")


@require_safe
def ticket(request: HttpRequest) -> HttpResponse:
    """A fresh ticket for a page whose own grew old; 401 where nobody is signed in any more."""
    if not isinstance(request.user, User):
        return JsonResponse({"error": "signed_out"}, status=401)
    agent = agent_of(request.user)
    monitor = "monitor" in request.GET
    if not (may_supervise(request.user) if monitor else agent):
        return JsonResponse({"error": "forbidden"}, status=403)
    answer = JsonResponse({"ticket": issue(for_page(request, agent, monitor=monitor))})
    answer["Cache-Control"] = "no-store"
    return answer
