"""What people read of an alert, in their language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.kinds import Kind
from presence.words import label_of


def sentence(kind: Kind, about: Mapping[str, Any]) -> str:
    """What is wrong, without its subject and how long it has been so."""
    match kind:
        case Kind.LONG_STATUS:
            label = label_of(about.get("label", ""), built_in=about.get("built_in", False))
            shown = " – ".join(str(part) for part in (label, about.get("reason")) if part)  # noqa: RUF001
            return _("%(status)s for too long") % {"status": shown}
        case Kind.GAP:
            return _("Nobody is ready")
        case Kind.FEW_READY:
            least = about.get("at_least", 1)
            few = ngettext("Fewer than %(least)d is ready", "Fewer than %(least)d are ready", least)
            return few % {"least": least}
        case Kind.LONG_WAIT:
            return _("A caller waits too long")
        case Kind.SERVICE_LEVEL:
            return _("Service level is under %(percent)s %%") % {"percent": about.get("percent")}
        case Kind.LINK_LOST:
            return _("The telephony is not connected")
        case Kind.CONNECTION_LOST:
            return _("On a call, connection lost")
        case Kind.DEAD_CALL:
            return _("The caller hung up, the line is still open")


def of_agents(kind: Kind, count: int) -> str:
    """What is wrong with so many agents, none of whom is named."""
    match kind:
        case Kind.LONG_STATUS:
            told = ngettext(
                "%(count)d agent too long in one status",
                "%(count)d agents too long in one status",
                count,
            )
        case Kind.CONNECTION_LOST:
            told = ngettext(
                "%(count)d agent on a call lost the connection",
                "%(count)d agents on a call lost the connection",
                count,
            )
        case Kind.DEAD_CALL:
            told = ngettext(
                "%(count)d line still open after the caller hung up",
                "%(count)d lines still open after the caller hung up",
                count,
            )
        case _:
            told = ngettext("alert about %(count)d agent", "alerts about %(count)d agents", count)
    return told % {"count": count}
