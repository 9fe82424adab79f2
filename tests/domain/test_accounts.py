"""Accounts: one for an address, roles given once, passwords hashed slowly."""

from __future__ import annotations

from hashlib import sha256

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import accounts, database
from domain.database import Sessions
from domain.errors import Conflict
from domain.models import Account, Role, RoleName
from domain.sealed import Keyring, SealBroken
from handrail.commands import keys
from tests import factories
from tests.conftest import KEYRING, NOW


def test_an_address_is_kept_in_lower_case_and_found_in_any(session: Session) -> None:
    made = factories.account(session, email=" Ana@Example.com ")
    assert accounts.email_of(session, made) == "ana@example.com"
    assert accounts.find(session, "ANA@example.com") is made
    assert accounts.find(session, "nobody@example.com") is None


def test_an_address_has_one_account(session: Session) -> None:
    factories.account(session, email="ana@example.com")
    with pytest.raises(Conflict):
        factories.account(session, email="ANA@example.com")


def test_the_table_refuses_a_second_mark(session: Session) -> None:
    factories.account(session, email="ana@example.com")
    other = factories.account(session)
    accounts.set_email(session, other, "ANA@example.com")
    with pytest.raises(IntegrityError):
        session.flush()


@pytest.mark.requirement("C54")
def test_an_address_is_found_while_its_key_changes_and_opens_for_its_own_row_alone(
    sessions: Sessions,
) -> None:
    with database.writing(sessions) as session:
        ids = [factories.account(session, email=f"ana{number}@example.com").id for number in range(3)]
        before = {session.get_one(Account, id_).email_mark for id_ in ids}
    rotated = Keyring((b"n" * 32, *KEYRING.masters))
    anew = database.open_sessions(sessions.kw["bind"], rotated)
    with database.reading(anew) as session:
        assert accounts.find(session, "ANA1@example.com") is not None
    assert keys.mark_all(anew, batch=2) == 3
    assert keys.mark_all(anew, batch=2) == 0
    with database.reading(anew) as session:
        found = accounts.find(session, "Ana1@example.com")
        assert found is not None
        assert found.id == ids[1]
        assert before.isdisjoint({session.get_one(Account, id_).email_mark for id_ in ids})
        other = session.get_one(Account, ids[0])
        with session.no_autoflush, pytest.raises(SealBroken):
            found.sealed = other.sealed
            accounts.email_of(session, found)
        session.expire(found)
    only_new = database.open_sessions(sessions.kw["bind"], Keyring((b"n" * 32,)))
    with database.reading(only_new) as session:
        assert accounts.find(session, "ana2@example.com") is not None
    with database.reading(sessions) as session:
        assert accounts.find(session, "ana2@example.com") is None


@pytest.mark.requirement("C53")
def test_a_mark_says_nothing_without_the_key(session: Session) -> None:
    row = factories.account(session, email="ana@example.com")
    plain = sha256(b"ana@example.com").hexdigest()
    assert row.email_mark not in {plain, *KEYRING.marks("ana@example.com").values()}
    assert b"ana" not in row.sealed


def test_a_role_is_given_once_and_shared(session: Session) -> None:
    first = factories.account(session, roles=[RoleName.ORGANIZER, RoleName.ADMIN])
    second = factories.account(session)
    for _ in range(2):
        accounts.grant(session, account=second, role=RoleName.ORGANIZER)
    assert first.has(RoleName.ADMIN)
    assert second.has(RoleName.ORGANIZER)
    assert not second.has(RoleName.ADMIN)
    assert session.scalar(select(func.count()).select_from(Role)) == 2


def test_an_account_is_confirmed_only_when_said(session: Session) -> None:
    assert factories.account(session, confirmed=False).confirmed_at is None
    assert factories.account(session, confirmed=True).confirmed_at == NOW


def test_of_age_only_the_moment_of_saying_so_is_kept(session: Session) -> None:
    made = factories.account(session)
    accounts.confirm_adult(session, account=made, now=NOW)
    assert made.adult_confirmed_at == NOW


@pytest.mark.requirement("C17")
def test_a_password_is_hashed_with_argon2id_in_one_spelling() -> None:
    composed, decomposed = "caf\u00e9 by the river", "cafe\u0301 by the river"
    hashed = accounts.hash_password(composed)
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PasswordHasher().verify(hashed, decomposed)
    assert accounts.hash_password(composed) != hashed
