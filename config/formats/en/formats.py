"""How moments are written where a page says nothing else: to the second, for calls are short."""

DATETIME_FORMAT = "j M Y, H:i:s"
