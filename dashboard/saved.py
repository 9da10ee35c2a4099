"""Named views of the monitor: whose they are, who sees them, and what is wrong with one."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import QueryDict

from dashboard.models import Layout, SavedView
from dashboard.table import View
from presence.models import Team
from presence.naming import name_of
from presence.words import lazily as _
from routing import limits

LONGEST_NAME = 60
LONGEST_QUERY = 1000


class SaveError(ValueError):
    """What keeps a view from being saved; `taken` where a view of one's own has the name."""

    def __init__(self, sentence: str, *, taken: bool = False) -> None:
        super().__init__(str(sentence))
        self.taken = taken


@dataclass(frozen=True)
class Entry:
    """A view as a person's menu has it. `by` is whose it is, empty for one's own."""

    id: int
    name: str
    url: str
    team: str
    by: str
    opens: bool


def teams_of(user: User) -> QuerySet[Team]:
    """The teams that the user leads, is in or is limited to, and may share views with."""
    teams = Team.objects.filter(active=True)
    if user.is_superuser:
        return teams
    sight = limits.sight_of(user)
    if sight.limited:
        return teams.filter(limits.teams(sight))
    own = Q(supervisors=user) | Q(agents__user=user, agents__active=True)
    return teams.filter(own).distinct()


def seen_by(user: User) -> QuerySet[SavedView]:
    """One's own views, and those that are shared with one's teams."""
    own = Q(owner=user) | Q(team__in=teams_of(user))
    return SavedView.objects.filter(own).select_related("owner__agent", "team").distinct()


def menu(user: User) -> list[Entry]:
    """What the user may open, their own first."""
    opens = opens_with(user)
    entries = [
        Entry(
            id=view.pk,
            name=view.name,
            url=f"?{view.query}",
            team=view.team.name if view.team else "",
            by="" if view.owner_id == user.pk else name_of(view.owner),
            opens=view == opens,
        )
        for view in seen_by(user)
    ]
    return sorted(entries, key=lambda entry: entry.by != "")


def opens_with(user: User) -> SavedView | None:
    """The view that the user opens the monitor with, as long as they may see it."""
    layout = Layout.objects.filter(user=user).first()
    opens = layout.opens_with_id if layout else None
    return seen_by(user).filter(pk=opens).first() if opens else None


def save(user: User, name: str, query: str, team: str, *, replace: bool) -> SavedView:
    """Keep a view under a name; with `replace` in the place of one's own of that name. Raises
    `SaveError`."""
    same = SavedView.objects.filter(owner=user, name__iexact=_named(name)).first()
    if same and not replace:
        taken = _("You have a view of this name. Choose another name, or replace it.")
        raise SaveError(taken, taken=True)
    view = same or SavedView(owner=user)
    view.name, view.query, view.team = _named(name), _query(query), _team(user, team)
    view.save()
    return view


def change(user: User, view: SavedView, name: str, team: str) -> None:
    """Rename a view of one's own, and share it or not. Raises `SaveError`."""
    named = _named(name)
    if SavedView.objects.filter(owner=user, name__iexact=named).exclude(pk=view.pk).exists():
        raise SaveError(_("You have another view of this name. Choose another name."), taken=True)
    view.name, view.team = named, _team(user, team, view.team)
    view.save()


def open_with(user: User, view: SavedView | None) -> None:
    Layout.objects.update_or_create(user=user, defaults={"opens_with": view})


def _named(name: str) -> str:
    named = " ".join(name.split())
    if not named:
        raise SaveError(_("Give the view a name."))
    if len(named) > LONGEST_NAME:
        raise SaveError(_("The name is too long. Use at most 60 characters."))
    return named


def _query(query: str) -> str:
    """Only what the monitor knows of."""
    known = View.of(QueryDict(query.removeprefix("?"))).url.removeprefix("?")
    if len(known) > LONGEST_QUERY:
        raise SaveError(_("The view filters by too many things to be saved. Choose fewer."))
    return known


def _team(user: User, team: str, kept: Team | None = None) -> Team | None:
    """The team to share with; one that it was shared with may stay."""
    if not team:
        return None
    if kept and team == str(kept.pk):
        return kept
    found = teams_of(user).filter(pk=team).first() if team.isdecimal() and len(team) < 19 else None
    if found is None:
        raise SaveError(_("Share it with a team that you lead or are in."))
    return found
