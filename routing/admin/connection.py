"""The page of one connector's connection: how its link is, what is wrong over there, whom it could
not match, what was not confirmed; and what to do about each."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from presence.models import Agent
from presence.state import PresencePolicy
from routing.connectors import attach, links
from routing.connectors.asterisk import doubts
from routing.connectors.attach import CannotAttach
from routing.connectors.links import Standing
from routing.explain import span
from routing.models import Connector, ConnectorLink, PauseRequest, Unmatched


class ConnectionPage(admin.ModelAdmin):
    """Reads at any moment what the connector's process wrote; what people do is a POST of one
    button."""

    def connection_view(self, request: HttpRequest, connector_id: int) -> HttpResponse:
        connector = self.get_object(request, str(connector_id))
        if connector is None:
            raise Http404("There is no such connector.")
        if not self.has_view_permission(request, connector):
            raise PermissionDenied
        if request.method == "POST":
            return self._do(request, connector)
        template = "now" if getattr(request, "htmx", False) else "connection"
        path = f"admin/routing/connector/{template}.html"
        answer = TemplateResponse(request, path, self._context(request, connector))
        answer["Cache-Control"] = "no-store"
        return answer

    def _context(self, request: HttpRequest, connector: Connector) -> dict[str, Any]:
        requests = PauseRequest.objects.filter(connector=connector, confirmed_at=None)
        requests = requests.select_related("device__agent").order_by("asked_at")
        link: ConnectorLink | None = getattr(connector, "link", None)
        standing = links.standing(connector, timezone.now())
        refusals = requests.exclude(error="").values_list("error", flat=True)
        found = attach.unmatched(connector)
        return {
            **self.admin_site.each_context(request),
            "title": _("Connection of %(connector)s") % {"connector": connector},
            "opts": self.opts,
            "original": connector,
            "standing": standing,
            "facts": _facts(standing, link),
            "wrong": [*(link.remarks if link else []), *doubts.of_refusals(refusals)],
            "phones": _suggest(found.filter(kind=Unmatched.Kind.PHONE)),
            "queues": found.filter(kind=Unmatched.Kind.QUEUE),
            "requests": requests,
            "agents": [] if getattr(request, "htmx", False) else _agents(),
            "may_change": self.has_change_permission(request, connector),
        }

    # --- what people do ------------------------------------------------------------------------

    def _do(self, request: HttpRequest, connector: Connector) -> HttpResponse:
        if not self.has_change_permission(request, connector):
            raise PermissionDenied
        buttons: dict[str, Callable[[HttpRequest, Connector], str]] = {
            "phone": self._attach,
            "queue": self._make_queue,
            "request": self._retry,
            "ask": self._ask,
        }
        pressed = next((name for name in buttons if name in request.POST), "ask")
        try:
            said = buttons[pressed](request, connector)
            self.log_change(request, connector, said)
            messages.success(request, said)
        except (CannotAttach, PauseRequest.DoesNotExist) as error:
            messages.error(request, str(error))
        except Unmatched.DoesNotExist:
            messages.info(request, _("That has been attached already."))
        return redirect("admin:routing_connector_connection", connector.pk)

    def _attach(self, request: HttpRequest, connector: Connector) -> str:
        if not request.user.has_perm("presence.change_agent"):
            raise PermissionDenied
        found = connector.unmatched.get(pk=request.POST["phone"])
        agent = _named(request.POST.get("agent", ""))
        before = attach.attach_phone(found, agent, request.user.pk)
        if agent.presence_policy == PresencePolicy.BROWSER.value:
            words = _(
                "%(agent)s counts as present by Rollcall's page alone; their own page changes it."
            )
            messages.info(request, words % {"agent": agent})
        said = (
            _("%(phone)s is %(agent)s's now instead of %(before)s.")
            if before
            else _("%(phone)s is %(agent)s's now.")
        )
        return said % {"phone": found.name, "agent": agent, "before": before}

    def _make_queue(self, request: HttpRequest, connector: Connector) -> str:
        if not request.user.has_perm("routing.add_queue"):
            raise PermissionDenied
        queue = attach.make_queue(connector.unmatched.get(pk=request.POST["queue"]))
        return _("The queue %(queue)s is here now; Asterisk decides in it.") % {"queue": queue}

    def _retry(self, request: HttpRequest, connector: Connector) -> str:
        chosen = connector.requests.filter(pk=request.POST["request"], confirmed_at=None)
        for waits in chosen:
            waits.delete()  # the process asks anew for what is not as it should be
            return _("%(phone)s is asked again.") % {"phone": waits.device.address}
        return _("It was confirmed meanwhile.")

    def _ask(self, _request: HttpRequest, connector: Connector) -> str:
        attach.ask_again(connector)
        return _("%(connector)s is asked for all that there is.") % {"connector": connector}


def _facts(standing: Standing, link: ConnectorLink | None) -> dict[str, str]:
    connector = standing.connector
    where = _("%(user)s at %(host)s:%(port)s") % {
        "user": connector.user, "host": connector.host, "port": connector.port,
    }  # fmt: skip
    facts = {_("Where"): where + (", TLS" if connector.tls else "")}
    if link:
        asked = _("asked for") if link.snapshot_wanted else _ago(link.snapshot_at)
        facts |= {
            _("Last event"): _ago(link.heard_at),
            _("Events a second"): number_format(link.rate if standing.up else 0, 1),
            _("Last snapshot"): asked,
            _("Unreadable messages"): str(link.unreadable),
        }
    return facts


def _ago(moment: datetime | None) -> str:
    if moment is None:
        return _("none yet")
    passed = max(0, round((timezone.now() - moment).total_seconds()))
    return _("%(span)s ago") % {"span": span(passed)}


def _named(text: str) -> Agent:
    """The agent that was meant. Raises `CannotAttach`."""
    name, _bracket, username = text.strip().removesuffix(")").rpartition(" (")
    active = Agent.objects.filter(active=True, state__isnull=False)
    found = active.filter(user__username=username) if name else active.filter(
        Q(name__iexact=text.strip()) | Q(user__username=text.strip())
    )  # fmt: skip
    if found.count() == 1:
        return found.get()
    if found:
        raise CannotAttach(
            _("Several agents are called %(name)s: choose one from the list.") % {"name": text}
        )
    raise CannotAttach(
        _("There is no agent %(name)s: choose one from the list.") % {"name": repr(text)}
    )


def _agents() -> list[str]:
    """Every agent as `_named` knows them."""
    active = Agent.objects.filter(active=True, state__isnull=False)
    return [f"{name} ({user})" for name, user in active.values_list("name", "user__username")]


def _suggest(phones: QuerySet[Unmatched]) -> list[tuple[Unmatched, str]]:
    """Each with the one agent who is called as the phone is in its queue, if there is one."""
    named = Agent.objects.filter(active=True, name__in=[phone.label for phone in phones])
    found: dict[str, str] = {}
    for name, user in named.values_list("name", "user__username"):
        found[name] = "" if name in found else f"{name} ({user})"
    return [(phone, found.get(phone.label, "")) for phone in phones]
