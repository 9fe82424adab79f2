"""Handing mail to an SMTP server: the conversation, over a real socket."""

from __future__ import annotations

import smtplib
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from domain import outbox
from domain.database import reading
from domain.events import Lane
from domain.mails import Letter
from domain.models import OutboxMessage
from tests.conftest import NOW
from tests.workers.test_mail import hurry, request
from workers.jobs.work import work_lane
from workers.mailer import MailServerAway, SmtpMailer, compose
from workers.runtime import Runtime


class Conversation(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs; what the client says is kept."""

    def handle(self) -> None:
        said: list[str] = self.server.said  # type: ignore[attr-defined]
        self._reply(self.server.greeting)  # type: ignore[attr-defined]
        while line := self.rfile.readline().decode().rstrip():
            said.append(line)
            command = line.split()[0].upper()
            if command == "EHLO":
                self._reply("250-test\r\n250 AUTH PLAIN")
            elif command == "AUTH":
                self._reply("235 ok" if len(line) > 20 else "535 no")
            elif command == "DATA":
                self._reply("354 go on")
                while (text := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                    said.append(text)
                if "Subject: Silence" in said:
                    return
                self._reply("250 kept")
            elif command == "RCPT" and "nobody" in line:
                self._reply("550 no such person")
            elif command == "RCPT" and "full" in line:
                self._reply("452 mailbox full, later perhaps")
            else:
                self._reply("221 bye" if command == "QUIT" else "250 ok")

    def _reply(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    said: list[str]
    greeting = "220 test"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Conversation) as listening:
        listening.said = []
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


def letter(recipient: str, subject: str = "Tomorrow") -> Letter:
    return Letter(
        id="ab" * 16, kind="reminder", recipient=recipient, subject=subject, text="Hello", created_at=NOW
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


def test_a_server_that_cannot_take_mail_just_now_is_waited_for(server: Server) -> None:
    for recipient, login in (("full@example.org", ""), ("ann@example.org", "a:b@")):
        with pytest.raises(MailServerAway):
            send(server, recipient, login=login)
    server.greeting = "421 too busy"
    with pytest.raises(MailServerAway):
        send(server, "ann@example.org")
    server.shutdown()
    server.server_close()
    with pytest.raises(MailServerAway):
        send(server, "ann@example.org")


def test_a_server_that_falls_silent_with_the_mail_in_hand_is_not_asked_for_days(server: Server) -> None:
    mailer = SmtpMailer(f"smtp://127.0.0.1:{server.server_address[1]}")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        mailer.send(compose(letter("ann@example.org", "Silence"), sender="h@example.org"))


def test_mail_waits_longer_than_eight_attempts_for_a_server(runtime: Runtime, server: Server) -> None:
    port = server.server_address[1]
    server.shutdown()
    server.server_close()
    patient = replace(runtime, mailer=SmtpMailer(f"smtp://127.0.0.1:{port}"))
    mail = request(patient.sessions)
    for _ in range(outbox.MAX_ATTEMPTS + 2):
        assert work_lane(patient, Lane.MAIL) == 1
        hurry(patient.sessions)
    with reading(patient.sessions) as session:
        message = session.scalars(select(OutboxMessage)).one()
        assert (message.state, message.last_error) == ("ready", "MailServerAway")
    with Server(("127.0.0.1", port), Conversation) as back:
        back.said = []
        thread = threading.Thread(target=back.serve_forever, args=(0.01,))
        thread.start()
        work_lane(patient, Lane.MAIL)
        back.shutdown()
        thread.join()
    assert sum(f"<{mail}@localhost>" in line for line in back.said) == 1
