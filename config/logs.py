"""How the log is written."""

import logging
import re

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


class OneLine(logging.Formatter):
    """An entry is one line, whatever strangers put into it, so that none can be made up; what
    follows is a traceback."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        said = super().formatMessage(record)
        return _CONTROL.sub(lambda found: repr(found[0])[1:-1], said)
