"""Fields sealed to their row: AES-256-GCM, one key per account, wrapped by a master key.

A row has one sealed body, a JSON object. The associated data names table, row, owner and master key, so a
body copied to another row, or another person's row, does not open. Destroying an owner's key (`forget`)
makes everything sealed for them unreadable, also in copies and backups.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from domain.models.account import SealingKey

NONCE = 12
_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)


class SealBroken(Exception):
    """A sealed body does not belong to its row, or its key has been destroyed."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The master keys, newest first; the first wraps, all of them unwrap."""

    masters: tuple[bytes, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.masters or any(len(each) != 32 for each in self.masters):
            raise ValueError("a master key is 32 bytes")

    @classmethod
    def from_text(cls, *texts: str) -> Keyring:
        """Read master keys written as URL-safe base64 of 32 bytes."""
        return cls(tuple(base64.urlsafe_b64decode(each) for each in texts))

    def wrap(self, owner: str, key: bytes) -> tuple[bytes, str]:
        """Return the wrapped key and the name of the master that wraps it."""
        master = self.masters[0]
        return _encrypt(master, key, f"sealing_keys|{owner}"), _name(master)

    def unwrap(self, owner: str, wrapped: bytes, master: str) -> bytes:
        """Return the key; raises `SealBroken` when no master fits."""
        for each in self.masters:
            if _name(each) == master:
                return _decrypt(each, wrapped, f"sealing_keys|{owner}")
        raise SealBroken(f"no master key named {master}")

    def marks(self, text: str, *, use: str = "marks") -> dict[str, str]:
        """Return, by master key, newest first, a mark that only who holds the key can make of the text.

        Each ``use`` has a key of its own, apart from those that seal: marks of one say nothing of another's.
        """
        return {_name(each): _mark(each, text, use) for each in self.masters}


def _mark(master: bytes, text: str, use: str) -> str:
    key = sha256(f"handrail {use} ".encode() + master).digest()
    return hmac.new(key, text.encode(), sha256).hexdigest()


def _name(master: bytes) -> str:
    return sha256(b"handrail master " + master).hexdigest()[:16]


def _encrypt(key: bytes, text: bytes, bound_to: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, text, bound_to.encode())


def _decrypt(key: bytes, body: bytes, bound_to: str) -> bytes:
    try:
        return AESGCM(key).decrypt(body[:NONCE], body[NONCE:], bound_to.encode())
    except InvalidTag:
        raise SealBroken("the sealed body does not fit its row") from None


def owner_of(row: Any) -> str:
    """Return whose key seals this row: its ``member``, its ``account``, or itself."""
    owner: str = getattr(row, "member", None) or getattr(row, "account", None) or row.id
    return owner


def _bound_to(row: Any) -> str:
    mapper = inspect(type(row))
    key = "/".join(str(getattr(row, mapper.get_property_by_column(c).key)) for c in mapper.primary_key)
    return _binding(mapper.local_table.name, key, owner_of(row))


def _binding(table: str, key: str, owner: str) -> str:
    return f"{table}|sealed|{key}|{owner}"


def _opened(session: Session) -> dict[str, bytes]:
    opened: dict[str, bytes] = session.info.setdefault("opened_keys", {})
    return opened


def open_keys(session: Session, owners: Iterable[str]) -> None:
    """Open many owners' keys with few queries, before many rows are unsealed."""
    missing = sorted(set(owners) - _opened(session).keys())
    keyring: Keyring = session.info["keyring"]
    for start in range(0, len(missing), 500):
        chunk = missing[start : start + 500]
        wrapped = select(SealingKey.owner, SealingKey.wrapped, SealingKey.master)
        for owner, key, master in session.execute(wrapped.where(SealingKey.owner.in_(chunk))):
            _opened(session)[owner] = keyring.unwrap(owner, key, master)


def opened(session: Session) -> dict[str, bytes]:
    """Return the keys this session has opened, by owner, for `lend`."""
    return dict(_opened(session))


def lend(session: Session, keys: Mapping[str, bytes]) -> None:
    """Spare a session from opening again what another has opened a moment ago.

    What is sealed with them must belong to a row that is seen to exist: its owner may be gone by now.
    """
    _opened(session).update(keys)


def _key(session: Session, owner: str, *, create: bool) -> bytes:
    if owner not in _opened(session):
        open_keys(session, [owner])
    if owner not in _opened(session):
        if not create:
            raise SealBroken("the key has been destroyed")
        _opened(session)[owner] = _create_key(session, owner)
    return _opened(session)[owner]


def _create_key(session: Session, owner: str) -> bytes:
    key = AESGCM.generate_key(256)
    wrapped, master = session.info["keyring"].wrap(owner, key)
    session.add(SealingKey(owner=owner, wrapped=wrapped, master=master, created_at=datetime.now(UTC)))
    return key


def seal(session: Session, row: Any, body: Mapping[str, Any]) -> None:
    """Set the row's sealed body; the row must already have its id and owner."""
    row.sealed = _encrypt(_key(session, owner_of(row), create=True), _text(body), _bound_to(row))


def seal_for(session: Session, *, table: str, key: str, owner: str, body: Mapping[str, Any]) -> bytes:
    """Return the sealed body of a row that is written without being an object; ``key``: its id."""
    return _encrypt(_key(session, owner, create=True), _text(body), _binding(table, key, owner))


def _text(body: Mapping[str, Any]) -> bytes:
    return _ENCODER.encode(body).encode()


def unseal(session: Session, row: Any) -> dict[str, Any]:
    """Return the row's sealed body; empty where none was ever set. Raises `SealBroken`."""
    if row.sealed is None:
        return {}
    text = _decrypt(_key(session, owner_of(row), create=False), row.sealed, _bound_to(row))
    body: dict[str, Any] = json.loads(text)
    return body


def forget(session: Session, owner: str) -> None:
    """Destroy the owner's key."""
    session.execute(delete(SealingKey).where(SealingKey.owner == owner))
    _opened(session).pop(owner, None)


def rewrap(session: Session, *, limit: int = 500) -> list[str]:
    """Wrap up to ``limit`` keys again under the newest master; return whose, nobody's when all are."""
    keyring: Keyring = session.info["keyring"]
    newest = _name(keyring.masters[0])
    rows = session.scalars(select(SealingKey).where(SealingKey.master != newest).limit(limit)).all()
    for row in rows:
        key = keyring.unwrap(row.owner, row.wrapped, row.master)
        row.wrapped, row.master = keyring.wrap(row.owner, key)
    return [row.owner for row in rows]
