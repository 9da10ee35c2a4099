"""Kinds of values in requests, so that nothing reaches the database that it cannot hold."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from django.urls import register_converter
from django.urls.converters import IntConverter
from django.utils import timezone
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints

_LARGEST = 2**63 - 1


class Key(IntConverter):
    """A primary key in a path. A number that no database holds names nothing, so it is a 404."""

    regex = "[0-9]{1,18}"


register_converter(Key, "key")

AHEAD = timedelta(seconds=60)
BEHIND = timedelta(days=7)
"""How far the sender's clock may be ahead, and how late it may tell of something."""


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("Leave the NUL character out; a database stores none.")
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ValueError("Leave out what is half a character: a surrogate without its pair.")
    return text


_Text = Annotated[
    str, AfterValidator(_storable), Field(json_schema_extra={"pattern": r"^[^\x00]*$"})
]

Filter = Annotated[int, Field(ge=1, le=_LARGEST)]
"""A primary key in a query."""
Id = Annotated[int, Field(ge=1, le=_LARGEST, strict=True)]
"""A primary key in a body."""
Name = Annotated[_Text, StringConstraints(min_length=1, max_length=60)]
Address = Annotated[_Text, StringConstraints(min_length=1, max_length=120)]
Caller = Annotated[_Text, StringConstraints(max_length=80)]
EventId = Annotated[_Text, StringConstraints(min_length=1, max_length=200)]
Note = Annotated[_Text, StringConstraints(max_length=200)]
Priority = Annotated[int, Field(ge=-1000, le=1000, strict=True)]
Switch = Annotated[bool, Field(strict=True)]


def _written(value: Any) -> Any:
    if not isinstance(value, str) or "-" not in value:  # else pydantic reads a number as a time
        raise ValueError("Give the time as ISO 8601 text with its zone: 2026-03-02T09:00:00Z.")
    return value


def _about_now(at: datetime) -> datetime:
    now = timezone.now()
    if at > now + AHEAD:
        raise ValueError("That is in the future. Check the clock, or leave `at` out.")
    if at < now - BEHIND:
        raise ValueError("That is more than 7 days ago. Tell of what happens while it happens.")
    return at


Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_about_now)]
"""When something happened, if not now."""


class Named(Schema):
    """A code for programs with the words that screens show for it."""

    code: str
    label: str
