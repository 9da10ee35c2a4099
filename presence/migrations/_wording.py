"""Changes of names and other words of models, of which the database has nothing."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation


class Wording(SeparateDatabaseAndState):
    """Operations that touch no table. As they stand, Django makes all models anew for each of them:
    a quarter of a minute at the first start. What it has made is dropped, and made once, when it is
    asked for next."""

    def __init__(self, state_operations: Sequence[Operation]) -> None:
        super().__init__(state_operations=state_operations)

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # a cached property
        super().state_forwards(app_label, state)
