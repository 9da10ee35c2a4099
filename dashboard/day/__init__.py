"""An agent's day: what showed, calls, totals and who changed what, and its drawing on one axis."""
