"""Passwords: what is refused, and hashing that makes nobody wait."""

from __future__ import annotations

import string
import threading
from typing import Any

from flask_babel import gettext as _
from flask_security import PasswordUtil
from passlib.context import CryptContext

from web.common_words import common_words
from web.db import outside_transaction

#: A password is refused where one of these is most of it, however often it stands there.
EASY = (
    "password",
    "handrail",
    "qwerty",
    "asdfgh",
    "letmein",
    "iloveyou",
    "welcome",
    "abcdef",
    "012345",
    "123456",
)
EDGES = string.digits + string.punctuation + string.whitespace
#: At most two passwords are checked at once, so that checking them cannot starve the pages.
CHECKING = threading.BoundedSemaphore(2)


class Passwords(PasswordUtil):
    """Refuses what is guessed first: common words, one's own address, our name, runs of one letter."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[Any] | None, str]:
        """Return the problems, None where there are none, and the password in its one spelling."""
        problems, normal = super().validate(password, is_register, **kwargs)
        if problems:
            return problems, normal
        email = kwargs.get("email") or getattr(kwargs.get("user"), "email", "") or ""
        if easily_guessed(normal, email):
            return [_("That one is easy to guess. A short sentence of your own works well.")], normal
        return None, normal


def easily_guessed(password: str, email: str = "") -> bool:
    """Return whether a password is little else than a common word, an address or one letter over and over."""
    plain = password.casefold()
    known = [*EASY, *(part for part in email.casefold().split("@")[:1] if len(part) > 3)]
    rest = min((len(plain.replace(word, "")) for word in known), default=len(plain))
    return len(set(plain)) < 4 or rest < len(plain) / 2 or _is_common(plain)


def _is_common(plain: str) -> bool:
    """Return whether it is one common word: as it is, twice over, or with a few signs before or after it."""
    core = plain.strip(EDGES)
    half = plain[: len(plain) // 2]
    words = {plain, core if len(core) >= len(plain) / 2 else "", half if half * 2 == plain else ""}
    return not common_words().isdisjoint(words)


class Hashing:
    """Password hashing that never runs inside a writing transaction."""

    def __init__(self, context: CryptContext) -> None:
        self._context = context

    def hash(self, *arguments: Any, **options: Any) -> str:
        """Return the hash to store."""
        with outside_transaction(), CHECKING:
            hashed: str = self._context.hash(*arguments, **options)
        return hashed

    def verify(self, *arguments: Any, **options: Any) -> bool:
        """Return whether a password fits its hash."""
        with outside_transaction(), CHECKING:
            fits: bool = self._context.verify(*arguments, **options)
        return fits

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)
