"""Accounts: create one, find it by its address, hash a password, give a role.

An e-mail address is sealed like what members confide. What finds it is a mark, a keyed hash of it in lower
case: without our key nobody can read an address in a copy of the database, or try addresses out against it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import sealed
from domain.errors import Conflict
from domain.models import Account, Role, RoleName, new_id
from domain.sealed import Keyring

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


def marks(keyring: Keyring, email: str) -> list[str]:
    """Return what finds an address, newest first: one mark for each master key still in use."""
    return list(keyring.marks(normal_email(email), use="addresses").values())


def find(session: Session, email: str) -> Account | None:
    """Return the account of an address, however it is capitalized."""
    found = Account.email_mark.in_(marks(session.info["keyring"], email))
    return session.scalar(select(Account).where(found))


def email_of(session: Session, account: Any) -> str:
    """Return the address of an account, opened: for itself, and for whoever sends its mail."""
    found: str = sealed.unseal(session, account)["email"]
    return found


def set_email(session: Session, account: Any, email: str) -> None:
    """Seal the address of an account that has its id, under its own key."""
    with session.no_autoflush:
        sealed.seal(session, account, {"email": normal_email(email)})
    account.email_mark = marks(session.info["keyring"], email)[0]


def mark_anew(session: Session, *, after: str, limit: int = 500) -> tuple[str, int]:
    """Mark some addresses under the newest master key, in the order of ids.

    Returns the last id looked at, empty once all were, and how many marks changed.
    """
    rows = session.scalars(select(Account).where(Account.id > after).order_by(Account.id).limit(limit)).all()
    sealed.open_keys(session, [row.id for row in rows])
    changed = 0
    for row in rows:
        newest = marks(session.info["keyring"], email_of(session, row))[0]
        changed += row.email_mark != newest
        row.email_mark = newest
    return (rows[-1].id if rows else ""), changed


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
        id=new_id(),
        password=password_hash,
        active=True,
        demo=demo,
        created_at=now,
        confirmed_at=now if confirmed else None,
        fs_uniquifier=uuid4().hex,
        fs_webauthn_user_handle=uuid4().hex,
    )
    set_email(session, account, email)
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
