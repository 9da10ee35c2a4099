"""What several threads ask for at once, done in one go by one of them."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")

MOST = 64
"""How much is done in one go: who comes first must not wait for too many."""


class Together(Generic[_Asked, _Answer]):
    """Hands what is asked for to `do`, in order: what queued up while it was at work is its next
    piece of work. `do` gives an answer for each.

    Where it fails for several, each is done by itself, so that nobody fails for another.
    """

    def __init__(self, do: Callable[[Sequence[_Asked]], Sequence[_Answer]]) -> None:
        self._do = do
        self._guard = threading.Lock()
        self._line: list[_Place[_Asked, _Answer]] = []
        self._busy = False

    def __call__(self, asked: _Asked) -> _Answer:
        """The answer to `asked`. Raises what `do` raises for it."""
        mine: _Place[_Asked, _Answer] = _Place(asked)
        with self._guard:
            self._line.append(mine)
            first, self._busy = not self._busy, True
        if not first:
            mine.called.wait()
        if not mine.answer.done():  # called to work, as the first in line
            self._work()
        return mine.answer.result()

    def _work(self) -> None:
        with self._guard:
            places, self._line = self._line[:MOST], self._line[MOST:]
        try:
            self._answer(places)
        finally:
            with self._guard:
                self._busy = bool(self._line)
                places += self._line[:1]
            for place in places:
                place.called.set()

    def _answer(self, places: Sequence["_Place[_Asked, _Answer]"]) -> None:
        try:
            answers = self._do([place.asked for place in places])
        except Exception as error:
            if len(places) == 1:
                places[0].answer.set_exception(error)
                return
            for place in places:
                self._answer([place])
            return
        for place, answer in zip(places, answers, strict=True):
            place.answer.set_result(answer)


class _Place(Generic[_Asked, _Answer]):
    """A place in the line."""

    def __init__(self, asked: _Asked) -> None:
        self.asked = asked
        self.answer: Future[_Answer] = Future()
        self.called = threading.Event()
