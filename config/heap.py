"""What Python's garbage collector is told of a server: nearly all that it holds stays."""

import gc

YOUNG = 10_000
"""Objects that are made, and not freed, before those are looked through."""
OLDER = 10
"""Such looks before what has outlived one is looked through too."""
ALL = 100
"""Such looks before everything is: with thousands of rows that stops every thread for a quarter of
a second, which came several times while a floor's pages came back."""


def settle() -> None:
    """Set aside what is there by now, code above all, and look through the rest less often. Nearly
    everything is freed when the last name for it goes; only cycles have to be looked for."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, ALL)
