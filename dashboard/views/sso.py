"""The way to the provider of single sign-on and back."""

from typing import Any

import httpx
import requests
import structlog
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views import View
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView, OIDCAuthenticationRequestView

from dashboard import entrance, sso

log = structlog.get_logger(__name__)

# What a provider answers can lack anything.
_WRONG = (
    httpx.HTTPError, requests.RequestException, SuspiciousOperation, sso.Unusable, LookupError,
    TypeError, ValueError,
)  # fmt: skip


class _Door:
    """Shut where no provider is named; who cannot get through is told, and can try otherwise."""

    get_settings = staticmethod(sso.setting)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.OIDC_ISSUER:
            raise Http404("No single sign-on here.")
        try:
            answer: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except _WRONG as error:
            log.warning("single_sign_on_failed", error=f"{type(error).__name__}: {error}"[:300])
            return _failed(request)
        return answer


class ToProvider(_Door, OIDCAuthenticationRequestView):  # type: ignore[misc]
    def __init__(self, **given: Any) -> None:
        View.__init__(self, **given)  # the library's asks the provider, before anybody listens

    @property
    def OIDC_OP_AUTH_ENDPOINT(self) -> str:  # noqa: N802 - the library's name
        return str(sso.setting("OIDC_OP_AUTHORIZATION_ENDPOINT"))

    @property
    def OIDC_RP_CLIENT_ID(self) -> str:  # noqa: N802 - the library's name
        return str(settings.OIDC_CLIENT_ID)


class Back(_Door, OIDCAuthenticationCallbackView):  # type: ignore[misc]
    def login_failure(self) -> HttpResponse:
        return _failed(self.request)

    def login_success(self) -> HttpResponse:
        target = self.success_url
        entrance.enter(self.request, self.user, sso.BACKEND)
        return redirect(target)


def _failed(request: HttpRequest) -> HttpResponse:
    messages.error(
        request,
        _("Signing in there did not work, or nobody here is who you are there. Ask an admin."),
    )
    return redirect("login")
