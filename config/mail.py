"""How mail is sent, from one address such as `smtp+tls://USER:PASSWORD@HOST:587`."""

from typing import Any

import django
import environ
from django.core.exceptions import ImproperlyConfigured

TIMEOUT = 10
"""Seconds that a mail server may keep somebody waiting."""

_OPTIONS = {
    "EMAIL_HOST": "host",
    "EMAIL_PORT": "port",
    "EMAIL_HOST_USER": "username",
    "EMAIL_HOST_PASSWORD": "password",  # nosec B105
    "EMAIL_USE_TLS": "use_tls",
    "EMAIL_USE_SSL": "use_ssl",
    "EMAIL_TIMEOUT": "timeout",
}


def settings_for(url: str) -> dict[str, Any]:
    """Django's settings for `url`, by the names that its version has. Raises
    `ImproperlyConfigured`."""
    try:
        found: dict[str, Any] = environ.Env.email_url_config(url)
    except (ImproperlyConfigured, ValueError) as error:
        hint = "Give an address such as smtp+tls://USER:PASSWORD@HOST:587, or consolemail://."
        raise ImproperlyConfigured(f"EMAIL_URL cannot be used: {error}. {hint}") from None
    backend = found["EMAIL_BACKEND"]
    options = {name: value for name, value in found.items() if name in _OPTIONS and value}
    if backend.endswith("smtp.EmailBackend"):
        options["EMAIL_TIMEOUT"] = TIMEOUT
    if django.VERSION < (6, 1):
        return {"EMAIL_BACKEND": backend, **options}
    named = {_OPTIONS[name]: value for name, value in options.items()}
    return {"MAILERS": {"default": {"BACKEND": backend, "OPTIONS": named}}}
