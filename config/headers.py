"""What browsers are told that a page may do, and who may keep a copy of it."""

from collections.abc import Callable

from csp.constants import SELF
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponse, HttpResponseBase

Answer = Callable[[HttpRequest], HttpResponse]

_MADE_BY_OTHERS = ("/admin/", "/api/")
"""Pages whose scripts bear no nonce, for Django and ninja write their tags."""

_PERMISSIONS = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), payment=(), usb=(), microphone=(self)"
)


class ContentPolicy(CSPMiddleware):
    """Our own pages run what bears the nonce of this answer. Elsewhere a script must be a file of
    this server; nowhere may one stand in the page."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(_MADE_BY_OTHERS):
            parts.replace = {"script-src": [SELF]}
        return parts


def careful(answer: Answer) -> Answer:
    """Devices that no page needs stay shut, and what somebody saw while signed in is in no cache:
    the next at this machine finds nothing by going back."""

    def told(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return told


def nonce(request: HttpRequest) -> dict[str, object]:
    """What the scripts of a page bear, by the name that django-htmx knows."""
    return {"csp_nonce": getattr(request, "csp_nonce", "")}
