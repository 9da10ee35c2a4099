"""The built-in status catalogue (SPEC section 2) and the vocabularies that other products taught
their users."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BuiltIn:
    """One row of the catalogue as it is made. Admins may rename, recolour and reorder it."""

    code: str
    label: str
    colour: str
    icon: str
    workforce: str
    system: bool = False
    inbound: bool = False
    outbound: bool = True
    reasons: str = "none"


CATALOGUE = (
    BuiltIn("available", "Available", "green", "check", "ready", inbound=True),
    BuiltIn("busy", "Busy", "red", "minus", "withdrawn"),
    BuiltIn("on_break", "On Break", "yellow", "cup", "withdrawn", reasons="optional"),
    BuiltIn("do_not_disturb", "Do Not Disturb", "red", "moon", "withdrawn"),
    BuiltIn(
        "back_office",
        "BackOffice - Administrative",
        "violet",
        "folder",
        "withdrawn",
        reasons="optional",
    ),
    BuiltIn(
        "outgoing",
        "Handling - Outgoing Interactions",
        "blue",
        "phone-out",
        "withdrawn",
        reasons="optional",
    ),
    BuiltIn("offline", "Offline", "grey", "power", "absent"),
    BuiltIn("ringing", "Ringing (Offered)", "light-blue", "bell", "engaged", True, outbound=False),
    BuiltIn("on_call", "On Call (Busy)", "light-blue", "phone", "engaged", True, outbound=False),
    BuiltIn("wrap_up", "Wrap-Up", "yellow", "pen", "engaged", True, outbound=False),
    BuiltIn("no_answer", "No Answer", "orange", "missed", "withdrawn", True),
    BuiltIn("outbound_only", "Outbound Calls Only", "violet", "phone-out", "withdrawn", True),
)


@dataclass(frozen=True)
class Word:
    """What a vocabulary makes of one built-in status. `None` keeps what the catalogue says."""

    label: str | None = None
    reasons: str | None = None


@dataclass(frozen=True)
class Vocabulary:
    """The words of a product that teams come from: labels, selectable statuses, login policy.

    `selectable` maps the codes that agents may choose to their words; the other manual statuses
    become derived. `derived` relabels statuses that are not chosen.
    """

    title: str
    login: str
    selectable: dict[str, Word]
    derived: dict[str, Word]


VOCABULARIES = {
    "talk": Vocabulary(
        "Talk: Offline, Available, Busy, On Break",
        "offline",
        {"offline": Word(), "available": Word(), "busy": Word(), "on_break": Word()},
        {},
    ),
    "distribution": Vocabulary(
        "Distribution: Ready, Withdrawn with a reason, Not Available",
        "restore",
        {
            "available": Word("Ready"),
            "on_break": Word("Withdrawn", reasons="required"),
            "offline": Word("Not Available"),
        },
        {},
    ),
    "webphone": Vocabulary(
        "Webphone: Available and Do Not Disturb, the rest derived",
        "available",
        {"available": Word(), "do_not_disturb": Word("Do not Disturb")},
        {"on_call": Word("On a Call")},
    ),
    "modes": Vocabulary(
        "Modes: Ready, BackOffice - Administrative, Break, Outgoing, Offline",
        "offline",
        {
            "available": Word("Ready"),
            "back_office": Word(),
            "on_break": Word("Break"),
            "outgoing": Word(),
            "offline": Word(),
        },
        {"ringing": Word("Offered")},
    ),
}
