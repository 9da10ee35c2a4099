"""`manage.py doctor`: what is wrong with this installation, and what to do."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from operations.doctor import database, floor, machine
from operations.doctor.findings import Check, Finding, Level, error, promise


class Command(BaseCommand):
    help = "Say in words what is wrong with this installation, and what to do about it."
    requires_system_checks = []  # it says itself what they find

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines: a list of findings")

    def handle(self, *_args: Any, json: bool, **_options: Any) -> None:
        with translation.override("en"):
            found = list(_examine())
        self.stdout.write(_as_json(found) if json else "\n".join(map(_line, found)))
        wrong = sum(finding.level is Level.ERROR for finding in found)
        if wrong:
            raise CommandError(f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong.")


def _examine() -> Iterator[Finding]:
    for check in machine.CHECKS:
        yield from _look(check)
    for check in database.FIRST:
        first = list(_look(check))
        yield from first
        if any(finding.level is Level.ERROR for finding in first):
            return  # nothing more can be asked
    for check in (*database.CHECKS, *floor.CHECKS):
        yield from _look(check)


def _look(check: Check) -> Iterator[Finding]:
    """What the check finds; where that is nothing, what is well."""
    try:
        found = list(check())
    except Exception as failed:
        said = " ".join(f"{type(failed).__name__}: {failed}".split())
        found = [error(f"Cannot tell whether: {promise(check)} {said}", "Please report this.")]
    yield from found or [Finding(Level.OK, promise(check))]


def _line(finding: Finding) -> str:
    line = f"{finding.level.upper() if finding.level is not Level.OK else 'ok':<8}{finding.says}"
    return f"{line} -> {finding.do}" if finding.do else line


def _as_json(found: list[Finding]) -> str:
    return json.dumps(
        [{"level": one.level, "says": one.says, "do": one.do} for one in found], indent=2
    )
