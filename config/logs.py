"""How the log is written: for people a line each, or for machines a JSON object each."""

import logging
import re
from typing import Any

import structlog
from structlog.contextvars import get_contextvars, merge_contextvars
from structlog.stdlib import ProcessorFormatter, add_log_level, add_logger_name

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


_ADMITS = re.compile(r"(?<=[?&]ticket=)[^\s&\"]+|(?<=/wall/)[^\s/?\"]+")


def discreet(record: logging.LogRecord) -> bool:
    """Leaves out, in lines about requests, what lets somebody in: the ticket of a socket, the link
    of a wallboard. It keeps every line."""
    if record.name.startswith(("uvicorn", "django")):
        record.msg, record.args = _ADMITS.sub("...", record.getMessage()), ()
    return True


class OneLine(logging.Formatter):
    """An entry is one line, whatever strangers put into it, so that none can be made up; what
    follows is a traceback. It ends with what is known of whose work it was."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        known = [f"{name}={value!r}" for name, value in get_contextvars().items()]
        said = " ".join([super().formatMessage(record), *known])
        return _CONTROL.sub(lambda found: repr(found[0])[1:-1], said)


def as_json() -> logging.Formatter:
    """A line is an object: `timestamp`, `level`, `logger`, `event`, whatever belongs to the event,
    what is known of whose work it was, and `exception` with the traceback."""
    return ProcessorFormatter(
        processors=[
            merge_contextvars,
            add_log_level,
            add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ]
    )


def to_formatter(style: str) -> list[Any]:
    """structlog's processors, whose last hands an entry to the formatter of that style."""
    if style == "json":
        return [ProcessorFormatter.wrap_for_formatter]
    return [
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(key_order=["event"]),
    ]
