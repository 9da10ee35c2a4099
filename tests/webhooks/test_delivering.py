"""Events reach endpoints: signed, in order, as often as it takes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from audit.models import Entry
from audit.words import Way
from presence.models import OutboxEvent
from presence.outbox import EventType
from tests.factories import at
from tests.webhooks.receiver import Received, Receiver, running
from tests.webhooks.world import make_endpoint, states, tell
from webhooks import deliveries, posting
from webhooks.courier import deliver_due
from webhooks.models import Delivery, Endpoint
from webhooks.retries import JITTER, PAUSES, next_attempt

pytestmark = pytest.mark.django_db


def refusing(*numbers: int, status: int = 500) -> Callable[[Received], int]:
    """Answers these events with an error, and all others well."""
    return lambda one: status if one.message["data"]["n"] in numbers else 204


def after(delivery: Delivery) -> float:
    """The seconds after which it is tried again."""
    delivery.refresh_from_db()
    assert delivery.due_at
    return (delivery.due_at - at()).total_seconds()


def test_a_message_arrives_signed_so_that_the_library_verifies_it(receiver: Receiver) -> None:
    endpoint = make_endpoint(receiver.url)
    tell(1)
    deliver_due(timezone.now())
    (one,) = receiver.received
    assert Webhook(endpoint.secret).verify(one.body, one.headers) == one.message
    assert one.headers["webhook-id"] == one.message["id"] == str(OutboxEvent.objects.get().uid)
    assert one.message["type"] == "agent.status_changed"
    assert states() == ["delivered"]
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint.secret).verify(one.body.replace("1", "2"), one.headers)


def test_after_a_rotation_both_secrets_verify_for_a_day(receiver: Receiver) -> None:
    endpoint = make_endpoint(receiver.url)
    old, now = endpoint.secret, timezone.now()
    endpoint.rotate(now)
    tell(1)
    deliver_due(now)
    (one,) = receiver.received
    assert old != endpoint.secret
    for secret in (old, endpoint.secret):
        Webhook(secret).verify(one.body, one.headers)
    assert endpoint.secrets(now + timedelta(days=1)) == [endpoint.secret]


def test_each_attempt_has_a_new_timestamp_and_signature_but_the_same_id(
    receiver: Receiver,
) -> None:
    make_endpoint(receiver.url)
    receiver.answer = refusing(1)
    tell(1)
    deliver_due(at())
    receiver.answer = refusing()
    deliver_due(at(10))
    first, second = (one.headers for one in receiver.received)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 10
    assert first["webhook-signature"] != second["webhook-signature"]


def test_an_endpoint_is_told_only_of_the_types_that_it_chose(receiver: Receiver) -> None:
    make_endpoint(receiver.url, EventType.OFFER_CREATED, EventType.OFFER_WITHDRAWN)
    tell(1)
    tell(2, kind=EventType.OFFER_CREATED)
    tell(3, kind=EventType.OFFER_WITHDRAWN)
    deliver_due(at())
    assert receiver.numbers() == [2, 3]


def test_a_later_event_about_a_subject_waits_for_the_earlier_one_and_others_go_on(
    receiver: Receiver,
) -> None:
    make_endpoint(receiver.url)
    receiver.answer = refusing(1)
    tell(1, "agent:1")
    tell(2, "agent:1")
    tell(3, "agent:2")
    tell(4, "agent:2")
    deliver_due(at())
    assert sorted(receiver.numbers()) == [1, 3, 4]
    tell(5, "agent:1")
    deliver_due(at(1))
    assert 5 not in receiver.numbers()
    receiver.received.clear()
    receiver.answer = refusing()
    deliver_due(at(10))
    assert receiver.numbers() == [1, 2, 5]


def test_pauses_between_attempts_grow_to_three_days_and_then_it_is_stuck(
    receiver: Receiver,
) -> None:
    make_endpoint(receiver.url)
    receiver.answer = refusing(1)
    tell(1)
    tell(2)
    now = at()
    for pause in PAUSES:
        deliver_due(now)
        due = Delivery.objects.order_by("position")[0].due_at
        assert due
        assert pause <= (due - now).total_seconds() <= pause * (1 + JITTER)
        now = due
        assert deliver_due(now - timedelta(seconds=1)) == 0
    assert timedelta(days=2.9) < now - at() < timedelta(days=3.7)
    deliver_due(now)
    assert states() == ["failed", "delivered"]
    stuck = Delivery.objects.get(state="failed")
    assert (stuck.attempts, stuck.status) == (len(PAUSES) + 1, 500)
    assert "500" in stuck.error


def test_what_failed_together_comes_back_apart() -> None:
    soonest, latest = (next_attempt(4, at(), chance) for chance in (0, 1))
    assert soonest == at(600)
    assert latest == at(600 * (1 + JITTER))


def test_a_target_that_is_down_loses_nothing() -> None:
    with running() as receiver:
        make_endpoint(receiver.url)
    for n in range(1, 6):
        tell(n, f"agent:{n % 2}", seconds=n)
        deliver_due(at(n))
    assert set(states()) == {"waiting"}
    assert "ConnectError" in Delivery.objects.exclude(error="")[0].error
    with running(receiver.port) as back:
        deliver_due(at(60))
        assert [n for n in back.numbers() if n % 2] == [1, 3, 5]
        assert [n for n in back.numbers() if n % 2 == 0] == [2, 4]
    assert set(states()) == {"delivered"}


def test_a_target_that_is_down_keeps_no_other_waiting(receiver: Receiver) -> None:
    with running() as gone:
        make_endpoint(gone.url)
    make_endpoint(receiver.url)
    tell(1)
    tell(2)
    deliver_due(at())
    assert receiver.numbers() == [1, 2]


def test_what_a_killed_process_held_is_sent_when_its_hold_runs_out(receiver: Receiver) -> None:
    endpoint = make_endpoint(receiver.url)
    tell(1)
    deliveries.take_in(at())
    (held,) = deliveries.hold(endpoint.pk, at())
    assert deliver_due(at(1)) == 0
    assert deliver_due(at() + deliveries.HOLD) == 1
    assert receiver.numbers() == [1]
    # Were the process only slow, what it has to say comes too late.
    deliveries.settle(endpoint.pk, [(held, posting.Answer(500, "late"))], at(90))
    assert states() == ["delivered"]


def test_who_was_killed_between_delivery_and_its_note_delivers_again(receiver: Receiver) -> None:
    endpoint = make_endpoint(receiver.url)
    tell(1)
    deliveries.take_in(at())
    deliveries.hold(endpoint.pk, at())
    deliver_due(at(120))
    deliver_due(at(240))
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1


def test_gone_deactivates_the_endpoint_and_keeps_what_waits(receiver: Receiver) -> None:
    endpoint = make_endpoint(receiver.url)
    receiver.answer = refusing(1, status=410)
    tell(1)
    tell(2)
    deliver_due(at())
    endpoint.refresh_from_db()
    assert not endpoint.active
    assert states() == ["failed", "waiting"]
    entry = Entry.objects.get()
    assert (entry.way, entry.who, entry.name) == (Way.ITSELF, "", endpoint.name)
    assert entry.changes == {"active": [True, False]}
    tell(3)
    assert deliver_due(at(1)) == 0
    Endpoint.objects.update(active=True)
    deliver_due(at(2))
    assert receiver.numbers() == [1, 2]


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 429, 503])
def test_anything_but_success_is_tried_again_and_a_redirect_is_not_followed(
    receiver: Receiver, status: int
) -> None:
    make_endpoint(receiver.url)
    receiver.answer = refusing(1, status=status)
    tell(1)
    deliver_due(at())
    assert [one.path for one in receiver.received] == ["/hook"]
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.status) == ("waiting", status)
    assert 5 <= after(delivery) <= 6


def test_a_retried_event_that_was_given_up_is_sent_at_once(receiver: Receiver) -> None:
    make_endpoint(receiver.url)
    receiver.answer = refusing(1, status=410)
    tell(1)
    deliver_due(at())
    Endpoint.objects.update(active=True)
    receiver.answer = refusing()
    assert deliveries.retry(Delivery.objects.all(), at(5)) == 1
    deliver_due(at(5))
    assert states() == ["delivered"]


def test_retrying_one_event_keeps_the_order_of_its_subject(receiver: Receiver) -> None:
    make_endpoint(receiver.url)
    receiver.answer = refusing(1)
    for n in (1, 2, 3):
        tell(n)
    deliver_due(at())
    receiver.received.clear()
    receiver.answer = refusing()
    deliveries.retry(Delivery.objects.filter(position=3), at(1))
    deliver_due(at(1))
    assert receiver.numbers() == [1, 2, 3]


def test_what_is_in_hand_is_not_sent_twice_though_it_is_retried(receiver: Receiver) -> None:
    endpoint = make_endpoint(receiver.url)
    tell(1)
    tell(2)
    deliveries.take_in(at())
    (held,) = deliveries.hold(endpoint.pk, at())
    deliveries.retry(Delivery.objects.all(), at(1))
    assert deliver_due(at(1)) == 0
    deliveries.settle(endpoint.pk, [(held, posting.Answer(204))], at(2))
    deliver_due(at(2))
    assert receiver.numbers() == [2]


def test_an_address_that_cannot_be_posted_to_harms_no_other(receiver: Receiver) -> None:
    Endpoint.objects.create(name="odd", url="http://[half")
    Endpoint.objects.create(name="older", url="ftp://host/")
    make_endpoint(receiver.url)
    tell(1)
    deliver_due(at())
    assert receiver.numbers() == [1]
    assert sorted(states()) == ["delivered", "waiting", "waiting"]
