"""Set the floor's words: labels, selectable statuses and the login policy."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from presence import vocabulary
from presence.catalogue import VOCABULARIES


class Command(BaseCommand):
    help = "Set labels, selectable statuses and login policy to those of a vocabulary."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=sorted(VOCABULARIES), help="whose words to use")

    def handle(self, *_args: Any, name: str, **_options: Any) -> None:
        loaded = vocabulary.load(name)
        self.stdout.write(f"The floor now uses: {loaded.title}.")
