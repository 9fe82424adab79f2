"""Accounts: one for an address, roles given once, passwords hashed slowly."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import accounts
from domain.errors import Conflict
from domain.models import Role, RoleName
from tests import factories
from tests.conftest import NOW


def test_an_address_is_kept_in_lower_case_and_found_in_any(session: Session) -> None:
    made = factories.account(session, email=" Ana@Example.com ")
    assert made.email == "ana@example.com"
    assert accounts.find(session, "ANA@example.com") is made
    assert accounts.find(session, "nobody@example.com") is None


def test_an_address_has_one_account(session: Session) -> None:
    factories.account(session, email="ana@example.com")
    with pytest.raises(Conflict):
        factories.account(session, email="ANA@example.com")


def test_the_table_refuses_capital_letters(session: Session) -> None:
    factories.account(session, email="ana@example.com")
    with pytest.raises(IntegrityError):
        session.execute(text("UPDATE accounts SET email = 'Ana@example.com'"))


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
