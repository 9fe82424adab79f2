"""Send mail: through an SMTP server, or into a folder where a person can read it."""

from __future__ import annotations

import os
import smtplib
import ssl
from datetime import UTC
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from domain.mails import Letter
from workers.config import WorkerConfig

SMTP_PATIENCE = 20.0


class MailServerAway(Exception):
    """The mail server cannot take mail just now. No fault of the mail: it is waited for."""


class Mailer(Protocol):
    """Whatever takes a finished mail on its way."""

    def send(self, message: EmailMessage) -> None:
        """Send, or raise; sending again with the same Message-ID is harmless."""

    def forget(self, address: str) -> None:
        """Remove what is still kept of mail to this address."""


def mailer_of(config: WorkerConfig) -> Mailer:
    """Return the mailer this configuration asks for."""
    return SmtpMailer(config.smtp_url) if config.smtp_url else FolderMailer(config.mail_folder)


def compose(letter: Letter, *, sender: str) -> EmailMessage:
    """Return the mail with a Message-ID that is the same however often it is sent."""
    host = sender.rpartition("@")[2].rstrip(">")
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = letter.recipient
    message["Subject"] = letter.subject
    message["Date"] = letter.created_at.astimezone(UTC)
    message["Message-ID"] = f"<{letter.id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Handrail-Kind"] = letter.kind
    if letter.stop_link:  # RFC 8058: mail programs show a button for it
        message["List-Unsubscribe"] = f"<{letter.stop_link}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    return message


class FolderMailer:
    """Writes each mail as a file: ``<time>-<kind>-<end of its id>.eml``; sent again, it is the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write the mail, whole or not at all."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        at = message["Date"].datetime
        end = message["Message-ID"].partition("@")[0][-6:]
        path = self._folder / f"{at:%Y%m%dT%H%M%S}-{message['X-Handrail-Kind']}-{end}.eml"
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(message.as_bytes())
        unfinished.chmod(0o600)
        unfinished.replace(path)

    def forget(self, address: str) -> None:
        """Remove the files of mail to this address."""
        for path in self._folder.glob("*.eml"):
            if message_from_bytes(path.read_bytes(), policy=SMTP)["To"] == address:
                path.unlink(missing_ok=True)


class SmtpMailer:
    """Sends each mail through ``smtp://`` (STARTTLS where offered) or ``smtps://``."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)

    def send(self, message: EmailMessage) -> None:
        """Hand the mail to the server; raises ``smtplib.SMTPException`` or ``OSError``.

        `MailServerAway` where it does not answer, does not let us in, or asks us to come back later. One that
        falls silent after it was given the mail may have sent it: that counts as an attempt.
        """
        greeted = False
        try:
            with self._open() as server:
                self._greet(server)
                greeted = True
                server.send_message(message)
        except OSError as error:  # those of smtplib are among them
            if not greeted or _later(error):
                raise MailServerAway from error
            raise

    def forget(self, address: str) -> None:
        """Nothing is kept here of mail that was handed on."""

    def _open(self) -> smtplib.SMTP:
        host, port = self._url.hostname or "localhost", self._url.port or 0
        if self._url.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=SMTP_PATIENCE, context=ssl.create_default_context())
        return smtplib.SMTP(host, port or 25, timeout=SMTP_PATIENCE)

    def _greet(self, server: smtplib.SMTP) -> None:
        server.ehlo()
        if self._url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))


def _later(error: OSError) -> bool:
    """Return whether a server refused for the time being: reply codes from 400 to 499 (RFC 5321, 4.2.1)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(400 <= code < 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and 400 <= error.smtp_code < 500
