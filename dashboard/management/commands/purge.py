"""`manage.py purge`: let go of what is older than it shall be kept."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from alerts.models import Alert
from audit.models import Entry, Kept
from presence import purging
from presence.purging import Old
from reports.borders import midnight
from routing import retention


class Command(BaseCommand):
    help = "Remove what is older than HISTORY_DAYS, CALL_DAYS and AUDIT_DAYS, and expired sessions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would go, and keep it")

    def handle(self, *_args: Any, dry_run: bool, **_options: Any) -> None:
        now = timezone.now()
        try:
            for what, days in (
                (Kept.HISTORY, settings.HISTORY_DAYS),
                (Kept.CALLS, settings.CALL_DAYS),
                (Kept.AUDIT, settings.AUDIT_DAYS),
            ):
                self._purge(what, days, now, dry_run=dry_run)
            self._sessions(now, dry_run=dry_run)
        except DatabaseError as error:
            raise CommandError(f"The database fails: {error}. Run it again.") from error

    def _purge(self, what: Kept, days: int | None, now: datetime, *, dry_run: bool) -> None:
        if days is None:
            self.stdout.write(f"{what}: kept for ever.")
            return
        before = border(days, now)
        old = _old(what, before)
        if dry_run:
            count = sum(one.rows.count() for one in old)
        else:
            count = purging.purge(what, before, old)
        calls = "calls with all their parts" if what is Kept.CALLS else "rows"
        verb = "would be removed" if dry_run else "removed"
        self.stdout.write(f"{what}: {count} {calls} of before {before:%Y-%m-%d} {verb}.")

    def _sessions(self, now: datetime, *, dry_run: bool) -> None:
        ended = Session.objects.filter(expire_date__lt=now)
        count = ended.count() if dry_run else ended.delete()[0]
        self.stdout.write(
            f"sessions: {count} ended {'would be removed' if dry_run else 'removed'}."
        )


def border(days: int, now: datetime) -> datetime:
    """The beginning of a day of the account's: whole days are kept, and at least so many."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return midnight(now.astimezone(zone).date() - timedelta(days=days), zone)


def _old(what: Kept, before: datetime) -> list[Old]:
    match what:
        case Kept.HISTORY:
            return [*purging.history(before), Old.of(Alert.objects.filter(cleared_at__lt=before))]
        case Kept.CALLS:
            return retention.calls(before)
        case Kept.AUDIT:
            return [Old.of(Entry.objects.filter(at__lt=before))]
