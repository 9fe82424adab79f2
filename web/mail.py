"""Mails of the account pages: recorded in the same transaction, sent by a worker."""

from __future__ import annotations

from typing import Any

from flask import Response, after_this_request
from flask_security import MailUtil

from domain import accounts, mails
from domain.models import Account
from web import clock
from web.db import db


class RecordedMail(MailUtil):
    """Hands the account library's mails to the outbox."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],  # noqa: ARG002
        body: str | None,
        html: str | None,  # noqa: ARG002
        **facts: Any,
    ) -> None:
        """Record one mail to the account in ``facts``, to the address it is meant for."""
        session = db.session()
        account = session.get_one(Account, facts["user"].id)
        mails.request(
            session,
            account=account.id,
            kind=template.rpartition("/")[2],
            subject=str(subject),
            text=body or "",
            to=None if recipient == accounts.email_of(session, account) else str(recipient),
            now=clock.now(),
        )
        after_this_request(_commit)


def _commit(response: Response) -> Response:
    db.session.commit()  # not every view of the library commits
    return response
