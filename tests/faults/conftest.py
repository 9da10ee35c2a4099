"""One PostgreSQL, one Redis and one loaded Rollcall for all; a database and processes for each."""

import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.faults.cluster import Cluster
from tests.faults.proxy import Proxy
from tests.nursery import Nursery
from tests.services import postgresql_server
from tests.services.conftest import postgresql
from tests.services.postgresql_server import PostgresqlServer
from tests.services.redis_server import RedisServer

__all__ = ["postgresql"]

AGENTS = 20
MAKE = """
from pathlib import Path
from api import keys
from presence.events import DeviceKind, PhoneSeen
for n in range({agents}):
    agent = factories.make_agent(
        f"Agent {{n}}", presence="telephony", devices=[DeviceKind.SIP],
        connected=False, mode="available", start=timezone.now(),
    )
    apply(agent.pk, PhoneSeen(at=timezone.now(), logged_in=True))
factories.make_user("root", superuser=True)
Path({file!r}).write_text(keys.make("Changes", source="changes", supervise=True)[1])
"""


NOTES = """
SELECT agent_id, note FROM (
    SELECT agent_id, version, note FROM presence_interval
    UNION ALL SELECT agent_id, shown_version, shown_note FROM presence_agentstate
) shown WHERE note != '' ORDER BY agent_id, version
"""


@dataclass(frozen=True)
class Network:
    """What stands between Rollcall and the servers that it needs."""

    sql: Proxy
    redis: Proxy


@pytest.fixture(scope="session")
def network(postgresql: PostgresqlServer, _redis: RedisServer) -> Iterator[Network]:
    with (
        closing(Proxy(postgresql.port)) as sql,
        closing(Proxy(_redis.port)) as redis,
    ):
        yield Network(sql, redis)


@pytest.fixture(scope="session")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with how many seconds every process's clock is fast."""
    file = tmp_path_factory.mktemp("clock") / "seconds"
    file.write_text("0")
    return file


@pytest.fixture(scope="session")
def loaded(network: Network, clock: Path) -> Iterator[Nursery]:
    with closing(
        Nursery(
            DATABASE_URL=f"postgres://rollcall@127.0.0.1:{network.sql.port}/postgres",
            REDIS_URL=f"redis://127.0.0.1:{network.redis.port}/0",
            RUN_CLOCK="false",
            RUN_CONNECTORS="false",
            LEASE_SECONDS="4",
            TEST_CLOCK=str(clock),
        )
    ) as nursery:
        yield nursery


@pytest.fixture(scope="session")
def template(postgresql: PostgresqlServer) -> str:
    return postgresql_server.template(postgresql.url)


@dataclass(frozen=True)
class Floor:
    """A cluster with agents at work, and a key to change their modes with."""

    cluster: Cluster
    agents: list[int]
    key: str

    def has(self, done: Mapping[int, list[str]]) -> None:
        """What was answered as done is in the history: once, and in its order. By agent, notes."""
        shown = defaultdict(list)
        for agent, note in self.cluster.ask(NOTES):
            shown[agent].append(note)
        assert shown == done


@pytest.fixture
def database(request: pytest.FixtureRequest, postgresql: PostgresqlServer, template: str) -> str:
    """The name of a database of the test's own."""
    name = f"faults_{zlib.crc32(request.node.name.encode())}"
    with psycopg.connect(postgresql.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    return name


@pytest.fixture
def redis_server(_redis: RedisServer) -> Iterator[RedisServer]:
    """The cluster's Redis, at work."""
    _redis.start().close()
    yield _redis
    _redis.stop()


@pytest.fixture
def floor(
    tmp_path: Path,
    postgresql: PostgresqlServer,
    database: str,
    loaded: Nursery,
    redis_server: RedisServer,
) -> Iterator[Floor]:
    url = f"postgres://rollcall@127.0.0.1:{postgresql.port}/{database}"
    with closing(Cluster(tmp_path, loaded, database, url)) as cluster:
        file = tmp_path / "key"
        cluster.do(MAKE.format(agents=AGENTS, file=str(file)))
        ids = cluster.ask("SELECT id FROM presence_agent ORDER BY 1")
        yield Floor(cluster, [agent for (agent,) in ids], file.read_text())
