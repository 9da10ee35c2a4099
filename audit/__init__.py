"""Who changed what, when and from where; and what was let go of."""
