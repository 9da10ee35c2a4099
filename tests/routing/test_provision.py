"""A floor may begin with what its telephony system reports."""

import pytest

from presence.models import Agent
from routing.models import Queue, RingGroup
from routing.provision import Provision
from routing.reports import MemberSeen, QueueSeen
from tests.factories import at, make_queue, make_user, row_of

pytestmark = pytest.mark.django_db


def member(name: str, address: str, queue: str = "support") -> MemberSeen:
    return MemberSeen(at=at(1), id=f"{queue}:{address}", queue=queue, address=address, name=name)


def test_a_member_becomes_an_agent_who_is_available() -> None:
    Provision().take(member("Alice", "PJSIP/1001"))
    agent = Agent.objects.get()
    assert (agent.name, agent.presence_policy) == ("Alice", "telephony")
    assert row_of(agent).shown_status_id == "available"
    assert not agent.user.has_usable_password()


def test_a_member_of_two_queues_is_one_agent() -> None:
    provision = Provision()
    provision.take(member("Alice", "PJSIP/1001"))
    provision.take(member("Alice", "PJSIP/1001", "sales"))
    assert Agent.objects.count() == 1


def test_two_members_of_one_name_are_two_agents() -> None:
    make_user("alice")
    provision = Provision()
    provision.take(member("Alice", "PJSIP/1001"))
    provision.take(member("Alice", "PJSIP/1002"))
    names = sorted(agent.user.username for agent in Agent.objects.all())
    assert names == ["alice-2", "alice-3"]


def test_a_nameless_member_goes_by_the_address() -> None:
    Provision().take(member("", "PJSIP/1001"))
    assert Agent.objects.get().name == "PJSIP/1001"


def test_a_queue_gets_a_ring_group_with_the_wrap_up_asked_for() -> None:
    Provision(wrap_up=4).take(QueueSeen(at=at(0), id="q", queue="support"))
    assert Queue.objects.get().name == "support"
    assert RingGroup.objects.get().wrap_up_seconds == 4


def test_one_who_left_is_not_made() -> None:
    gone = MemberSeen(at=at(1), id="m", queue="q", address="a", name="Alice", present=False)
    Provision().take(gone)
    assert not Agent.objects.exists()


def test_a_queue_that_is_there_keeps_its_wrap_up_unless_told_otherwise() -> None:
    make_queue("support", wrap_up=45)
    seen = QueueSeen(at=at(0), id="q", queue="support")
    Provision().take(seen)
    assert RingGroup.objects.get().wrap_up_seconds == 45
    Provision(wrap_up=0).take(seen)
    assert RingGroup.objects.get().wrap_up_seconds == 0
