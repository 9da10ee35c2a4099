"""Times of day as the viewer's clocks show them; an hour that comes twice is told apart."""

from datetime import datetime

from django.utils import timezone


def clock(moment: datetime, *, seconds: bool = True) -> str:
    """12:34:56, or 02:34:56 CEST where the clocks show that time twice."""
    local = timezone.localtime(moment)
    text = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    return f"{text} {local.tzname()}" if comes_twice(local) else text


def comes_twice(local: datetime) -> bool:
    """Whether the clocks of its zone show this time of day twice."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
