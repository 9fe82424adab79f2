"""Accounts: create one, hash a password, give a role."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import Conflict
from domain.models import Account, Role, RoleName

#: argon2id as OWASP gives it for 19 MiB: about 60 ms, so that two cores cannot be tied up by guessing.
TIME_COST = 2
MEMORY_KIB = 19 * 1024
PARALLELISM = 1


def hash_password(text: str) -> str:
    """Return what to store for a password; slow on purpose, so call it outside a writing transaction."""
    hasher = PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=PARALLELISM)
    return hasher.hash(unicodedata.normalize("NFKD", text))


def normal_email(email: str) -> str:
    """Return an address as it is stored and looked up: without spaces around it, in lower case."""
    return email.strip().lower()


def find(session: Session, email: str) -> Account | None:
    """Return the account of an address."""
    return session.scalar(select(Account).where(Account.email == normal_email(email)))


def create(
    session: Session,
    *,
    email: str,
    password_hash: str | None,
    roles: Iterable[RoleName] = (),
    now: datetime,
    demo: bool = False,
    confirmed: bool = False,
) -> Account:
    """Add an account and flush it; raises `Conflict` where the address is taken."""
    if find(session, email) is not None:
        raise Conflict("There is already an account with this e-mail address.")
    account = Account(
        email=normal_email(email),
        password=password_hash,
        active=True,
        demo=demo,
        created_at=now,
        confirmed_at=now if confirmed else None,
        fs_uniquifier=uuid4().hex,
        fs_webauthn_user_handle=uuid4().hex,
    )
    session.add(account)
    for role in roles:
        grant(session, account=account, role=role)
    session.flush()
    return account


def grant(session: Session, *, account: Account, role: RoleName) -> None:
    """Give the account a role; nothing happens where it has it already."""
    if account.has(role):
        return
    account.roles.append(_role(session, role))
    session.flush()


def _role(session: Session, name: RoleName) -> Role:
    row = session.scalar(select(Role).where(Role.name == name))
    if row is None:
        row = Role(name=name)
        session.add(row)
        session.flush()
    return row


def confirm_adult(session: Session, *, account: Account, now: datetime) -> None:
    """Note that the person said they are 18 or over; nothing else about their age is kept."""
    account.adult_confirmed_at = now
    session.flush()
