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


def test_changes_go_first_batches_after_single_ones_and_leave_time_for_some_who_came_back() -> None:
    line = waiting(*ALL)
    line.changed(BATCH)
    line.changed([5001, 5002])
    turn = line.take()
    assert turn.alone == {5001, 5002}
    assert turn.together == set(BATCH[: turns.CHANGED - 2])
    assert turn.changed == turn.alone | turn.together
    assert turn.back == set(ALL[: turns.FIRST])
    assert line
    assert line.changes


def test_more_changes_than_a_frame_has_room_for_wait_in_order() -> None:
    line = Turns()
    for agent_id in ALL:
        line.changed([agent_id])
    assert line.take().alone == set(ALL[: turns.CHANGED])
    assert line.take().alone == set(ALL[turns.CHANGED : 2 * turns.CHANGED])


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


def test_what_could_not_be_read_is_first_in_line_again() -> None:
    line = waiting(*ALL)
    line.changed(BATCH)
    line.changed([5001])
    failed = line.take()
    line.give_back(failed)
    assert line.take() == failed
