"""Who asks: the API key in `Authorization: Bearer`, and whether its scopes allow it."""

from typing import cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from api import keys
from api.models import ApiKey
from api.problems import Problem
from audit import origin
from presence.addresses import house_of
from routing.sight import Sight


class Bearer(HttpBearer):
    """Lets a key through that has one of `scopes`."""

    def __init__(self, *scopes: str) -> None:
        super().__init__()
        self.scopes = scopes

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey:
        try:
            key = keys.try_key(token, house_of(request) or "")
        except keys.TooMany as many:
            raise Problem(429, "too_many_keys", str(many), retry_after=many.seconds) from None
        if key is None:
            raise Problem(
                401, "not_authenticated", "That key is not known, was revoked, or has expired."
            )
        if not key.scopes.intersection(self.scopes):
            needed = " or ".join(self.scopes)
            sentence = f"This needs a key with the scope {needed}. An admin can grant it."
            raise Problem(403, "scope_missing", sentence)
        origin.by_key(request, key.name, key.prefix)
        return key


def key_of(request: HttpRequest) -> ApiKey:
    """The key that a request came with."""
    return cast(ApiKey, request.auth)  # type: ignore[attr-defined]


def sight_of(request: HttpRequest) -> Sight:
    """What there is for the key that a request came with."""
    return key_of(request).sight


READ = Bearer("read")
TELEPHONY = Bearer("telephony")
SUPERVISE = Bearer("supervise")
