"""What tests of notifications share: a gateway and a mail server."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from config.mail import settings_for
from tests.services import smtp_server
from tests.services.smtp_server import SmtpServer
from tests.webhooks.receiver import receiver

__all__ = ["receiver"]


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[SmtpServer]:
    """A mail server that is where mail is sent."""
    with smtp_server.running() as server:
        mail_to(settings, server.port)
        yield server


def mail_to(settings: Settings, port: int) -> None:
    for name, value in settings_for(f"smtp://127.0.0.1:{port}").items():
        setattr(settings, name, value)
