"""Secrets that the database keeps sealed: the keys that open them are not in it."""

from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Cast

_M = TypeVar("_M", bound=models.Model)


class CannotOpen(ValueError):
    """None of SEALING_KEYS opens what is kept."""

    def __init__(self) -> None:
        super().__init__("None of SEALING_KEYS opens this secret. Give the key that sealed it.")


def seal(text: str) -> str:
    """`text` as it is kept: sealed by the first key. What is empty stays so."""
    return _keys().encrypt(text.encode()).decode() if text else ""


def unseal(kept: str) -> str:
    """What was sealed by any of the keys. Raises `CannotOpen`."""
    try:
        return _keys().decrypt(kept.encode()).decode() if kept else ""
    except InvalidToken:
        raise CannotOpen from None


def reseal(kept: str) -> str:
    """The same, sealed by the first key. Raises `CannotOpen`."""
    return seal(unseal(kept))


class SealedField(models.TextField):  # type: ignore[type-arg] # it takes none when it runs
    """Text that is kept sealed. It cannot be searched by."""

    def get_prep_value(self, value: Any) -> Any:
        return seal(str(value)) if value is not None else None

    def from_db_value(self, value: str | None, *_args: Any) -> str | None:
        return unseal(value) if value is not None else None

    def get_lookup(self, lookup_name: str) -> Any:  # noqa: ARG002 - there is none by any name
        return None


class Unopened(models.Manager[_M]):
    """Opens a secret when it is asked for, so that one that cannot be opened is in the way of
    nothing else."""

    def get_queryset(self) -> models.QuerySet[_M]:
        columns = self.model._meta.concrete_fields
        sealed = (field.name for field in columns if isinstance(field, SealedField))
        return super().get_queryset().defer(*sealed)


def fields() -> Iterator[tuple[type[models.Model], str]]:
    """Every model with a sealed field, and the name of that."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, SealedField):
                yield model, field.name


def kept(model: type[models.Model], name: str) -> list[tuple[Any, str]]:
    """The primary key of each row, and the secret as it is kept."""
    rows = model._default_manager.annotate(_kept=Cast(name, models.TextField()))
    return list(rows.values_list("pk", "_kept"))


def keep(model: type[models.Model], name: str, pk: Any, was: str, now: str) -> bool:
    """Put `now` in the place of `was`, unless it was changed meanwhile; gives whether it did."""
    rows = model._default_manager.annotate(_kept=Cast(name, models.TextField()))
    sealed = models.Value(now, output_field=models.TextField())
    same = rows.filter(pk=pk, _kept=was)
    return bool(same.update(**{name: Cast(sealed, models.TextField())}))


def _keys() -> MultiFernet:
    return _from(tuple(settings.SEALING_KEYS))


@cache
def _from(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
