"""Seal every kept secret by the first of SEALING_KEYS, so that the others can be dropped."""

from typing import Any

from django.core.management.base import BaseCommand

from presence import sealing
from presence.writing import write


class Command(BaseCommand):
    help = "Seal every kept secret anew by the first of SEALING_KEYS."

    def handle(self, *_args: Any, **_options: Any) -> None:
        number = 0
        for model, name in sealing.fields():
            for pk, was in sealing.kept(model, name):
                if was:
                    with write():
                        sealing.keep(model, name, pk, was, sealing.reseal(was))
                    number += 1
        self.stdout.write(f"{number} secrets are sealed by the first key now.")
