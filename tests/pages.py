"""Every page of Rollcall by its route, and how a test opens it. A route that is in none of these
lists fails the tests that walk them: say here what it is."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver

from dashboard.models import SavedView, Wallboard
from presence.models import Agent


@dataclass(frozen=True)
class Page:
    """`path` with the numbers of an {agent}, a {view} of hers and a {board} on the wall, and the
    {token} of that, as `who` sees it: ada, who is an agent and may do everything, bob, who is an
    agent, or nobody, who is signed out."""

    path: str
    who: str = "ada"


PAGES = {
    "login": Page("/login/", who="nobody"),
    "agent_page": Page("/me/"),
    "monitor": Page("/monitor/"),
    "set_mode": Page("/agents/{agent}/mode/"),
    "alerts": Page("/alerts/"),
    "audit": Page("/audit/"),
    "password": Page("/me/password/"),
    "second_factor": Page("/me/second-factor/"),
    "preferences": Page("/me/preferences/"),
    "reports": Page("/reports/"),
    "report": Page("/reports/workforce/"),
    "agent_day": Page("/agents/{agent}/"),
    "views": Page("/monitor/views/"),
    "delete_view": Page("/monitor/views/{view}/delete/"),
    "wallboards": Page("/wallboards/"),
    "wallboard_change": Page("/wallboards/{board}/"),
    "wallboard_new_link": Page("/wallboards/{board}/link/"),
    "wallboard_revoke": Page("/wallboards/{board}/revoke/"),
    "wallboard_preview": Page("/wallboards/{board}/preview/"),
    "wallboard": Page("/wall/{token}/", who="nobody"),
}

NO_PAGES = {
    "home": "leads to a page",
    "login_sso": "leads to a provider",
    "login_sso_back": "leads from a provider",
    "login_code": "follows the password",
    "second_factor_change": "is posted to",
    "logout": "is posted to",
    "ticket": "is for scripts",
    "mode": "is posted to",
    "cancel_pending": "is posted to",
    "answer": "is posted to",
    "reject": "is posted to",
    "wrap_up_done": "is posted to",
    "device": "is posted to",
    "opt": "is posted to",
    "microphone": "is posted to",
    "login_policy": "is posted to",
    "notices_read": "is posted to",
    "notifications_off": "is posted to",
    "act": "is posted to",
    "acknowledge_alert": "is posted to",
    "active": "is posted to",
    "idle": "is posted to",
    "selection": "is posted to",
    "layout": "is posted to",
    "opens_with": "is posted to",
    "change_view": "is posted to",
    "wallboard_ticket": "is for scripts",
    "wallboard_preview_ticket": "is for scripts",
}

TOKEN = "a-token-that-everybody-knows"
NUMBERS = {"agent": 1, "view": 1, "board": 1, "token": TOKEN}
"""What fills a path on a new floor."""


def make_board(name: str) -> Wallboard:
    """A wallboard whose link has `TOKEN`."""
    digest = hashlib.sha256(TOKEN.encode()).hexdigest()
    return Wallboard.objects.create(name=name, token_hash=digest)


def make_view(agent: Agent) -> SavedView:
    return SavedView.objects.create(owner=agent.user, name="Όψη", query="sort=agent")


MISSING = Page("/there-is-no-such-page/")
FORBIDDEN = Page("/monitor/", who="bob")

_ELSEWHERE = ("admin/", "api/v1/")  # Django's own pages, walked by model; and the API, in English


def routes() -> set[str]:
    """The names of all routes that are Rollcall's own."""
    return set(_named(get_resolver().url_patterns))


def _named(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if str(pattern.pattern).startswith(_ELSEWHERE):
            continue
        if isinstance(pattern, URLResolver):
            yield from _named(pattern.url_patterns)
        else:
            yield pattern.name or str(pattern.pattern)


OURS = ("audit", "presence", "routing", "api", "webhooks", "notifications", "alerts", "dashboard")


def admin_lists() -> dict[str, str]:
    """The admin's list of each of our models, by its name."""
    return {
        f"{model._meta.app_label}.{model._meta.model_name}": (
            f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        )
        for model in admin.site._registry
        if model._meta.app_label in OURS
    }
