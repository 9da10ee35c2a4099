"""How moments are written where a page says nothing else: to the second, for calls are short."""

DATE_FORMAT = "j b Y"
SHORT_DATE_FORMAT = "d/m/Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j b Y, H:i:s"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
