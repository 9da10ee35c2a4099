"""Rows that are written once. Corrections are new rows."""

from typing import Any, NoReturn, TypeVar

from django.db import models

_Row = TypeVar("_Row", bound=models.Model)


class InsertOnlyRows(models.QuerySet[_Row]):
    """Rows that are written once, for whoever would change many at a time."""

    def update(self, **_kwargs: Any) -> NoReturn:
        raise TypeError("History is only inserted.")

    def delete(self) -> NoReturn:
        raise TypeError("History is never deleted.")


class InsertOnly(models.Model):
    """A row that is written once. Corrections are new rows."""

    objects = InsertOnlyRows.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("History is only inserted.")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError("History is never deleted.")
