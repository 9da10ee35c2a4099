"""How a person arranges the monitor: views kept under a name, columns, and how close rows stand."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from dashboard import saved
from dashboard.columns import KEYS, arrange
from dashboard.models import Layout, SavedView
from dashboard.models.views import Density
from dashboard.people import SUPERVISE
from dashboard.views import answers
from dashboard.views.acts import demand


@require_http_methods(["GET", "POST"])
@answers.signed_in
def views(request: HttpRequest) -> HttpResponse:
    """One's own views to rename, share and delete; what is posted is saved as a new one."""
    user = _user(request)
    if request.method == "GET":
        return _page(request, user)
    post = request.POST
    try:
        saved.save(
            user,
            post.get("name", ""),
            post.get("query", ""),
            post.get("team", ""),
            replace="replace" in post,
        )
    except saved.SaveError as error:
        return _refuse(request, user, error)
    return _done(request, user)


@require_POST
@answers.signed_in
def change_view(request: HttpRequest, view_id: int) -> HttpResponse:
    user = _user(request)
    view = get_object_or_404(SavedView, pk=view_id, owner=user)
    try:
        saved.change(user, view, request.POST.get("name", ""), request.POST.get("team", ""))
    except saved.SaveError as error:
        return _page(request, user, refusal=str(error), refused=view_id)
    return redirect("views")


@require_http_methods(["GET", "HEAD", "POST"])
@answers.signed_in
def delete_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Asks first; what is posted is sure."""
    view = get_object_or_404(SavedView, pk=view_id, owner=_user(request))
    if request.method != "POST":
        return render(request, "dashboard/view_sure.html", {"view": view})
    view.delete()
    return redirect("views")


@require_POST
@answers.signed_in
def opens_with(request: HttpRequest) -> HttpResponse:
    """Open the monitor with this view from now on; with everybody, where there is none."""
    user, view_id = _user(request), request.POST.get("view", "")
    known = view_id.isdecimal() and len(view_id) < 19
    view = get_object_or_404(saved.seen_by(user), pk=view_id) if known else None
    saved.open_with(user, view)
    return _done(request, user)


@require_POST
@answers.signed_in
def layout(request: HttpRequest) -> HttpResponse:
    """Keep the chosen columns in their order; `up` and `down` move one of them by a place."""
    user, post = _user(request), request.POST
    keys = [column.key for column in arrange(post.getlist("columns") or ["agent"]).shown]
    for name, step in (("up", -1), ("down", 1)):
        if (key := post.get(name)) in keys[1:]:
            at = keys.index(key)
            to = min(max(at + step, 1), len(keys) - 1)
            keys.insert(to, keys.pop(at))
    density = post.get("density", "")
    Layout.objects.update_or_create(
        user=user,
        defaults={
            "columns": [] if keys == list(KEYS) else keys,
            "density": density if density in Density.values else Density.COMFORTABLE.value,
        },
    )
    if request.headers.get("Accept") == "application/json":  # the page has arranged itself
        return HttpResponse(status=204)
    return redirect(answers.back(request, "monitor"))


def _user(request: HttpRequest) -> User:
    demand(request, SUPERVISE)
    return User.objects.get(pk=request.user.pk or 0)


def menu(user: User) -> dict[str, Any]:
    """What the menu of views is made of."""
    return {"entries": saved.menu(user), "teams": saved.teams_of(user)}


def _page(
    request: HttpRequest, user: User, refusal: str = "", refused: int | None = None
) -> HttpResponse:
    own = SavedView.objects.filter(owner=user).select_related("team")
    context = {"own": own, "refusal": refusal, "refused": refused}
    status = 409 if refusal else 200
    return render(request, "dashboard/views.html", context | menu(user), status=status)


def _refuse(request: HttpRequest, user: User, error: saved.SaveError) -> HttpResponse:
    context = {
        "refusal": str(error),
        "taken": error.taken,
        "open": True,
        "name": request.POST.get("name", ""),
        "query": request.POST.get("query", ""),
        "team": request.POST.get("team", ""),
        "next": answers.back(request, "monitor"),
    }
    inside = getattr(request, "htmx", False)
    template = "dashboard/views_menu.html" if inside else "dashboard/view_refused.html"
    return render(request, template, context | menu(user), status=409)


def _done(request: HttpRequest, user: User) -> HttpResponse:
    if not getattr(request, "htmx", False):
        return redirect(answers.back(request, "monitor"))
    back = answers.back(request, "monitor")
    context = {"open": True, "query": request.POST.get("query", ""), "next": back}
    return render(request, "dashboard/views_menu.html", context | menu(user))
