"""`manage.py backup FILE`: a copy of the database, taken while people work."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from operations.backups import postgresql, sqlite
from operations.backups.copying import Refused


class Command(BaseCommand):
    help = "Copy the database, as of one moment, to a file that only its owner can read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="where to; nothing is overwritten")

    def handle(self, *_args: Any, file: Path, **_options: Any) -> None:
        try:
            (postgresql if connection.vendor == "postgresql" else sqlite).backup(file)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(
            f"{file} is whole ({file.stat().st_size // 1000} kB).\n"
            "Secrets in it are sealed. Keep SEALING_KEYS (var/sealing_key), and not beside it: "
            "without that key they have to be entered anew."
        )
