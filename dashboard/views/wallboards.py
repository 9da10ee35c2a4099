"""Where wallboards are made, set up and revoked, each by a right of its own."""

from typing import Any

import structlog
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dashboard import wallboards
from dashboard.forms import WallboardForm
from dashboard.models import Wallboard
from dashboard.views import answers
from presence.naming import name_of
from routing import limits
from routing.models import Limit
from routing.sight import Sight

log = structlog.get_logger(__name__)

reads_or_posts = require_http_methods(["GET", "HEAD", "POST"])


@reads_or_posts
@answers.signed_in
@permission_required("dashboard.view_wallboard", raise_exception=True)
@never_cache
def boards(request: HttpRequest) -> HttpResponse:
    """All of them, and a form that makes one."""
    if request.method == "POST":
        return _make(request)
    return _list(request, form=WallboardForm(_sight(request)))


@permission_required("dashboard.add_wallboard", raise_exception=True)
def _make(request: HttpRequest) -> HttpResponse:
    form = WallboardForm(_sight(request), request.POST)
    if not form.is_valid():
        return _list(request, form=form, status=409)
    board = form.save(commit=False)
    board.created_by_id = request.user.pk
    with transaction.atomic():
        token = wallboards.give_link(board)
        form.save_m2m()
        board.limits.set(Limit.objects.filter(users=request.user.pk))
    return _give(request, board, token)


@reads_or_posts
@answers.signed_in
@permission_required("dashboard.change_wallboard", raise_exception=True)
def change(request: HttpRequest, board_id: int) -> HttpResponse:
    """What it shows; open screens follow within seconds."""
    board = get_object_or_404(_kept(request), pk=board_id, revoked_at=None)
    form = WallboardForm(_sight(request), request.POST or None, instance=board)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("wallboards")
    status = 409 if form.errors else 200
    context = {"form": form, "board": board}
    return render(request, "dashboard/wallboard_form.html", context, status=status)


@reads_or_posts
@answers.signed_in
@permission_required("dashboard.change_wallboard", raise_exception=True)
@never_cache
def new_link(request: HttpRequest, board_id: int) -> HttpResponse:
    """In the place of one that was lost, or has come into the wrong hands."""
    board = get_object_or_404(_kept(request), pk=board_id, revoked_at=None)
    if request.method != "POST":
        return render(request, "dashboard/wallboard_sure.html", {"board": board, "new_link": True})
    return _give(request, board, wallboards.give_link(board))


@reads_or_posts
@answers.signed_in
@permission_required("dashboard.delete_wallboard", raise_exception=True)
def revoke(request: HttpRequest, board_id: int) -> HttpResponse:
    board = get_object_or_404(_kept(request), pk=board_id)
    if request.method != "POST":
        return render(request, "dashboard/wallboard_sure.html", {"board": board})
    if board.revoked_at is None:
        wallboards.revoke(board, timezone.now())
        log.info("wallboard_revoked", wallboard=board.pk, by=request.user.pk)
    return redirect("wallboards")


def _give(request: HttpRequest, board: Wallboard, token: str) -> HttpResponse:
    """Show the link: in this answer alone, for only its hash is kept."""
    log.info("wallboard_link_made", wallboard=board.pk, by=request.user.pk)
    link = request.build_absolute_uri(reverse("wallboard", args=[token]))
    return _list(request, form=WallboardForm(_sight(request)), board=board, link=link)


def _kept(request: HttpRequest) -> QuerySet[Wallboard]:
    return wallboards.kept_by(User.objects.get(pk=request.user.pk or 0))


def _sight(request: HttpRequest) -> Sight:
    return limits.sight_of(request.user)


def _list(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    found = _kept(request).select_related("created_by__agent")
    ordered = found.order_by(F("revoked_at").desc(nulls_first=True), "name")
    listed = ordered.prefetch_related("teams", "queues")
    context["boards"] = [(board, name_of(board.created_by)) for board in listed]
    context["open_since"] = timezone.now() - wallboards.SEEN_EVERY
    return render(request, "dashboard/wallboards.html", context, status=status)
