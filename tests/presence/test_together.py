"""What threads ask for at once is done together, and each gets their own answer."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from presence.together import MOST, Together


class Doing:
    """Work whose first piece lasts until it is let go; it knows what each piece was."""

    def __init__(self) -> None:
        self.pieces: list[list[int]] = []
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, asked: Sequence[int]) -> list[int]:
        self.pieces.append(list(asked))
        self.begun.set()
        assert self.go.wait(10)
        if 0 in asked:
            raise ZeroDivisionError
        return [100 // number for number in asked]


def _ask(doing: Doing, numbers: Sequence[int]) -> list[Callable[[], int]]:
    """Ask for the first number, and for the others while that is being worked on."""
    together = Together(doing)
    pool = ThreadPoolExecutor(len(numbers))
    asked: list[Future[int]] = []
    for place, number in enumerate(numbers):
        asked.append(pool.submit(together, number))
        assert doing.begun.wait(10)
        while len(together._line) < place:
            threading.Event().wait(0.0001)  # until it stands in line
    doing.go.set()
    pool.shutdown()
    return [future.result for future in asked]


def test_what_queued_up_is_the_next_piece_of_work_in_its_order() -> None:
    doing = Doing()
    assert [answer() for answer in _ask(doing, (1, 2, 4, 5))] == [100, 50, 25, 20]
    assert doing.pieces == [[1], [2, 4, 5]]


def test_who_fails_fails_alone() -> None:
    first, second, third, fourth = _ask(Doing(), (1, 2, 0, 4))
    assert (first(), second(), fourth()) == (100, 50, 25)
    with pytest.raises(ZeroDivisionError):
        third()


def test_a_piece_of_work_has_a_limit() -> None:
    doing = Doing()
    answers = _ask(doing, [1] * (MOST + 3))
    assert {answer() for answer in answers} == {100}
    assert [len(piece) for piece in doing.pieces] == [1, MOST, 2]


def test_afterwards_the_next_one_works_at_once() -> None:
    together = Together[int, int](list)
    assert [together(number) for number in (1, 2)] == [1, 2]
