"""Mails: written into the outbox with their text sealed, emptied once they are sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from domain import accounts, events, outbox, sealed
from domain.models import Account, Mail

FAREWELL = "farewell"  #: the one kind that also goes to an account that is closed: it says why


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A mail as it is sent."""

    id: str  #: also the left half of its Message-ID
    kind: str
    recipient: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    rsvp: str | None = None  #: sent only while this answer is a yes and the occurrence takes place
    stop_link: str | None = None  #: where one press, without signing in, stops more of this kind
    about: str | None = None  #: id of the row it reminds of; sent only while that stands
    until: datetime | None = None  #: after this it would come too late, and is not sent
    created_at: datetime


def request(  # noqa: PLR0913  (one mail, said in full)
    session: Session,
    *,
    account: str,
    kind: str,
    subject: str,
    text: str,
    now: datetime,
    rsvp: str | None = None,
    to: str | None = None,
    stop_link: str | None = None,
    about: str | None = None,
    until: datetime | None = None,
) -> Mail:
    """Add a mail to the account with this id; it is sent after the commit.

    ``rsvp``: the mail is dropped should this answer no longer be a yes when it is sent. ``to``: another
    address than the account's own, to prove a new one. ``stop_link``, ``about``, ``until``: see `Letter`.
    """
    mail = Mail(account=account, kind=kind, created_at=now)
    body: dict[str, Any] = {"subject": " ".join(subject.split()), "text": text}
    more = {"rsvp": rsvp, "to": to, "stop_link": stop_link, "about": about}
    more["until"] = until.isoformat() if until else None
    body |= {name: value for name, value in more.items() if value}
    sealed.seal(session, mail, body)
    session.add(mail)
    session.flush()
    outbox.record(session, events.MailRequested(mail=mail.id))
    return mail


def open_letter(session: Session, mail: str) -> Letter | None:
    """Return the mail with this id, opened; None where it was sent, emptied, or its account closed."""
    row = session.get(Mail, mail)
    account = session.get(Account, row.account) if row else None
    if row is None or account is None or row.sent_at or row.sealed is None:
        return None
    if not account.active and row.kind != FAREWELL:
        return None
    body = sealed.unseal(session, row)
    return Letter(
        id=row.id,
        kind=row.kind,
        recipient=body.get("to") or accounts.email_of(session, account),
        subject=body["subject"],
        text=body["text"],
        rsvp=body.get("rsvp"),
        stop_link=body.get("stop_link"),
        about=body.get("about"),
        until=datetime.fromisoformat(body["until"]) if "until" in body else None,
        created_at=row.created_at,
    )


def settle(session: Session, mail: str, *, sent_at: datetime | None) -> None:
    """Empty a mail that is done with; ``sent_at`` None: it was dropped."""
    row = session.get(Mail, mail)
    if row is not None:
        row.sealed, row.sent_at = None, sent_at
        session.flush()
