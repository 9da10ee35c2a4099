"""What notices say, in the language that is active."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.kinds import Kind
from notifications.models import Notice
from presence.models import Status
from presence.news import Act
from presence.words import label_of

Labels = Mapping[str, str]
"""What statuses are called, by code; lazy where that depends on the reader."""
Data = Mapping[str, Any]


@dataclass(frozen=True)
class Words:
    """A few words for a subject line, and a sentence."""

    title: str
    text: str


def labels() -> dict[str, str]:
    found = Status.objects.values_list("code", "label", "built_in")
    return {code: label_of(label, built_in=built_in) for code, label, built_in in found}


def words(notice: Notice, labels: Labels) -> Words:
    return _WORDS[Kind(notice.kind)](notice.data, labels)


def _mode(data: Data, labels: Labels) -> str:
    label = labels.get(data["status"] or "", data["status"] or "")
    reason = data.get("reason")
    return f"{label} – {reason}" if reason else label  # noqa: RUF001 - as people write it


def _missed_call(data: Data, _labels: Labels) -> Words:
    caller = data["caller"] or _("Unknown caller")
    return Words(_("Missed call"), " · ".join(filter(None, [caller, data["queue"]])))


def _supervisor(data: Data, labels: Labels) -> Words:
    by = data["by"]["name"] if data["by"] else _("Another system")
    said = {"by": by, "mode": _mode(data, labels)}
    match Act(data["act"]):
        case Act.SET_MODE if data["waits"]:
            text = _("%(by)s set %(mode)s for you. It applies when you are done.")
            return Words(_("A mode waits"), text % said)
        case Act.SET_MODE:
            return Words(_("Your mode was set"), _("%(by)s set you to %(mode)s.") % said)
        case Act.CANCEL_PENDING:
            text = _("%(by)s cancelled %(mode)s, which was waiting.")
            return Words(_("Pending mode cancelled"), text % said)
        case Act.END_WRAP_UP:
            return Words(_("Wrap-up ended"), _("%(by)s ended your wrap-up.") % said)
        case Act.RESET_CALL:
            return Words(_("Call ended"), _("%(by)s ended a call that still showed.") % said)
        case Act.LOG_OUT:
            return Words(_("You were logged out"), _("%(by)s logged you out.") % said)


def _pending_applied(data: Data, labels: Labels) -> Words:
    title = _("%(mode)s applies now") % {"mode": _mode(data, labels)}
    return Words(title, _("It waited until you were done."))


def _over_long(data: Data, labels: Labels) -> Words:
    said = {"mode": _mode(data, labels), "span": _span(data["seconds"])}
    if data["level"] == "critical":
        return Words(
            _("%(mode)s: far over") % said, _("It has lasted longer than %(span)s.") % said
        )
    return Words(_("%(mode)s: over") % said, _("It has lasted longer than %(span)s.") % said)


def _idle(data: Data, labels: Labels) -> Words:
    said = {"mode": labels.get(data["then"], data["then"])}
    return Words(_("Are you there?"), _("Without a sign of you, %(mode)s follows soon.") % said)


def _span(seconds: int) -> str:
    if seconds < 60:
        return ngettext("%d second", "%d seconds", seconds) % seconds
    minutes = seconds // 60
    return ngettext("%d minute", "%d minutes", minutes) % minutes


_WORDS: dict[Kind, Callable[[Data, Labels], Words]] = {
    Kind.MISSED_CALL: _missed_call,
    Kind.SUPERVISOR: _supervisor,
    Kind.PENDING_APPLIED: _pending_applied,
    Kind.OVER_LONG: _over_long,
    Kind.IDLE: _idle,
}
