"""Signing in by an OpenID Connect provider, where OIDC_ISSUER names one."""

from functools import cache
from typing import Any, cast

import httpx
import jwt
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from django.http import HttpRequest
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

TIMEOUT = 10
"""Seconds that a provider may take for one answer."""
ALGORITHM = "RS256"

BACKEND = "dashboard.sso.Backend"
CALLBACK = "login_sso_back"


class Unusable(Exception):
    """What the provider says of itself cannot be used."""


@cache
def provider(issuer: str) -> dict[str, str]:
    """Its addresses, as it publishes them; asked for once. Raises `Unusable` and `httpx`'s
    errors."""
    address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    found: dict[str, str] = httpx.get(address, timeout=TIMEOUT).raise_for_status().json()
    if found.get("issuer") != issuer:
        raise Unusable(f"OIDC_ISSUER is {issuer}; the provider calls itself {found.get('issuer')}.")
    return found


def setting(name: str, *default: Any) -> Any:
    """A setting by the name that the library knows."""
    addresses = {
        "OIDC_OP_AUTHORIZATION_ENDPOINT": "authorization_endpoint",
        "OIDC_OP_TOKEN_ENDPOINT": "token_endpoint",  # nosec B105
        "OIDC_OP_USER_ENDPOINT": "userinfo_endpoint",
        "OIDC_OP_JWKS_ENDPOINT": "jwks_uri",
    }
    known = {
        "OIDC_RP_CLIENT_ID": settings.OIDC_CLIENT_ID,
        "OIDC_RP_CLIENT_SECRET": settings.OIDC_CLIENT_SECRET,
        "OIDC_RP_SIGN_ALGO": ALGORITHM,
        "OIDC_RP_SCOPES": "openid email profile",
        "OIDC_USE_PKCE": True,
        "OIDC_TIMEOUT": TIMEOUT,
        "OIDC_CREATE_USER": False,
        "OIDC_AUTHENTICATION_CALLBACK_URL": CALLBACK,
    }
    if name in addresses:
        return provider(settings.OIDC_ISSUER)[addresses[name]]
    if name in known:
        return known[name]
    return getattr(settings, name, *default)


class Backend(OIDCAuthenticationBackend):  # type: ignore[misc] # the library has no types
    """Finds the user whom the provider vouches for; makes none and changes none."""

    get_settings = staticmethod(setting)

    def __init__(self) -> None:
        # Not the library's, which asks the provider: one of these is made for each request.
        self.UserModel = User
        self.OIDC_RP_CLIENT_ID = settings.OIDC_CLIENT_ID
        self.OIDC_RP_CLIENT_SECRET = settings.OIDC_CLIENT_SECRET
        self.OIDC_RP_SIGN_ALGO = ALGORITHM
        self.OIDC_RP_IDP_SIGN_KEY = None

    def authenticate(self, request: HttpRequest | None, **given: Any) -> User | None:
        if request is None or not settings.OIDC_ISSUER or "code_verifier" not in given:
            return None
        self.OIDC_OP_TOKEN_ENDPOINT = setting("OIDC_OP_TOKEN_ENDPOINT")
        self.OIDC_OP_USER_ENDPOINT = setting("OIDC_OP_USER_ENDPOINT")
        self.OIDC_OP_JWKS_ENDPOINT = setting("OIDC_OP_JWKS_ENDPOINT")
        return cast(User | None, super().authenticate(request, **given))

    def _verify_jws(self, payload: str, key: Any) -> Any:
        """The library leaves for whom and by whom it was made unchecked."""
        needed = {"require": ["iss", "aud", "exp", "iat", "sub"]}
        try:
            return jwt.decode(
                payload,
                key,
                algorithms=[ALGORITHM],
                audience=self.OIDC_RP_CLIENT_ID,
                issuer=settings.OIDC_ISSUER,
                leeway=30,
                options=cast(Any, needed),
            )
        except jwt.InvalidTokenError as error:
            raise SuspiciousOperation(f"The provider's token is not valid: {error}") from None

    def get_userinfo(self, access_token: str, id_token: str, payload: Any) -> Any:
        claims = super().get_userinfo(access_token, id_token, payload)
        if claims.get("sub") != payload["sub"]:
            raise SuspiciousOperation("The provider told of somebody else.")
        return claims

    def verify_claims(self, claims: Any) -> bool:
        """An address that the provider did not verify anybody could have claimed."""
        if settings.OIDC_USER_CLAIM == "email" and claims.get("email_verified") is not True:
            return False
        return isinstance(claims.get(settings.OIDC_USER_CLAIM), str)

    def filter_users_by_claims(self, claims: Any) -> QuerySet[User]:
        said = claims[settings.OIDC_USER_CLAIM]
        if settings.OIDC_USER_CLAIM == "email":
            return User.objects.filter(email__iexact=said).exclude(email="")
        return User.objects.filter(username=said)


def is_its_door(request: HttpRequest, _credentials: Any = None) -> bool:
    """Whether this is the way back from the provider, which throttles by itself: without a user's
    name, one throttle would be everybody's."""
    match = request.resolver_match
    return match is not None and match.url_name == CALLBACK
