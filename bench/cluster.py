"""Rollcall on several machines, all of them this one: PostgreSQL, Redis, two web processes behind
nginx, a clock, and a connector that follows a pretend Asterisk.

    python -m bench.cluster                     a floor to look at, until Ctrl-C
    python -m bench.cluster --minutes 5         a load, and what it cost

The load posts changes of agents' modes at an even rate through nginx, while watchers look on; what
is measured stands in bench/cluster_load.py, and is written to bench/results/cluster.json.
"""

import argparse
import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from bench import results
from bench.board import PASSWORD, WATCHER
from bench.cluster_load import Wish, as_json, measure, table
from tests.ports import free_port
from tests.services import postgresql_server

ROOT = Path(__file__).resolve().parent.parent
WEBS = 2
TALKS = 24 * 3600  # seconds for which the pretend Asterisk has calls
CONNECT = """
from routing.models import Connector
from tests.routing.connectors.ami_server import SECRET, USER
Connector.objects.create(name="pretend Asterisk", port={port}, user=USER, secret=SECRET)
"""
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; {user}
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  map $http_upgrade $connection_upgrade {{ default upgrade; "" ""; }}
  upstream rollcall {{ {servers} keepalive 32; keepalive_timeout 60s; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    keepalive_requests 1000000;  # the load has eight connections for all its time
    location / {{
      proxy_pass http://rollcall;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_read_timeout 60s;
      proxy_buffering off;
    }}
  }}
}}
"""


@contextmanager
def part(*words: str, environment: Mapping[str, str]) -> Iterator[int]:
    """A process that is stopped afterwards; gives its id. What goes wrong it says."""
    process = subprocess.Popen(
        words, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass(frozen=True)
class Cluster:
    """`port` is where browsers and programs come in; `webs` are the ids of the web processes."""

    port: int
    webs: list[int]
    ticket: str


@contextmanager
def running(agents: int, folder: Path, *, talking: bool) -> Iterator[Cluster]:
    """All parts, over a new floor. Raises `SystemExit` where a server is not installed."""
    programs, redis = postgresql_server.programs(), shutil.which("redis-server")
    if programs is None or redis is None:
        raise SystemExit("bench.cluster needs PostgreSQL and Redis.")
    with ExitStack() as parts:
        url = parts.enter_context(postgresql_server.running(programs, hasty=False)).url
        redis_port = str(free_port())
        environment = {
            "DATABASE_URL": url,
            "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "SECRET_KEY": "bench",
            "LOG_LEVEL": "ERROR",
            "RUN_CLOCK": "false",
            "RUN_CONNECTORS": "false",
        }

        def begin(*words: str) -> int:
            return parts.enter_context(part(*words, environment=environment))

        options = ["--port", redis_port, "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        begin(redis, *options)
        made = subprocess.run(
            [sys.executable, "-m", "bench.floor", str(agents)],
            cwd=ROOT,
            env={**os.environ, **environment},
            check=True,
            capture_output=True,
            text=True,
        )
        _connect(parts, environment, talking=talking)
        ports = [free_port() for _ in range(WEBS)]
        serve = [sys.executable, "-m", "uvicorn", "bench.server:application", "--backlog", "4096"]
        # Longer than nginx keeps an idle connection, or it would now and then lose a request.
        serve += ["--timeout-keep-alive", "75", "--ws", "dashboard.wire:Wire"]
        serve += ["--log-level", "error", "--port"]
        webs = [begin(*serve, str(port)) for port in ports]
        begin(sys.executable, "manage.py", "run_clock")
        begin(sys.executable, "manage.py", "run_connectors")
        for port in ports:
            _wait_for(port)
        yield Cluster(_balance(begin, ports, folder), webs, made.stdout.strip())


def _connect(parts: ExitStack, environment: Mapping[str, str], *, talking: bool) -> None:
    """Begin a pretend Asterisk, and name it as a connector. Under load it has no calls: two cores
    have enough to do."""
    exchange = subprocess.Popen(
        [sys.executable, "-m", "bench.exchange", str(TALKS)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    parts.callback(exchange.wait)
    parts.callback(exchange.kill)
    assert exchange.stdin
    assert exchange.stdout
    code = CONNECT.format(port=int(exchange.stdout.readline()))
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True)
    if talking:
        exchange.stdin.write("\n")
        exchange.stdin.flush()


def _balance(begin: Callable[..., int], ports: list[int], folder: Path) -> int:
    """Put nginx before the web processes; gives its port, or the first one's without an nginx."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        print("There is no nginx here; the load goes to the first web process.")
        return ports[0]
    port, file = free_port(), folder / "nginx.conf"
    servers = " ".join(f"server 127.0.0.1:{one};" for one in ports)
    user = "user root;" if os.geteuid() == 0 else ""
    file.write_text(NGINX.format(folder=folder, port=port, servers=servers, user=user))
    begin(nginx, "-c", str(file), "-p", str(folder))
    _wait_for(port)
    return port


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{port}/login/", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"Nothing answers at port {port}.")


def load(wishes: list[Wish]) -> None:
    """One after the other, on the same cluster."""
    saved = []
    with (
        tempfile.TemporaryDirectory() as folder,
        running(wishes[0].agents, Path(folder), talking=False) as cluster,
    ):
        for wish in wishes:
            found = asyncio.run(measure(cluster.port, cluster.ticket, cluster.webs, wish))
            print(table(found), flush=True)
            saved.append(as_json(wish, found))
    results.save("cluster", saved)


def show(agents: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        running(agents, Path(folder), talking=True) as cluster,
    ):
        print(f"A cluster is at work at http://127.0.0.1:{cluster.port}/  (Ctrl-C stops it)")
        print(f"Sign in as {WATCHER} with the password {PASSWORD}.", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            print("The cluster stops.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, help="measure a load that lasts so long")
    parser.add_argument("--agents", type=int, help="10,000 under load, else 50")
    parser.add_argument(
        "--changes",
        type=float,
        nargs="+",
        default=[500.0, 130.0],
        help="changes a second, for each so many minutes",
    )
    parser.add_argument("--watchers", type=int, default=100)
    options = parser.parse_args()
    if options.minutes:
        agents = options.agents or 10_000
        rates = options.changes
        load([Wish(options.minutes, agents, rate, options.watchers) for rate in rates])
    else:
        show(options.agents or 50)


if __name__ == "__main__":
    main()
