"""A small real SMTP server for tests: takes what it is sent, refuses whom it is told to."""

from __future__ import annotations

import email
import email.message
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Mailbox:
    """What arrived, and whom the server refuses with which code."""

    port: int = 0
    letters: list[email.message.EmailMessage] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)


@contextmanager
def serving() -> Iterator[Mailbox]:
    """A server on a port of its own until the block ends."""
    box = Mailbox()

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            _talk(self, box)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield box
        server.shutdown()


def _talk(peer: socketserver.StreamRequestHandler, box: Mailbox) -> None:
    def say(line: str) -> None:
        peer.wfile.write(line.encode() + b"\r\n")

    say("220 test")
    while line := peer.rfile.readline():
        word = line.decode().strip()
        verb = word[:4].upper()
        if verb == "RCPT":
            code = next((c for who, c in box.refused.items() if who in word), 250)
            say(f"{code} recipient")
        elif verb == "DATA":
            say("354 go on")
            box.letters.append(_read(peer))
            say("250 taken")
        elif verb == "QUIT":
            say("221 bye")
            return
        else:
            say("250 ok")


def _read(peer: socketserver.StreamRequestHandler) -> email.message.EmailMessage:
    lines = []
    while (line := peer.rfile.readline()) != b".\r\n":
        lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
    message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    return message
