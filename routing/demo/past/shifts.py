"""Who works when in the past, and what they do beside calls."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from django.contrib.auth import get_user_model
from django.utils import timezone

from presence.events import Cause, Choice, Choose, LogIn, LogOut, WebphoneConnected, WebphoneLost
from presence.models import Reason
from routing.demo import floor
from routing.demo.past.staff import Worker
from routing.demo.past.stage import Stage

DAYS = 14
"""How many days before today the past begins."""
STARTS = {"Customer Care": (8, 10), "Sales": (9, 9), "Technical Support": (7, 12)}
"""At what hour a team's early and late half begin."""
SHIFT = timedelta(hours=8, minutes=30)
TODAY = (3.0, 5.5)
"""Hours that today's shift is old where the hour of day would make it younger."""
_REST = timedelta(hours=8)
_ABSENT = 0.07  # of all shifts are not worked
_LOSES = 0.12  # of all shifts have a lost connection


@dataclass(frozen=True)
class Away:
    """Time away from calls: from when on and how long, in minutes; whom it befalls how often.
    `together` has a team away at the same time, `sent` is a supervisor's doing."""

    status: str
    reason: str
    begins: tuple[float, float]
    lasts: tuple[float, float]
    chance: float = 1.0
    team: str = ""
    together: bool = False
    sent: bool = False


AWAY = (
    Away("on_break", "Coffee", (95, 135), (9, 15)),
    Away("on_break", "Lunch", (215, 275), (29, 44)),
    Away("on_break", "Coffee", (370, 415), (9, 15)),
    Away("on_break", "Personal", (300, 350), (4, 12), 0.3),
    Away("back_office", "Team meeting", (45, 46), (25, 30), 0.3, together=True),
    Away("back_office", "Paperwork", (150, 195), (12, 25), 0.5),
    Away("back_office", "Training", (290, 310), (30, 45), 0.08),
    Away("back_office", "Coaching", (325, 360), (15, 25), 0.12, sent=True),
    Away("outgoing", "Call-backs", (140, 200), (20, 35), 0.35),
    Away("outgoing", "Campaign", (60, 90), (25, 40), 0.6, team="Sales"),
    Away("do_not_disturb", "", (420, 460), (8, 15), 0.15),
)


class Shifts:
    """Has everybody come in, go away, come back and leave."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._chance = stage, stage.chance
        reasons = Reason.objects.values_list("status_id", "label", "pk")
        self._reasons = {(status, label): pk for status, label, pk in reasons}
        self._supervisor = get_user_model().objects.get(username=floor.SUPERVISOR).pk

    def plan(self, now: datetime) -> None:
        """Lay out every shift up to `now`."""
        today = timezone.localtime(now, timezone.get_default_timezone()).date()
        for worker in self._stage.staff:
            began = self._today(worker, now)
            for days in range(DAYS, 0, -1):
                day = today - timedelta(days=days)
                start = _start(worker, day)
                rested = start + SHIFT + _REST < began
                if day.weekday() < 5 and rested and self._chance.random() > _ABSENT:
                    self._shift(worker, start + timedelta(minutes=self._chance.uniform(-6, 4)), now)
            self._shift(worker, began, now)

    def _today(self, worker: Worker, now: datetime) -> datetime:
        day = timezone.localtime(now, timezone.get_default_timezone())
        start = _start(worker, day.date())
        if timedelta(hours=TODAY[0]) <= now - start <= SHIFT:
            return start
        return now - timedelta(hours=self._chance.uniform(*TODAY))

    def _shift(self, worker: Worker, start: datetime, now: datetime) -> None:
        stage, minutes = self._stage, timedelta(minutes=1)
        stage.at(start, partial(self._come, worker))
        # What a whole team does on a day, all of it does or none.
        of_team = random.Random(f"{worker.team} {start.date()} {worker.place % 2}")  # nosec B311 # noqa: S311
        for away in AWAY:
            chance = of_team if away.together else self._chance
            if chance.random() < away.chance and away.team in ("", worker.team):
                at = start + chance.uniform(*away.begins) * minutes
                stage.at(at, partial(self._go, worker, away, chance.uniform(*away.lasts) * 60))
        if self._chance.random() < _LOSES:
            stage.at(start + self._chance.uniform(30, 450) * minutes, partial(self._lose, worker))
        if (end := start + SHIFT + timedelta(minutes=self._chance.uniform(-3, 6))) < now:
            stage.at(end, partial(self.leave, worker))

    def _come(self, worker: Worker) -> None:
        worker.on_shift, now = True, self._stage.now
        self._stage.let(worker, WebphoneConnected(at=now, source="connections"))
        self._stage.let(worker, LogIn(at=now, actor=worker.user))
        self._stage.after((4, 90), partial(self.back, worker))

    def leave(self, worker: Worker) -> None:
        """The shift is over; a call that goes on is ended first."""
        worker.on_shift = False
        self._stage.let(worker, LogOut(at=self._stage.now, actor=worker.user))
        self._stage.after((5, 20), partial(self._close, worker))

    def _close(self, worker: Worker) -> None:
        if worker.state.engaged and not self._stage.closing:
            self._stage.after((20, 60), partial(self._close, worker))
        else:
            self._stage.let(worker, WebphoneLost(at=self._stage.now, source="connections"))

    def _go(self, worker: Worker, away: Away, seconds: float) -> None:
        if not worker.on_shift:
            return
        reason = self._reasons.get((away.status, away.reason))
        choice = Choice(away.status, reason)
        by = self._supervisor if away.sent else worker.user
        cause = Cause.SUPERVISOR if away.sent else Cause.AGENT
        self._stage.let(worker, Choose(at=self._stage.now, choice=choice, cause=cause, actor=by))
        self._stage.after((seconds, seconds), partial(self._end, worker, choice, seconds))

    def _end(self, worker: Worker, choice: Choice, seconds: float) -> None:
        """Come back, unless it has hardly begun: then the call before it was long."""
        since = worker.state.mode_since
        if worker.state.pending and worker.state.pending.choice == choice:
            self._stage.after((seconds, seconds), partial(self._end, worker, choice, seconds))
        elif worker.state.mode == choice:
            begun = (self._stage.now - since).total_seconds()
            if begun < seconds * 0.8:
                rest = seconds - begun
                self._stage.after((rest, rest), partial(self._end, worker, choice, seconds))
            else:
                self.back(worker)

    def back(self, worker: Worker) -> None:
        """Ready for calls again."""
        if worker.on_shift and not self._stage.closing:
            self._stage.choose(worker, Choice("available"))

    def _lose(self, worker: Worker) -> None:
        if not worker.on_shift:
            return
        self._stage.let(worker, WebphoneLost(at=self._stage.now, source="connections"))
        self._stage.after((3, 240), partial(self._find, worker))

    def _find(self, worker: Worker) -> None:
        if worker.on_shift:
            now = self._stage.now
            self._stage.let(worker, WebphoneConnected(at=now, source="connections"))

    def everybody(self) -> Iterator[Worker]:
        """Those on shift."""
        return (worker for worker in self._stage.staff if worker.on_shift)


def _start(worker: Worker, day: date) -> datetime:
    """In UTC: arithmetic in a zone would go by its wall clocks."""
    hour = STARTS[worker.team][worker.place % 2]
    return datetime.combine(day, time(hour), timezone.get_default_timezone()).astimezone(UTC)
