"""Long lists in pages: a cursor names the last row given, so that new rows shift nothing."""

import base64
import binascii
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from api.problems import Problem

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")

_DIGITS = 18  # a larger number is no primary key


class Paging(Schema):
    limit: Annotated[int, Field(ge=1, le=200, description="How many at most.")] = 50
    cursor: Annotated[
        str, Field(description="From the `next` of the page before; empty for the first.")
    ] = ""


class Page(Schema, Generic[Item]):
    """`next` is the address of the next page, filters and all; null on the last."""

    items: list[Item]
    next: str | None


def page(
    request: HttpRequest,
    rows: QuerySet[Row],
    paging: Paging,
    show: Callable[[Row], Any],
    *,
    newest_first: bool = False,
) -> dict[str, Any]:
    """One page of `rows` by primary key. Raises `Problem` for a cursor that is none."""
    if paging.cursor:
        after = _decode(paging.cursor)
        rows = rows.filter(pk__lt=after) if newest_first else rows.filter(pk__gt=after)
    found = list(rows.order_by("-pk" if newest_first else "pk")[: paging.limit + 1])
    shown, more = found[: paging.limit], len(found) > paging.limit
    return {
        "items": [show(row) for row in shown],
        "next": _address(request, shown[-1].pk) if more else None,
    }


def _address(request: HttpRequest, last: int) -> str:
    query = request.GET.copy()
    query["cursor"] = base64.urlsafe_b64encode(str(last).encode()).decode().rstrip("=")
    return f"{request.path}?{query.urlencode()}"


def _decode(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    if not text.isdecimal() or len(text) > _DIGITS:
        sentence = "That cursor is none that was given. Begin without one."
        raise Problem(422, "invalid_cursor", sentence)
    return int(text)
