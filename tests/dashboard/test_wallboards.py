"""Wallboards: a link opens one until it is revoked, and who may make and revoke them."""

import pytest
from django.core import signing
from django.db import IntegrityError
from django.utils import timezone

from dashboard import tickets, wallboards
from dashboard.models import Wallboard
from tests import factories

pytestmark = pytest.mark.django_db


def make_board(name: str = "Hall") -> tuple[Wallboard, str]:
    board = Wallboard(name=name)
    return board, wallboards.give_link(board)


def test_a_link_is_256_random_bits_of_which_only_the_hash_is_kept() -> None:
    board, token = make_board()
    assert len(token) == 43
    assert token not in str(Wallboard.objects.values().get())
    assert wallboards.find(token) == board
    assert wallboards.find(token[:-1]) is None


def test_a_screens_ticket_survives_its_journey() -> None:
    board, _ = make_board()
    board.teams.add(factories.make_team())
    board.queues.add(factories.make_queue(), factories.make_queue())
    (wall,) = wallboards.current([board.pk])
    ticket = tickets.for_screen(wall)
    assert tickets.accept(tickets.issue(ticket)) == ticket


@pytest.mark.parametrize("wall", [{"id": 1}, {"teams": 1, "queues": 1}, [1], "wall"])
def test_another_versions_screen_ticket_is_refused(wall: object) -> None:
    content = {"user": None, "agent": None, "monitor": False, "language": "en", "wall": wall}
    assert tickets.accept(signing.dumps(content, salt=tickets._SALT)) is None


def test_two_boards_that_are_open_have_two_names() -> None:
    board, _ = make_board("Hall")
    wallboards.revoke(board, timezone.now())
    make_board("hall")
    with pytest.raises(IntegrityError, match="wallboard_name_once"):
        make_board("HALL")
