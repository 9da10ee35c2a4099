"""Sealing what was kept in plain words, and opening it again on the way back."""

from collections.abc import Callable
from typing import Any

from django.db import migrations

from presence.sealing import seal, unseal


def sealed(app: str, *fields: tuple[str, str]) -> migrations.RunPython:
    """Seals these fields of these models of `app`, while they are still plain text."""

    def each(change: Callable[[str], str]) -> Callable[[Any, Any], None]:
        def run(apps: Any, _schema: Any) -> None:
            for model_name, field in fields:
                model = apps.get_model(app, model_name)
                for pk, value in model.objects.values_list("pk", field):
                    model.objects.filter(pk=pk).update(**{field: change(value)})

        return run

    return migrations.RunPython(each(seal), each(unseal))
