"""Run Rollcall on one machine: pages, sockets, clock, and the demo floor if asked for."""

import asyncio
import errno
import os
import signal
import socket
import sys
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

import uvicorn
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from api import keys
from api.models import ApiKey
from audit import origin
from dashboard.wire import Wire
from presence.models import Agent
from presence.tables import unapplied
from routing.demo import floor, lines, past
from routing.demo.pbx import Pbx
from routing.demo.simulator import Simulator

Player = Pbx | Simulator

LOOPBACK = ("127.0.0.1", "localhost", "::1")

_PING = 20  # seconds between WebSocket pings, and until an unanswered one ends the socket
_KEEP_ALIVE = 75  # seconds; a proxy before it must keep idle connections for less
_BACKLOG = 4096  # connections that may wait while a floor reconnects


class Command(BaseCommand):
    help = "Run Rollcall: pages, live sockets and the clock, in one process."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--demo", action="store_true", help="play a contact centre at work")
        parser.add_argument(
            "--no-past", action="store_true", help="begin the demo without two weeks of history"
        )
        parser.add_argument(
            "--no-migrate",
            action="store_true",
            help="leave the database as it is, as one of several processes does",
        )

    def handle(
        self,
        *_args: Any,
        host: str,
        port: int,
        demo: bool,
        no_past: bool,
        no_migrate: bool,
        **_options: Any,
    ) -> None:
        if demo and host not in LOOPBACK:
            raise CommandError(
                "The demo's passwords are known to all; it listens on this machine only. "
                "Run with DEMO=0 to let others in."
            )
        listening = _listen(host, port)
        if no_migrate:
            _need_migrated()
        else:
            call_command("migrate", verbosity=0, interactive=False)
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        players = self._demo(address, with_past=not no_past) if demo else ()
        if not demo and not no_migrate:
            self._first_admin()
        self._greet(f"{address}/", demo)
        config = uvicorn.Config(
            "config.asgi:application",
            log_config=None,  # the settings have it
            access_log=False,
            ws=Wire,
            ws_ping_interval=_PING,
            ws_ping_timeout=_PING,
            ws_per_message_deflate=False,  # for each socket anew; Wire does it once for all
            backlog=_BACKLOG,
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=3,
        )
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn raises it at its end
        with suppress(KeyboardInterrupt):
            _Server(config, players).run(sockets=[listening])
        self.stdout.write("Rollcall stopped.")

    def _demo(self, address: str, *, with_past: bool) -> tuple[Player, ...]:
        """Who plays the demo: its people, and a telephony system that comes in by the API."""
        played = Agent.objects.filter(devices__address__startswith=floor.PRETEND)
        if Agent.objects.exists() and not played.exists():
            raise CommandError(
                "This database has a floor of its own; the demo would stand among it. "
                "Run with DEMO=0, or name another DATABASE_URL."
            )
        demo = floor.build()
        if with_past:
            past.make(timezone.now())
        pbx = Pbx(address, _key(), floor.SOURCE, list(lines.NUMBERS))
        return pbx, Simulator(demo.simulated)

    def _first_admin(self) -> None:
        """Ask for the first admin where there is none."""
        if get_user_model().objects.filter(is_superuser=True).exists():
            return
        made = origin.acting(lambda: origin.by_command("serve"))
        if os.environ.get("DJANGO_SUPERUSER_USERNAME"):
            _check(os.environ.get("DJANGO_SUPERUSER_PASSWORD", ""))
            with made:
                call_command("createsuperuser", interactive=False, verbosity=0)
        elif sys.stdin.isatty():
            self.stdout.write("This is a new installation. Who is its first admin?")
            with made:
                call_command("createsuperuser")
        else:
            self.stdout.write(
                "This installation has no admin yet. Make one with "
                ".venv/bin/python manage.py createsuperuser"
            )

    def _greet(self, address: str, demo: bool) -> None:
        self.stdout.write(f"\nRollcall is at {address}  (Ctrl-C stops it)\n")
        if demo:
            self.stdout.write(
                f"\nA demo floor is at work. Sign in with the password {floor.PASSWORD} as\n"
                f"  {floor.SUPERVISOR:<12} to watch the Agent Monitor\n"
                f"  {floor.LEAD:<12} to watch it, limited to Sales\n"
                f"  {floor.AGENT:<12} to be one of the agents\n"
                f"  {floor.ADMIN:<12} to configure, at {address}admin/\n"
            )
        self.stdout.flush()


def _need_migrated() -> None:
    """Refuse a database that this version's code would stumble over."""
    try:
        left = unapplied()
    except DatabaseError as error:
        raise CommandError(f"The database cannot be used: {' '.join(str(error).split())}") from None
    if left:
        raise CommandError("The database is older than this version. Run manage.py migrate first.")
    connection.close()


def _check(password: str) -> None:
    """The command that makes an admin unasked takes any."""
    try:
        validate_password(password)
    except ValidationError as error:
        raise CommandError(
            "DJANGO_SUPERUSER_PASSWORD cannot be used. " + " ".join(error.messages)
        ) from None


class _Server(uvicorn.Server):
    """A server with players, who begin once it answers and stop while it still does."""

    def __init__(self, config: uvicorn.Config, players: tuple[Player, ...]) -> None:
        super().__init__(config)
        self._players = players

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for player in self._players:
            player.start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await asyncio.gather(*(asyncio.to_thread(player.stop) for player in self._players))
        await super().shutdown(sockets)


def _key() -> str:
    """An API key for the pretend telephony system, in place of the last run's; gives its text."""
    before = ApiKey.objects.filter(source=floor.SOURCE, revoked_at=None).first()
    key = before or ApiKey(name="The demo's telephony", source=floor.SOURCE, telephony=True)
    return keys.give_text(key)


def _listen(host: str, port: int) -> socket.socket:
    """The listening socket, taken first so that a port in use is said before anything is made."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OverflowError:
        listening.close()
        raise CommandError(f"There is no port {port}. The highest is 65535.") from None
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise CommandError(f"Port {port} is in use. Choose another with PORT=...") from None
        raise CommandError(f"Cannot listen on {host}:{port}: {error.strerror}.") from None
    return listening
