"""A wallboard's page, for whoever has its link; and its preview, for those who keep it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from dashboard import tickets, wallboards
from dashboard.board import Board, Frame
from dashboard.models import Wallboard
from dashboard.screens import ScreenEdition, page_of
from dashboard.tickets import Ticket
from dashboard.views import answers
from dashboard.wallboards import KEEP, Wall

THEMES = ("dark", "light", "auto")
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def unlisted(view: View[P]) -> View[P]:
    """Its address is a secret: nobody is to keep it, pass it on or index it."""

    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        for name, value in HEADERS.items():
            answer[name] = value
        return answer

    return answered


@require_safe
@unlisted
def wallboard(request: HttpRequest, token: str) -> HttpResponse:
    board = wallboards.find(token)
    if board is None or board.revoked_at:
        status = 410 if board else 404
        return render(request, "dashboard/wallboard_gone.html", {"board": board}, status=status)
    wallboards.note_seen(board, timezone.now())
    wall = Wall.of(board)
    address = reverse("wallboard_ticket", args=[token])
    return _show(request, wall, address, tickets.for_screen(wall))


@require_safe
@unlisted
def ticket(_request: HttpRequest, token: str) -> HttpResponse:
    """A fresh ticket for a screen whose own grew old; 410 where its link opens nothing any more."""
    board = wallboards.find(token)
    if board is None or board.revoked_at:
        return JsonResponse({"error": "revoked"}, status=410)
    wallboards.note_seen(board, timezone.now())
    return JsonResponse({"ticket": tickets.issue(tickets.for_screen(Wall.of(board)))})


@require_safe
@answers.signed_in
@permission_required(KEEP, raise_exception=True)
def preview(request: HttpRequest, board_id: int) -> HttpResponse:
    """The board without its link, which is shown once only."""
    wall = Wall.of(_kept(request, board_id))
    address = reverse("wallboard_preview_ticket", args=[wall.id])
    return _show(request, wall, address, tickets.for_preview(request, wall))


@require_safe
@answers.signed_in
@permission_required(KEEP, raise_exception=True)
def preview_ticket(request: HttpRequest, board_id: int) -> HttpResponse:
    wall = Wall.of(_kept(request, board_id))
    return JsonResponse({"ticket": tickets.issue(tickets.for_preview(request, wall))})


def _kept(request: HttpRequest, board_id: int) -> Wallboard:
    user = User.objects.get(pk=request.user.pk or 0)
    return get_object_or_404(wallboards.kept_by(user), pk=board_id, revoked_at=None)


def _show(request: HttpRequest, wall: Wall, ticket_url: str, ticket: Ticket) -> HttpResponse:
    zone = wall.time_zone or settings.TIME_ZONE
    edition = ScreenEdition(wall)
    edition.take(edition.render(_floor()))
    parts, queues = edition.shown
    theme = request.GET.get("theme", "")
    context = {
        "wall": wall,
        "theme": theme if theme in THEMES else THEMES[0],
        "zone": zone,
        "now": timezone.now(),
        "parts": parts,
        "queues": queues,
        "screen": tickets.issue(ticket),
        "ticket_url": ticket_url,
        "page": page_of(wall),
        "preview": ticket.user is not None,
    }
    with translation.override(wall.language), timezone.override(ZoneInfo(zone)):
        answer = render(request, "dashboard/wallboard.html", context)
    answer["Content-Language"] = wall.language
    return answer


def _floor() -> Frame:
    """Everything, as the hub reads it."""
    board = Board()
    board.read(board.differing())
    return board.everything()
