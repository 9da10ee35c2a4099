"""Chance without long runs: cards are drawn in no order, and each comes in every round."""

import random
from collections.abc import Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class Deck(Generic[T]):
    """As many of each card as `cards` says, shuffled anew when all are drawn."""

    def __init__(self, chance: random.Random, cards: Mapping[T, int]) -> None:
        self._chance = chance
        self._cards = [card for card, number in cards.items() for _ in range(number)]
        self._left: list[T] = []

    def draw(self) -> T:
        if not self._left:
            self._left = self._chance.sample(self._cards, len(self._cards))
        return self._left.pop()
