"""Set the floor's words: labels, selectable statuses and the login policy."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from presence import vocabulary
from presence.catalogue import VOCABULARIES


class Command(BaseCommand):
    help = "Set labels, selectable statuses and login policy to those of a vocabulary."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help=f"whose words to use: {', '.join(sorted(VOCABULARIES))}")

    def handle(self, *_args: Any, name: str, **_options: Any) -> None:
        if name not in VOCABULARIES:
            known = ", ".join(sorted(VOCABULARIES))
            raise CommandError(f"There is no vocabulary {name!r}. Choose one of: {known}.")
        loaded = vocabulary.load(name)
        self.stdout.write(f"The floor now uses: {loaded.title}.")
