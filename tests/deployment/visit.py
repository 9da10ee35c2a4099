"""A visitor of an installation, who comes in by its name: signs in, watches the Agent Monitor by
its socket, and asks for pages all the while. Exits with 1 where one is refused.

Runs with the installation's own Python, and knows it by its addresses only.
"""

import argparse
import re
import ssl
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import quote

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

TRUSTING = ssl.create_default_context()
TRUSTING.check_hostname = False  # the page's own certificate is signed by nobody
TRUSTING.verify_mode = ssl.CERT_NONE


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("user")
    parser.add_argument("password")
    parser.add_argument("--for", dest="seconds", type=float, default=1.0)
    parser.add_argument("--until", type=Path, help="stop once this file is there")
    wish = parser.parse_args()
    address = f"https://{wish.name}"
    with (
        httpx.Client(base_url=address, verify=TRUSTING, follow_redirects=True) as visitor,
        ExitStack() as closing,
    ):
        plain = visitor.get(f"http://{wish.name}/login/")
        assert str(plain.url) == f"{address}/login/", plain.url
        socket = _Socket(wish.name, closing, _sign_in(visitor, wish.user, wish.password))
        asked = 0
        deadline = time.monotonic() + wish.seconds
        while time.monotonic() < deadline and not (wish.until and wish.until.exists()):
            answer = visitor.get("/monitor/")
            assert answer.status_code == 200, f"{answer.status_code} after {asked} pages"
            asked += 1
            socket.keep(answer.text)
    assert asked
    sys.stdout.write(f"{asked} pages, {socket.opened} sockets, none refused.\n")
    return 0


class _Socket:
    """A page's socket, opened again whenever it closes."""

    def __init__(self, name: str, closing: ExitStack, page: str) -> None:
        self._name = name
        self._closing = closing
        self.opened = 0
        self._open(page)

    def keep(self, page: str) -> None:
        """Hear what came; a server that goes closes it, and another one takes the next."""
        try:
            with suppress(TimeoutError):
                self._socket.recv(timeout=0.05)
        except ConnectionClosed:
            self._open(page)

    def _open(self, page: str) -> None:
        ticket = re.search(r'data-ticket="([^"]+)"', page)
        assert ticket, "a page without a ticket"
        self._socket = self._closing.enter_context(
            connect(
                f"wss://{self._name}/ws/?ticket={quote(ticket[1])}",
                ssl=TRUSTING,
                origin=Origin(f"https://{self._name}"),
            )
        )
        assert self._socket.recv(timeout=10), "a socket that begins with nothing"
        self.opened += 1


def _sign_in(visitor: httpx.Client, user: str, password: str) -> str:
    """Sign in; gives the Agent Monitor's page."""
    form = visitor.get("/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text)
    assert token
    words = {"username": user, "password": password, "csrfmiddlewaretoken": token[1]}
    answer = visitor.post(
        "/login/", data={**words, "next": "/monitor/"}, headers={"Referer": str(form.url)}
    )
    assert answer.status_code == 200, answer.status_code
    return answer.text


if __name__ == "__main__":
    sys.exit(main())
