"""What admins change reaches agents' states, and nothing that was chosen is undone."""

import pytest

from presence import actions
from presence.events import Choice, Choose, DeviceKind, DeviceSwitched, LogIn, LogOut
from presence.models import Agent, Reason, Status
from tests.factories import at, make_agent, make_reason, row_of

pytestmark = pytest.mark.django_db


def test_a_deactivated_agent_chooses_nothing_and_gets_nothing(ada: Agent) -> None:
    Agent.objects.filter(pk=ada.pk).update(active=False)
    for event in (Choose(at=at(1), choice=Choice("busy")), LogIn(at=at(2))):
        outcome = actions.apply(ada.pk, event)
        assert outcome.decision.refused
        assert outcome.decision.refused.code == "inactive"
    actions.refresh([ada.pk])
    assert (row_of(ada).may_receive, row_of(ada).why_not) == (False, "inactive")


def test_a_refresh_keeps_the_devices_that_the_agent_switched() -> None:
    ada = make_agent("Ada", mode="available", devices=[DeviceKind.WEBPHONE, DeviceKind.MOBILE])
    ada.devices.filter(kind="mobile").update(enabled=False)
    actions.apply(ada.pk, DeviceSwitched(at=at(1), device=DeviceKind.MOBILE, on=False))
    Status.objects.filter(pk="available").update(label="Ready")
    actions.refresh([ada.pk])
    assert row_of(ada).devices == ["webphone"]


def test_the_mode_that_a_log_in_restores_is_kept_from_being_deleted(ada: Agent) -> None:
    Agent.objects.filter(pk=ada.pk).update(login_policy="restore")
    lunch = make_reason()
    actions.apply(ada.pk, Choose(at=at(1), choice=Choice("on_break", lunch.pk)))
    actions.apply(ada.pk, LogOut(at=at(2)))
    with pytest.raises(Exception, match="protected"):
        Reason.objects.get(pk=lunch.pk).delete()
    actions.apply(ada.pk, LogIn(at=at(3)))
    assert row_of(ada).mode_reason_id == lunch.pk
