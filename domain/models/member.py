"""Members: profile, interests, comfort."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.models.base import Base, Id, reference, sealed_column


class Member(Base):
    """A person who looks for company; shares its id with the account.

    The sealed body holds needs, own words, place (H3 cell and name), access needs and things to avoid:
    see `domain.members.PrivateProfile`.
    """

    __tablename__ = "members"
    __table_args__ = (
        CheckConstraint("radius_km >= 1 AND radius_km <= 200", name="radius"),
        CheckConstraint("weekly_cap BETWEEN 1 AND 7", name="weekly_cap"),
        Index("ix_members_region", "region", "id"),  # the members of a region, step by step
    )

    id: Mapped[Id] = reference("accounts.id", primary_key=True)
    display_name: Mapped[str] = mapped_column(String(60))
    pronouns: Mapped[str | None] = mapped_column(String(40))
    time_zone: Mapped[str] = mapped_column(String(60))
    energy: Mapped[list[int] | None] = mapped_column(JSON)  #: 21 slots of 0, 1, 2; none: not said
    radius_km: Mapped[float] = mapped_column(default=10.0)
    online_only: Mapped[bool] = mapped_column(default=False)
    weekly_cap: Mapped[int] = mapped_column(default=1)
    rest_hours: Mapped[int] = mapped_column(default=48)
    paused_until: Mapped[datetime | None]
    steps_done: Mapped[list[str]] = mapped_column(JSON, default=list)  #: onboarding steps answered or skipped
    created_at: Mapped[datetime]
    #: Keyed mark of the large cell they live in, see `domain.regions`; empty: not looked at yet.
    region: Mapped[str] = mapped_column(String(32), default="", server_default="")
    sealed: Mapped[bytes | None] = sealed_column()

    interests: Mapped[list[MemberInterest]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="MemberInterest.interest"
    )


class MemberInterest(Base):
    """How much a member likes something."""

    __tablename__ = "member_interests"
    __table_args__ = (CheckConstraint("weight > 0 AND weight <= 1", name="weight"),)

    member: Mapped[str] = reference("members.id", primary_key=True)
    interest: Mapped[str] = mapped_column(String(60), primary_key=True)  #: slug
    weight: Mapped[float] = mapped_column(default=1.0)


class ComfortState(Base):
    """A member's comfort model and pace, sealed; written by a worker only."""

    __tablename__ = "comforts"

    member: Mapped[str] = reference("members.id", primary_key=True)
    attempts: Mapped[int] = mapped_column(default=0)  #: outings learnt from; makes every write a new version
    updated_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info={"privacy": "P4"})


class ComfortAnswers(Base):
    """The six comfort questions as answered, sealed; a skipped one is absent."""

    __tablename__ = "comfort_answers"

    member: Mapped[str] = reference("members.id", primary_key=True)
    updated_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info={"privacy": "P4"})


class NeedsCard(Base):
    """What helps a member among people, sealed; whom it is shown to, see `domain.needs_cards`."""

    __tablename__ = "needs_cards"

    member: Mapped[str] = reference("members.id", primary_key=True)
    always: Mapped[bool] = mapped_column(default=False)  #: at every outing they go to with a few others
    updated_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info={"privacy": "P4"})


class Digest(Base):
    """Whether and when a member is sent a letter about the week ahead."""

    __tablename__ = "digests"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
    )

    member: Mapped[str] = reference("members.id", primary_key=True)
    weekday: Mapped[int]  #: 0: Monday
    hour: Mapped[int]  #: of the member's own clock
    wanted: Mapped[bool]
    due_at: Mapped[datetime | None]  #: the timer that counts
    sent_at: Mapped[datetime | None]  #: the last one that was written
