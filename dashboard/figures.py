"""How a report's figures read: on the page, and in a sheet for programs."""

import math

from django.utils.formats import number_format

from reports.sheet import Unit, Value

NOTHING = "–"  # noqa: RUF001 - an en dash, as printed tables have it


def figure(value: Value, unit: Unit) -> str:
    """For people: 123:04:05, 1,234, 83.4%, 2.75. Each is rounded by itself, half of a step up."""
    if value is None:
        return NOTHING
    match unit:
        case Unit.TIME:
            return clock(value)
        case Unit.COUNT:
            return str(number_format(int(value), 0))
        case Unit.SHARE:
            return f"{number_format(_half_up(value * 1000) / 10, 1)}%"
        case Unit.LEVEL:
            return str(number_format(_half_up(value * 100) / 100, 2))


def clock(seconds: float) -> str:
    """Hours, minutes and seconds, however many hours."""
    minutes, second = divmod(_half_up(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}"


def plain(value: Value, unit: Unit) -> str:
    """For programs: whole seconds, and points whatever the language."""
    if value is None:
        return ""
    if unit in {Unit.TIME, Unit.COUNT}:
        return str(_half_up(value))
    return f"{value:.4f}"


def _half_up(number: float) -> int:
    return math.floor(number + 0.5 + 1e-9)


def no_formula(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return (
        f"'{text}" if text.lstrip().startswith(("=", "+", "-", "@")) or text[:1] in _BLANK else text
    )


_BLANK = ("\t", "\r", "\n")
