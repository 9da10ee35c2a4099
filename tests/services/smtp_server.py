"""A real SMTP server that keeps what it is sent, and refuses whom the test says."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class SmtpServer:
    """`received` has the mails in the order in which they came; who is in `refused` gets none, and
    is answered `code`. It says nothing until `hold` is set."""

    def __init__(self, port: int = 0) -> None:
        self.received: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.code = 550
        self.hold = threading.Event()
        self.hold.set()
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self.url = f"smtp://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(server: SmtpServer) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            server.hold.wait(20)
            self._say(220, "here")
            while line := self.rfile.readline():
                word, _, rest = line.decode().strip().partition(" ")
                match word.upper():
                    case "EHLO" | "HELO":
                        self._say(250, "here")
                    case "RCPT" if any(who in rest for who in server.refused):
                        self._say(server.code, "no such box")
                    case "DATA":
                        self._say(354, "go on")
                        server.received.append(self._read_mail())
                        self._say(250, "taken")
                    case "QUIT":
                        self._say(221, "bye")
                        return
                    case _:
                        self._say(250, "fine")

        def _read_mail(self) -> EmailMessage:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            return message_from_bytes(b"".join(lines), policy=policy.default)

        def _say(self, code: int, text: str) -> None:
            self.wfile.write(f"{code} {text}\r\n".encode())

    return Handler


@contextmanager
def running(port: int = 0) -> Iterator[SmtpServer]:
    server = SmtpServer(port)
    try:
        yield server
    finally:
        server.stop()
