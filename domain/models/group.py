"""Groups and who belongs to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.models.base import Base, Id, Identified, reference


class Group(Identified, Base):
    """A standing community with an organizer; an imported one has a ``source`` and no organizer of ours."""

    __tablename__ = "groups"
    __table_args__ = (CheckConstraint("newcomer_limit IS NULL OR newcomer_limit > 0", name="newcomer_limit"),)

    id: Mapped[Id]
    organizer: Mapped[str | None] = reference("accounts.id", ondelete="SET NULL", index=True)
    name: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(String(280), default="")
    description: Mapped[str] = mapped_column(Text, default="")  #: small Markdown
    offers: Mapped[list[str]] = mapped_column(JSON, default=list)  #: kinds of connection (`Need`)
    values: Mapped[list[str]] = mapped_column(JSON, default=list)  #: slugs (R76)
    access: Mapped[list[str]] = mapped_column(JSON, default=list)  #: stated as there: `domain.inclusion.Item`
    access_unmet: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")  #: as not there
    locality: Mapped[str | None] = mapped_column(String(120))
    time_zone: Mapped[str] = mapped_column(String(60))
    newcomer_limit: Mapped[int | None]  #: newcomers an occurrence can welcome
    greeter: Mapped[str | None] = mapped_column(String(120))  #: who welcomes people who are new
    source: Mapped[str | None] = mapped_column(String(400), unique=True)  #: identity in an imported listing
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    interests: Mapped[list[GroupInterest]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="GroupInterest.interest"
    )


class GroupInterest(Base):
    """What a group is about."""

    __tablename__ = "group_interests"

    group: Mapped[str] = reference("groups.id", primary_key=True)
    interest: Mapped[str] = mapped_column(String(60), primary_key=True)  #: slug


class Membership(Identified, Base):
    """A member belongs to a group from ``since`` until ``left_at``."""

    __tablename__ = "memberships"
    __table_args__ = (
        Index(
            "uq_memberships_open",
            "group",
            "member",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
        CheckConstraint("left_at IS NULL OR left_at >= since", name="left_after_since"),
    )

    id: Mapped[Id]
    group: Mapped[str] = reference("groups.id")
    member: Mapped[str] = reference("members.id", index=True)
    since: Mapped[datetime]
    left_at: Mapped[datetime | None]
    name_shown: Mapped[bool] = mapped_column(default=False)  #: consent to show the display name to the group


class BelongingTotal(Identified, Base):
    """How welcome people felt in a group in a quarter of a year, added up.

    The sealed body, under a key of the row's own, holds how many answers, and their sum: `domain.belonging`.
    """

    __tablename__ = "belonging_totals"
    __table_args__ = (UniqueConstraint("group", "quarter"),)

    id: Mapped[Id]
    group: Mapped[str] = reference("groups.id")
    quarter: Mapped[int]  #: year * 4, and 0 to 3
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info={"privacy": "P4"})
