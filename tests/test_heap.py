"""The garbage collector leaves alone what a server keeps."""

import gc

from config import heap


def test_what_is_there_at_the_start_is_set_aside_and_the_rest_looked_at_less_often() -> None:
    before = gc.get_threshold()
    try:
        heap.settle()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_count()[0] < heap.YOUNG
        assert all(now >= then for now, then in zip(gc.get_threshold(), before, strict=True))
        assert gc.get_threshold() != before
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
