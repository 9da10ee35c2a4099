"""Writers wait in line, and a transaction inside another is a part of it."""

import threading
from contextlib import closing

import pytest
from django.db import connection

from presence.models import Team
from presence.writing import FairLock, write


def _waiting(lock: FairLock, count: int) -> None:
    """Until `count` threads stand in line: asked again and again, not slept through."""
    while len(lock._waiting) < count:
        threading.Event().wait(0.0001)


def test_a_fair_lock_is_handed_on_in_the_order_it_was_asked_for() -> None:
    lock, order = FairLock(), list[int]()
    lock.acquire()

    def writer(number: int) -> None:
        lock.acquire()
        order.append(number)
        lock.release()

    threads = []
    for number in range(12):
        threads.append(threading.Thread(target=writer, args=(number,)))
        threads[-1].start()
        _waiting(lock, number + 1)
    assert order == []
    lock.release()
    for thread in threads:
        thread.join(5)
    assert order == list(range(12))


def test_a_fair_lock_is_free_again_after_the_last() -> None:
    lock = FairLock()
    for _ in range(3):
        lock.acquire()
        lock.release()
    assert not lock._held


def test_one_holds_a_fair_lock_at_a_time() -> None:
    lock, inside, most = FairLock(), list[int](), list[int]()

    def writer() -> None:
        for _ in range(50):
            lock.acquire()
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            lock.release()

    threads = [threading.Thread(target=writer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert max(most) == 1


@pytest.mark.usefixtures("committed")
def test_writers_at_once_all_get_their_turn() -> None:
    def writer(number: int) -> None:
        with closing(connection):
            for turn in range(5):
                with write():
                    Team.objects.create(name=f"{number}-{turn}")

    threads = [threading.Thread(target=writer, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert Team.objects.count() == 40


@pytest.mark.usefixtures("committed")
def test_a_writer_who_fails_lets_the_next_one_in_and_leaves_nothing() -> None:
    def failing() -> None:
        with write():
            Team.objects.create(name="never")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    with write(), write():
        Team.objects.create(name="after")
    assert list(Team.objects.values_list("name", flat=True)) == ["after"]
