"""Whose turn it is: changes wait for nobody's page, and pages come back in portions."""

from dashboard import turns
from dashboard.turns import Turn, Turns

ALL = range(1, 1001)


def waiting(*agent_ids: int) -> Turns:
    """Pages of these agents have come back."""
    made = Turns()
    for agent_id in agent_ids:
        made.came_back(agent_id)
    return made


BATCH = range(2001, 3001)


def test_changes_go_first_then_batches_and_some_of_those_who_came_back() -> None:
    line = waiting(*ALL)
    line.changed(BATCH)
    line.changed([5001, 5002])
    turn = line.take()
    assert turn.alone == {5001, 5002}
    assert turn.together == set(BATCH[: turns.FIRST])
    assert turn.back == set(ALL[: turns.FEWEST])
    assert turn.changed == turn.alone | turn.together
    assert line
    assert line.changes


def test_a_batch_leaves_its_time_to_those_who_came_back() -> None:
    line = waiting(*ALL)
    line.changed(BATCH[:10])
    turn = line.take()
    assert turn.together == set(BATCH[:10])
    assert turn.back == set(ALL[: turns.FIRST - 10])
    assert not line.changes


def test_more_changes_than_a_frame_has_room_for_wait_in_order() -> None:
    line = Turns()
    for agent_id in ALL:
        line.changed([agent_id])
    assert line.take().alone == set(ALL[: turns.MOST])
    assert line.take().alone == set(ALL[turns.MOST : 2 * turns.MOST])


def test_who_waits_for_their_bar_is_told_of_with_it_when_a_batch_changed_them() -> None:
    line = waiting(1, 2)
    batch = range(2, 2 + turns.FEW + 1)
    line.changed(batch)
    assert line.take() == Turn(together=frozenset(batch) - {2}, back=frozenset([1, 2]))
    assert not line
    line.changed(batch)
    assert 2 in line.take().together


def test_one_who_changes_by_themselves_waits_for_nobodys_bar() -> None:
    line = waiting(*ALL)
    line.changed([1000])
    turn = line.take()
    assert turn.alone == {1000}
    assert 1000 not in turn.back


def test_a_slow_turn_leaves_the_next_time_for_fewer_but_never_for_none() -> None:
    line = waiting(*ALL)
    line.took(line.take(), 0)
    turn = line.take()
    assert len(turn.back) == turns.MOST
    line.took(turn, 2 * turns.LONG)
    turn = line.take()
    assert len(turn.back) == turns.MOST / 2
    line.took(turn, 100)
    assert len(line.take().back) == turns.FEWEST


def test_a_turn_of_nobody_who_can_wait_teaches_nothing() -> None:
    line = Turns()
    line.changed([1])
    line.took(line.take(), 100)
    line.changed(BATCH)
    assert len(line.take().together) == turns.FIRST


def test_what_could_not_be_read_is_first_in_line_again() -> None:
    line = waiting(*ALL)
    line.changed(BATCH)
    line.changed([5001])
    failed = line.take()
    line.give_back(failed)
    assert line.take() == failed
