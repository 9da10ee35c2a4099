"""The test's own database, as another process is told of it."""

from django.db import connection


def url() -> str:
    """What that process finds as `DATABASE_URL`."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    return f"postgres://{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
