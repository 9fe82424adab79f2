"""Consent: per purpose, to the words of the day, taken back at once, never forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import consent
from domain.consent import Wording
from domain.models import Consent, ConsentPurpose
from tests import factories
from tests.conftest import NOW

COMFORT = ConsentPurpose.COMFORT


def has(session: Session, account: str, purpose: ConsentPurpose = COMFORT) -> bool:
    return consent.has(session, account=account, purpose=purpose)


@pytest.mark.requirement("R20")
def test_a_yes_counts_for_its_purpose_and_person_alone(session: Session) -> None:
    one, other = factories.account(session).id, factories.account(session).id
    consent.give(session, account=one, purpose=COMFORT, now=NOW)
    assert has(session, one)
    assert not has(session, other)
    assert not has(session, one, ConsentPurpose.HARDER_STEP)


@pytest.mark.requirement("R20", "C06")
def test_taking_it_back_counts_at_once_and_is_remembered(session: Session) -> None:
    account = factories.account(session).id
    consent.give(session, account=account, purpose=COMFORT, now=NOW)
    later = NOW + timedelta(days=3)
    assert consent.withdraw(session, account=account, purpose=COMFORT, now=later)
    assert not has(session, account)
    assert not consent.withdraw(session, account=account, purpose=COMFORT, now=later)
    row = session.scalars(select(Consent)).one()
    assert (row.given_at, row.withdrawn_at) == (NOW, later)


def test_the_same_yes_twice_is_one_row(session: Session) -> None:
    account = factories.account(session).id
    first = consent.give(session, account=account, purpose=COMFORT, now=NOW)
    assert consent.give(session, account=account, purpose=COMFORT, now=NOW + timedelta(days=1)) is first


@pytest.mark.requirement("R20")
def test_other_words_ask_anew(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    account = factories.account(session).id
    consent.give(session, account=account, purpose=COMFORT, now=NOW)
    monkeypatch.setitem(consent.WORDINGS, COMFORT, Wording(version=2, text="Something else."))
    assert not has(session, account)
    second = consent.give(session, account=account, purpose=COMFORT, now=NOW)
    assert has(session, account)
    assert second.version == 2
    assert [row.withdrawn_at for row in session.scalars(select(Consent).order_by(Consent.version))] == [
        NOW,
        None,
    ]


def test_every_purpose_has_words() -> None:
    assert set(consent.WORDINGS) == set(ConsentPurpose)
