"""The second factor: asked for at log-in, set up and turned off by whose it is."""

import segno
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from dashboard import entrance, factors
from dashboard.factors import Answer
from dashboard.views import answers
from presence import sealing


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The step between the password and being in."""
    half = entrance.held(request)
    if half is None:
        return redirect("login")
    if request.method == "GET":
        return render(request, "registration/code.html")
    answer = factors.check(half.user, request.POST.get("code", ""), timezone.now())
    if answer is not Answer.RIGHT:
        return _wrong(request, "registration/code.html", answer)
    entrance.finish(request, half)
    return redirect(half.target)


@sensitive_post_parameters("code", "proposed")
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Set it up, or see that it is. Those of whom it is required come here half-way in."""
    half = None if request.user.is_authenticated else entrance.held(request)
    user = half.user if half else request.user
    if not isinstance(user, User):
        return answers.signed_in(lambda _request: HttpResponse())(request)
    has_one = factors.has_one(user)
    if half and (has_one or not factors.must_have_one(user)):
        return redirect("login_code")
    if has_one:
        return render(request, "dashboard/second_factor.html")
    key = _proposed(request, user) or factors.new_key()
    wrong = request.method == "POST"
    if wrong:
        codes = factors.set_up(user, key, request.POST.get("code", ""), timezone.now())
        if codes is not None:
            if half:
                entrance.finish(request, half)
            return _show(request, codes, half.target if half else resolve_url("second_factor"))
    context = {
        "qr": _qr(factors.address(user, key)),
        "key": " ".join(key[at : at + 4] for at in range(0, len(key), 4)),
        "proposed": sealing.seal(f"{user.pk} {key}"),
        "half": half,
        "refusal": _("That is not the code of now. See that the phone's clock is right.") * wrong,
    }
    status = 409 if wrong else 200
    return render(request, "dashboard/second_factor_new.html", context, status=status)


@sensitive_post_parameters("code")
@require_POST
@answers.signed_in
def change(request: HttpRequest) -> HttpResponse:
    """New recovery codes, or none and no factor: for who has a code of it."""
    user = User.objects.get(pk=request.user.pk or 0)
    answer = factors.check(user, request.POST.get("code", ""), timezone.now())
    if answer is not Answer.RIGHT:
        return _wrong(request, "dashboard/second_factor.html", answer)
    if "renew" in request.POST:
        codes = factors.new_recovery_codes(user)
        return _show(request, codes, resolve_url("second_factor"))
    if not factors.must_have_one(user):
        factors.turn_off(user)
    return redirect("second_factor")


def _proposed(request: HttpRequest, user: User) -> str:
    """The key that the form came with, if this server gave it to this user."""
    try:
        pk, _space, key = sealing.unseal(request.POST.get("proposed", "")).partition(" ")
    except sealing.CannotOpen:
        return ""
    return key if pk == str(user.pk) else ""


def _wrong(request: HttpRequest, template: str, answer: Answer) -> HttpResponse:
    if answer is Answer.WAIT:
        refusal = _("Too many wrong codes. Wait a while, then try the next one.")
    else:
        refusal = _("That code is wrong, or was used before. Try the next one.")
    return render(request, template, {"refusal": refusal}, status=409)


def _show(request: HttpRequest, codes: list[str], target: str) -> HttpResponse:
    answer = render(request, "dashboard/recovery.html", {"codes": codes, "target": target})
    answer["Cache-Control"] = "no-store"
    return answer


def _qr(text: str) -> SafeString:
    drawn = segno.make(text, error="m").svg_inline(scale=4, border=4, light="#fff", dark="#000")
    return mark_safe(drawn)  # nosec B308, B703 # noqa: S308 - drawn here, of squares alone
