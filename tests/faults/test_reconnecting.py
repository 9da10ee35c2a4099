"""What stands between the pages and the servers starts again, and everybody comes back at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

from websockets.sync.client import ClientConnection

from tests.faults.conftest import Floor
from tests.faults.pages import open_page, tickets
from tests.faults.proxy import Proxy
from tests.faults.test_killed import CONNECTED
from tests.ports import free_port
from tests.waiting import until

TABS = 15  # of each agent: three hundred sockets, which is what a test can hold in threads
CHANGED = "SELECT agent_id, version FROM presence_interval UNION SELECT agent_id, shown_version "
CHANGED += "FROM presence_agentstate ORDER BY 1, 2"


def test_e14_a_proxy_that_starts_again_changes_nobodys_status(floor: Floor) -> None:
    port = free_port()
    url = floor.cluster.web(port)
    floor.cluster.clock()
    wanted = list(tickets(floor).values()) * TABS
    with closing(Proxy(port)) as proxy:
        with everybody(proxy.port, wanted):
            until(lambda: len(floor.cluster.ask(CONNECTED)) == len(floor.agents))
            before = floor.cluster.ask(CHANGED)
            proxy.cut()
        proxy.mend()
        with everybody(proxy.port, wanted) as sockets:
            until(lambda: len(floor.cluster.ask(CONNECTED)) == len(floor.agents))
            assert all(socket.recv(timeout=20) for socket in sockets)
            floor.cluster.prove(url)
            assert floor.cluster.ask(CHANGED) == before


@contextmanager
def everybody(port: int, wanted: list[str]) -> Iterator[list[ClientConnection]]:
    """All of them connect at once."""
    with ExitStack() as stack, ThreadPoolExecutor(50) as pool:
        yield list(pool.map(lambda ticket: stack.enter_context(open_page(port, ticket)), wanted))
