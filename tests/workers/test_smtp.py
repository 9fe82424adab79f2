"""Handing mail to an SMTP server: the conversation, over a real socket."""

from __future__ import annotations

import smtplib
import socketserver
import threading
from collections.abc import Iterator

import pytest

from domain.mails import Letter
from tests.conftest import NOW
from workers.mailer import SmtpMailer, compose


class Conversation(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs; what the client says is kept."""

    def handle(self) -> None:
        said: list[str] = self.server.said  # type: ignore[attr-defined]
        self._reply("220 test")
        while line := self.rfile.readline().decode().rstrip():
            said.append(line)
            command = line.split()[0].upper()
            if command == "EHLO":
                self._reply("250-test\r\n250 AUTH PLAIN")
            elif command == "AUTH":
                self._reply("235 ok")
            elif command == "DATA":
                self._reply("354 go on")
                while (text := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                    said.append(text)
                self._reply("250 kept")
            elif command == "RCPT" and "nobody" in line:
                self._reply("550 no such person")
            else:
                self._reply("221 bye" if command == "QUIT" else "250 ok")

    def _reply(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    said: list[str]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Conversation) as listening:
        listening.said = []
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


def letter(recipient: str) -> Letter:
    return Letter(
        id="ab" * 16, kind="reminder", recipient=recipient, subject="Tomorrow", text="Hello", created_at=NOW
    )


def send(server: Server, recipient: str, *, login: str = "") -> None:
    mailer = SmtpMailer(f"smtp://{login}127.0.0.1:{server.server_address[1]}")
    mailer.send(compose(letter(recipient), sender="h@example.org"))


def test_a_mail_is_handed_over(server: Server) -> None:
    send(server, "ann@example.org", login="us%40er:pass@")
    said = "\n".join(server.said)
    assert "AUTH PLAIN" in said
    assert "rcpt to:<ann@example.org>" in said.lower()
    assert f"Message-ID: <{'ab' * 16}@example.org>" in said


def test_a_refusal_is_raised_so_that_it_is_tried_again(server: Server) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(server, "nobody@example.org")
