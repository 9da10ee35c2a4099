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


def test_changes_go_first_and_leave_time_for_some_of_those_who_came_back() -> None:
    line = waiting(*ALL)
    line.changed([2001, 2002])
    turn = line.take()
    assert turn.changed == {2001, 2002}
    assert turn.back == set(ALL[: turns.FEWEST])
    assert line


def test_more_changes_than_a_frame_has_room_for_wait_in_order() -> None:
    line = Turns()
    line.changed(ALL)
    assert line.take().changed == set(ALL[: turns.CHANGED])
    assert line.take().changed == set(ALL[turns.CHANGED : 2 * turns.CHANGED])


def test_who_waits_for_their_bar_is_told_of_with_it() -> None:
    line = waiting(1, 2)
    line.changed([2, 3])
    assert line.take() == Turn(changed=frozenset([3]), back=frozenset([1, 2]))
    assert not line
    line.changed([2])
    assert line.take().changed == {2}


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
    line.changed(ALL[500:])
    line.changed([2001])
    failed = line.take()
    line.give_back(failed)
    assert line.take() == failed
