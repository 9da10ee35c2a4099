"""What pages show of agents' inboxes."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db.models import Count, F, Q, Sum, Window
from django.db.models.functions import RowNumber
from django.utils.translation import ngettext

from notifications.kinds import Kind
from notifications.models import Inbox, Notice
from notifications.words import Labels, Words, words

LISTED = 12
"""Notices in a list, the latest first."""

ICONS = {
    Kind.MISSED_CALL: "missed",
    Kind.SUPERVISOR: "people",
    Kind.PENDING_APPLIED: "hourglass",
    Kind.OVER_LONG: "alert",
    Kind.IDLE: "hourglass",
}


@dataclass(frozen=True)
class Item:
    """One notice, in the words of whatever language is active when they are read: a box is read
    once and rendered in several. One that is not `in_app` is for the browser's desktop alone."""

    id: int
    icon: str
    said: Callable[[], Words]
    at: datetime
    unread: bool
    in_app: bool
    desktop: bool

    @property
    def title(self) -> str:
        return self.said().title

    @property
    def text(self) -> str:
        return self.said().text


@dataclass(frozen=True)
class Box:
    """What an agent's bar shows of their inbox; `unread` may be more than are listed."""

    version: int = 0
    off: bool = False
    unread: int = 0
    items: tuple[Item, ...] = ()

    @property
    def unread_text(self) -> str:
        said = ngettext(
            "Notifications: %(number)s unread", "Notifications: %(number)s unread", self.unread
        )
        return said % {"number": self.unread}

    @property
    def latest(self) -> int:
        return self.items[0].id if self.items else 0


EMPTY = Box()


def read(agent_ids: Collection[int], labels: Labels) -> dict[int, Box]:
    """The boxes of those of these agents who have one."""
    inboxes = list(Inbox.objects.filter(pk__in=agent_ids))
    ids = [inbox.pk for inbox in inboxes]
    if not ids:
        return {}
    unread = Notice.objects.filter(agent__in=ids, in_app=True, read_at=None)
    counted = unread.values("agent").annotate(number=Count("pk")).order_by()
    numbers = dict(counted.values_list("agent", "number"))
    items: dict[int, list[Item]] = {}
    for notice in _latest(ids):
        items.setdefault(notice.agent_id, []).append(_item(notice, labels))
    return {
        inbox.pk: Box(
            inbox.version,
            inbox.off,
            numbers.get(inbox.pk, 0),
            tuple(items.get(inbox.pk, ())) if not inbox.off else (),
        )
        for inbox in inboxes
    }


def _latest(agent_ids: Collection[int]) -> Iterable[Notice]:
    place = Window(RowNumber(), partition_by=F("agent"), order_by=F("pk").desc())
    shown = Notice.objects.filter(Q(in_app=True) | Q(desktop=True), agent__in=agent_ids)
    return shown.annotate(place=place).filter(place__lte=LISTED).order_by("-pk")


def _item(notice: Notice, labels: Labels) -> Item:
    return Item(
        id=notice.pk,
        icon=ICONS[Kind(notice.kind)],
        said=partial(words, notice, labels),
        at=notice.at,
        unread=notice.in_app and notice.read_at is None,
        in_app=notice.in_app,
        desktop=notice.desktop,
    )


def versions(agent_ids: Collection[int] | None = None) -> dict[int, int]:
    """How far the inboxes of these agents (None: of all) have come."""
    inboxes = Inbox.objects.all() if agent_ids is None else Inbox.objects.filter(pk__in=agent_ids)
    return dict(inboxes.values_list("pk", "version"))


def sum_of_versions() -> int:
    """Versions only grow, so who knows them all knows the same sum."""
    return Inbox.objects.aggregate(sum=Sum("version"))["sum"] or 0
