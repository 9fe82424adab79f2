"""For the demo alone: its mail, and the page of components."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, current_app, render_template

from web.auth import Audience, audience
from web.config import WebConfig
from web.design import components_context

bp = Blueprint("dev", __name__)
NEWEST = 30
_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """Some words of a letter, and where they lead."""

    words: str
    href: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownLetter:
    """A mail as the page shows it."""

    subject: str
    recipient: str
    date: str
    lines: tuple[tuple[Piece, ...], ...]


@bp.get("/dev/mail")
@audience(Audience.ANYONE)
def mail() -> str:
    """Show the mail the worker wrote, newest first, with links one can follow."""
    config: WebConfig = current_app.extensions["handrail_config"]
    files = sorted(config.mail_folder.glob("*.eml"), reverse=True)[:NEWEST]
    return render_template("dev/mail.html", letters=[_read(path, config) for path in files])


@bp.get("/design")
@audience(Audience.ANYONE)
def design() -> str:
    return render_template("design/components.html", **components_context())


def _read(path: Path, config: WebConfig) -> ShownLetter:
    message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    body = message.get_body(("plain",))
    text = body.get_content() if body else ""
    return ShownLetter(
        subject=str(message["Subject"]),
        recipient=str(message["To"]),
        date=str(message["Date"]),
        lines=tuple(tuple(_pieces(line, config.base_url)) for line in text.splitlines()),
    )


def _pieces(line: str, base_url: str) -> Iterator[Piece]:
    end = 0
    for found in _LINK.finditer(line):
        yield Piece(words=line[end : found.start()])
        ours = found[0].startswith(base_url + "/")
        yield Piece(words=found[0], href=urlsplit(found[0]).path if ours else None)
        end = found.end()
    yield Piece(words=line[end:])
