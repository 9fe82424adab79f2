"""Mails: sealed until sent, emptied afterwards."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from domain import mails, outbox
from domain.models import Account, Mail
from tests import factories
from tests.conftest import NOW


@pytest.fixture
def account(session: Session) -> Account:
    return factories.account(session, email="ann@example.org")


def request(session: Session, account: Account) -> Mail:
    return mails.request(
        session, account=account.id, kind="reminder", subject="Tomorrow:\n a walk", text="Hello", now=NOW
    )


def test_a_mail_waits_sealed_and_opens_as_a_letter(session: Session, account: Account) -> None:
    mail = request(session, account)
    assert mail.sealed is not None
    assert b"Hello" not in mail.sealed
    letter = mails.open_letter(session, mail.id)
    assert letter is not None
    assert (letter.recipient, letter.subject, letter.text) == ("ann@example.org", "Tomorrow: a walk", "Hello")
    assert "Hello" not in repr(letter)
    assert "ann@" not in repr(letter)
    assert outbox.due(session) == {"mail": 1}


def test_what_is_settled_is_emptied_and_not_opened_again(session: Session, account: Account) -> None:
    mail = request(session, account)
    mails.settle(session, mail.id, sent_at=NOW)
    assert (mail.sealed, mail.sent_at) == (None, NOW)
    assert mails.open_letter(session, mail.id) is None
    mails.settle(session, "none", sent_at=NOW)


def test_a_closed_account_gets_no_mail(session: Session, account: Account) -> None:
    mail = request(session, account)
    account.active = False
    assert mails.open_letter(session, mail.id) is None
