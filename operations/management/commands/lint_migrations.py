"""`manage.py lint_migrations`: see that processes of the version before survive new migrations."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.migrations.loader import MigrationLoader

from operations import gradual

BEFORE = "operations/migrations_before.txt"
"""The migrations from before this was asked of any, a line each."""


class Command(BaseCommand):
    help = "Fail where a new migration would stop processes of the version before it."

    def handle(self, *_args: Any, **_options: Any) -> None:
        before = set((settings.BASE_DIR / BEFORE).read_text().split())
        loader = MigrationLoader(None)
        ours = {app for app, _name in loader.disk_migrations if (settings.BASE_DIR / app).is_dir()}
        found = list(gradual.breaks(loader, ours, before))
        for one in found:
            self.stderr.write(f"{one.migration}: {one.says}.")
        if found:
            raise CommandError(
                "Processes of the version before would fail. Do it in steps, as docs/operations.md "
                f'says, or give the migration a {gradual.REASON} = "..." that says why it may.'
            )
