"""Play recordings of an Asterisk's manager interface through the connector's translator."""

from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from routing.connectors.asterisk.recording import Entry, Problem, find_origin, read
from routing.connectors.asterisk.translator import Translator
from routing.intake import Intake
from routing.provision import Provision
from routing.replay import Player
from routing.timeline import Timeline

SOURCE = "asterisk"


def _seconds(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text!r} is no whole number of seconds")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0
    if not 0 < speed <= 10_000:
        raise ArgumentTypeError(f"{text!r} is no speed; 1 is as recorded, 10 ten times as fast")
    return speed


class Command(BaseCommand):
    help = "Play recordings of an Asterisk's manager interface, in the order they were recorded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument(
            "--create", action="store_true", help="make the agents and queues of its QueueStatus"
        )
        parser.add_argument(
            "--wrap-up", type=_seconds, metavar="SECONDS", help="their wrap-up (default 0)"
        )
        pace = parser.add_mutually_exclusive_group()
        pace.add_argument("--speed", type=_speed, default=1.0, help="times as fast as recorded")
        pace.add_argument(
            "--instant", action="store_true", help="apply at once, on the recording's own clock"
        )
        parser.add_argument(
            "--timeline", action="store_true", help="print each change of what shows as JSON"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["wrap_up"] is not None and not options["create"]:
            raise CommandError("--wrap-up sets what --create makes; give both.")
        recordings = [self._read(path) for path in options["files"]]
        playable = [recording for recording in recordings if recording.entries]
        try:
            for recording in sorted(playable, key=lambda recording: recording.recorded):
                self._play(recording, options)
        except DatabaseError as error:
            raise CommandError(f"The database fails: {error}. Is it migrated?") from error
        if len(playable) < len(recordings):
            useless = ", ".join(str(r.path) for r in recordings if not r.entries)
            raise CommandError(f"No recording: {useless}")

    def _read(self, path: Path) -> "_File":
        items = list(read(path))
        for item in items:
            if isinstance(item, Problem):
                self._say(f"{path}:{item.line}" if item.line else str(path), item.sentence)
        entries = [item for item in items if isinstance(item, Entry)]
        problems = sum(1 for item in items if isinstance(item, Problem))
        return _File(path, entries, problems, find_origin(items))

    def _play(self, recording: "_File", options: dict[str, Any]) -> None:
        translator, intake = Translator(), Intake(SOURCE)
        provision = Provision(options["wrap_up"]) if options["create"] else None
        timeline = Timeline(self.stdout) if options["timeline"] else None
        player = Player(translator, intake, provision, timeline)
        if options["instant"]:
            player.play_instantly(recording.entries, recording.origin)
        else:
            player.play_live(recording.entries, recording.origin, options["speed"])
        self._name_unknown(recording, translator.unknown)
        self._sum_up(recording, translator, intake)

    def _name_unknown(self, recording: "_File", unknown: Counter[str]) -> None:
        """Name each event that nobody has heard of where it first stands."""
        first: dict[str, int] = {}
        for entry in recording.entries:
            first.setdefault(entry.message.event, entry.line)
        for name, count in sorted(unknown.items()):
            times = f", {count} times" if count > 1 else ""
            self._say(f"{recording.path}:{first[name]}", f"Unknown event {name}{times}; ignored.")

    def _sum_up(self, recording: "_File", translator: Translator, intake: Intake) -> None:
        counts = [f"{len(recording.entries)} messages"]
        counts += [f"{number} events {result}" for result, number in intake.outcomes.items()]
        counts += [
            f"{number} {what}"
            for number, what in (
                (recording.problems, "lines not understood"),
                (translator.unknown.total(), "unknown events"),
            )
            if number
        ]
        self._say(str(recording.path), f"{', '.join(counts)}.")
        if intake.unmatched:
            names = ", ".join(sorted(intake.unmatched))
            self._say(str(recording.path), f"Nobody here has: {names}. --create makes them.")

    def _say(self, where: str, sentence: str) -> None:
        self.stderr.write(f"{where}: {sentence}")


@dataclass(frozen=True)
class _File:
    """A recording as read; `origin` is the moment at which its `t` is 0, where it tells."""

    path: Path
    entries: list[Entry]
    problems: int
    origin: datetime | None

    @property
    def recorded(self) -> datetime:
        return self.origin or datetime.max.replace(tzinfo=UTC)
