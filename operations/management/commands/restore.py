"""`manage.py restore FILE`: make the database what it was when it was backed up."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from operations.backups import copying, postgresql, sqlite
from operations.backups.copying import Refused


class Command(BaseCommand):
    help = "Put a backup back into an empty database, and bring its tables up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="lose what is in the database now"
        )

    def handle(self, *_args: Any, file: Path, replace: bool, **_options: Any) -> None:
        kind = postgresql if connection.vendor == "postgresql" else sqlite
        try:
            kind.restore(file, replace=replace)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        call_command("migrate", verbosity=0, interactive=False)
        self.stdout.write("It is restored. Start a server, and run manage.py verify_presence.")
        if shut := copying.sealed_shut():
            self.stdout.write(
                f"{shut} secrets are sealed by another key: add it to SEALING_KEYS, or enter them "
                "anew. manage.py doctor names them."
            )
