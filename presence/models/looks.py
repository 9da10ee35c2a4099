"""What statuses can look like."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Colour(models.TextChoices):
    GREEN = "green", _("Green")
    RED = "red", _("Red")
    YELLOW = "yellow", _("Yellow")
    ORANGE = "orange", _("Orange")
    VIOLET = "violet", _("Violet")
    BLUE = "blue", _("Blue")
    LIGHT_BLUE = "light-blue", _("Light blue")
    GREY = "grey", _("Grey")


class Icon(models.TextChoices):
    """Signs beside the colour, which is never the only one; symbols of static/icons.svg."""

    CHECK = "check", _("Check mark")
    MINUS = "minus", _("Minus")
    CUP = "cup", _("Cup")
    MOON = "moon", _("Moon")
    FOLDER = "folder", _("Folder")
    PHONE = "phone", _("Phone")
    PHONE_OUT = "phone-out", _("Phone, outgoing")
    BELL = "bell", _("Bell")
    PEN = "pen", _("Pen")
    MISSED = "missed", _("Missed call")
    POWER = "power", _("Power")
    PEOPLE = "people", _("People")
    BOOK = "book", _("Book")
    STAR = "star", _("Star")
