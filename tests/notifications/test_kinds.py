"""What an agent wants is what they chose, and at first what is told on the screen."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifications.kinds import NOTED, SENDABLE, Channel, Kind, channels, wanted

ANY = st.dictionaries(st.sampled_from([k.value for k in Kind]), st.sets(st.sampled_from(Channel)))
MOMENT = timedelta(seconds=1)


def test_at_first_notices_are_shown_and_nothing_is_sent() -> None:
    for kind in Kind:
        assert wanted({}, kind) == {Channel.IN_APP, Channel.DESKTOP}


def test_a_kind_that_was_not_chosen_about_is_as_at_first() -> None:
    chosen = {Kind.MISSED_CALL.value: ["text", "of a later version"]}
    assert wanted(chosen, Kind.MISSED_CALL) == {Channel.TEXT}
    assert wanted(chosen, Kind.OVER_LONG) == {Channel.IN_APP, Channel.DESKTOP}


@given(chosen=ANY, kind=st.sampled_from(Kind), seconds=st.integers(0, 100_000))
def test_the_master_switch_silences_every_channel(
    chosen: dict[str, set[Channel]], kind: Kind, seconds: int
) -> None:
    assert not channels(chosen, kind, timedelta(seconds=seconds), off=True)


@given(chosen=ANY, kind=st.sampled_from(Kind))
def test_what_is_old_is_listed_but_not_sent(chosen: dict[str, set[Channel]], kind: Kind) -> None:
    choice = wanted(chosen, kind)
    assert channels(chosen, kind, SENDABLE, off=False) == choice
    listed = channels(chosen, kind, SENDABLE + MOMENT, off=False)
    assert listed == choice & {Channel.IN_APP}
    assert not channels(chosen, kind, NOTED + MOMENT, off=False)
