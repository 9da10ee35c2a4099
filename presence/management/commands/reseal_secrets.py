"""Seal every kept secret by the first of SEALING_KEYS, so that the others can be dropped."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Model

from audit.recording import HIDDEN, record
from audit.words import Action
from presence import sealing
from presence.writing import write


class Command(BaseCommand):
    help = "Seal every kept secret anew by the first of SEALING_KEYS."

    def handle(self, *_args: Any, **_options: Any) -> None:
        number = 0
        for model, name in sealing.fields():
            for pk, was in sealing.kept(model, name):
                if was:
                    number += _reseal(model, name, pk, was)
        self.stdout.write(f"{number} secrets are sealed by the first key now.")


def _reseal(model: type[Model], name: str, pk: Any, was: str) -> bool:
    with write():
        if sealed := sealing.keep(model, name, pk, was, sealing.reseal(was)):
            # It is the same secret, so that nothing else tells of it.
            record(Action.CHANGED, model._default_manager.get(pk=pk), {name: (HIDDEN, HIDDEN)})
    return sealed
