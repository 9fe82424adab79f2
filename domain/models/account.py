"""Accounts, roles, passkeys, sealing keys and consents."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Column, ForeignKey, Index, LargeBinary, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.models.base import Base, Id, Identified, reference


class RoleName(StrEnum):
    """What an account may be besides a member (stored as these words)."""

    ORGANIZER = "organizer"
    ADMIN = "admin"
    MODERATOR = "moderator"


account_roles = Table(
    "account_roles",
    Base.metadata,
    Column("account_id", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", String(32), ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Identified, Base):
    """One role; permissions live in `domain.policies`, not in rows."""

    __tablename__ = "roles"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(40), unique=True)
    description: Mapped[str | None] = mapped_column(String(200))
    permissions: Mapped[list[str] | None] = mapped_column(JSON)


class Account(Identified, Base):
    """Who signs in. The columns from ``fs_uniquifier`` on are those the account library asks for.

    The sealed body holds the e-mail address; it is found by its mark alone (see `domain.accounts`).
    """

    __tablename__ = "accounts"

    id: Mapped[Id]
    email_mark: Mapped[str] = mapped_column(String(64), unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info={"privacy": "P1"})
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    demo: Mapped[bool] = mapped_column(default=False)  #: refused where the base URL is https
    created_at: Mapped[datetime]
    adult_confirmed_at: Mapped[datetime | None]
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None]
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(String(64), unique=True)
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(JSON)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_phone_number: Mapped[str | None] = mapped_column(String(128))
    us_totp_secrets: Mapped[str | None] = mapped_column(Text)

    roles: Mapped[list[Role]] = relationship(secondary=account_roles, lazy="selectin")

    def has(self, role: RoleName) -> bool:
        """Return whether this account holds the role."""
        return any(each.name == role for each in self.roles)


class Passkey(Identified, Base):
    """A WebAuthn credential, in the columns the account library asks for."""

    __tablename__ = "passkeys"

    id: Mapped[Id]
    user_id: Mapped[str] = reference("accounts.id", index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True, index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    transports: Mapped[list[str] | None] = mapped_column(JSON)
    extensions: Mapped[str | None] = mapped_column(String(255))
    create_datetime: Mapped[datetime]
    lastuse_datetime: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(64))
    usage: Mapped[str] = mapped_column(String(64))
    backup_state: Mapped[bool]
    device_type: Mapped[str] = mapped_column(String(64))


class SealingKey(Base):
    """One account's key, wrapped by a master key; destroying the row makes its sealed fields unreadable."""

    __tablename__ = "sealing_keys"

    owner: Mapped[str] = mapped_column(String(32), primary_key=True)  #: an account id, kept apart from it
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    master: Mapped[str] = mapped_column(String(16))  #: which master key wraps it
    created_at: Mapped[datetime]


class ConsentPurpose(StrEnum):
    """What a member may agree to, each on its own (stored as these words)."""

    COMFORT = "comfort"  #: comfort answers, distress and reflections shape suggestions
    GROUP_VISIBILITY = "group_visibility"  #: display name shown to the groups I join
    HARDER_STEP = "harder_step"  #: a step above the last one
    CHECK_INS = "check_ins"  #: answers to check-ins are kept, for the member alone
    INTRODUCTIONS = "introductions"  #: display name and chosen interests shown to a few who go along
    NEEDS_CARD = "needs_card"  #: what helps me, shown to a few who go along
    KIND_WORDS = "kind_words"  #: a kind sentence may come from somebody I was out with
    CONDUCT = "conduct"  #: how people treat each other: accepted, before the first circle


class Consent(Identified, Base):
    """One yes, and when it was taken back; rows are only ever added or withdrawn."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_account_purpose", "account", "purpose"),)

    id: Mapped[Id]
    account: Mapped[str] = reference("accounts.id")
    purpose: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    text_hash: Mapped[str] = mapped_column(String(64))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
