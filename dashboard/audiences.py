"""Who is told the same, and what they are told it by."""

from dashboard.editions import Audience, Edition
from dashboard.screens import ScreenEdition
from dashboard.sheets import Sheets
from dashboard.tickets import Ticket
from dashboard.wallboards import Wall

Watching = Audience | Wall
"""Monitors of one language and sight, or the screens of one wallboard."""
Told = Edition | ScreenEdition


def of(ticket: Ticket) -> Watching | None:
    """None for a page that is told of its own agent only."""
    return ticket.wall or (Audience(ticket.language, ticket.sight) if ticket.monitor else None)


def edition(watching: Watching, sheets: Sheets) -> Told:
    if isinstance(watching, Wall):
        return ScreenEdition(watching)
    return Edition(watching, sheets[watching.language])


def passing(watching: Watching) -> bool:
    """Whether it is forgotten when nobody watches, for others come in its place: languages stay."""
    return isinstance(watching, Wall) or watching.sight.limited
