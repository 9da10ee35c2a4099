"""A floor of two teams, for tests of who sees what: Ada of Blue serves Sales; Bob of Crimson, whose
names stand nowhere else on a page, serves Sales and Support."""

import pytest

from presence.models import Agent, Team
from routing.models import Queue
from tests.factories import make_agent, make_queue, make_team


@pytest.fixture
def blue(db: None) -> Team:
    return make_team("Blue")


@pytest.fixture
def ada(blue: Team) -> Agent:
    return make_agent("Ada", mode="available", team=blue)


@pytest.fixture
def bob(db: None) -> Agent:
    return make_agent("Bob Whitfield", mode="available", team=make_team("Crimson"))


@pytest.fixture
def sales(ada: Agent, bob: Agent) -> Queue:
    return make_queue("Sales", members=[ada, bob], rollcall=True)


@pytest.fixture
def support(bob: Agent) -> Queue:
    return make_queue("Support", members=[bob], rollcall=True)
