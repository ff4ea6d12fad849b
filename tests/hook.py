"""Who is told: a web address that is called, and an SMTP server; what they answer, and what they were told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any


@contextmanager
def answering(code: int) -> Iterator[tuple[int, list[Any]]]:
    """A web server that gives this answer; its port, and what was posted to it."""
    posted: list[Any] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(code)
            self.end_headers()

        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.do_GET()

        def log_message(self, format: str, *args: Any) -> None:
            return None

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, posted
        server.shutdown()


@contextmanager
def receiving() -> Iterator[tuple[int, list[tuple[list[str], Message]]]]:
    """An SMTP server; its port, and the recipients and content of each e-mail that it was given."""
    mails: list[tuple[list[str], Message]] = []

    class Session(StreamRequestHandler):
        def handle(self) -> None:
            recipients: list[str] = []
            self.wfile.write(b"220 arvenia.example\r\n")
            for line in self.rfile:
                command = line.strip().upper()
                if command.startswith(b"RCPT TO:"):
                    recipients.append(line.decode().partition("<")[2].partition(">")[0])
                if command == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    content = b"".join(iter(self.rfile.readline, b".\r\n"))
                    mails.append((recipients, message_from_bytes(content)))
                self.wfile.write(b"221 bye\r\n" if command == b"QUIT" else b"250 ok\r\n")
                if command == b"QUIT":
                    return

    with ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], mails
        server.shutdown()
