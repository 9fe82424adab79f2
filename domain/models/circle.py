"""Circles: a few people who ask to go to an occurrence together, and whom they would meet again."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.base import Base, Id, Identified, reference


class CircleRequest(Identified, Base):
    """A member would like to go to an occurrence with a few others."""

    __tablename__ = "circle_requests"
    __table_args__ = (UniqueConstraint("occurrence", "member"),)

    id: Mapped[Id]
    occurrence: Mapped[str] = reference("occurrences.id")
    member: Mapped[str] = reference("members.id", index=True)
    topics: Mapped[list[str]] = mapped_column(JSON, default=list)  #: interests they let the others see, slugs
    card: Mapped[bool | None]  #: the others may read their needs card; none: as they said for every outing
    asked_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    declined: Mapped[int] = mapped_column(default=0)  #: circles they stepped out of, for this occurrence
    told: Mapped[str | None] = mapped_column(String(20))  #: why nobody was found, once they were told


class Circle(Identified, Base):
    """Three to five members who might go to an occurrence together."""

    __tablename__ = "circles"

    id: Mapped[Id]
    occurrence: Mapped[str] = reference("occurrences.id", index=True)
    formed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]  #: all have said yes: from then on they see each other's names
    ended_at: Mapped[datetime | None]


class PlaceAnswer(StrEnum):
    """What a member says to a circle (stored as these words)."""

    WAITING = "waiting"
    YES = "yes"


class CirclePlace(Identified, Base):
    """One member's place in a circle, until they step out or the circle ends."""

    __tablename__ = "circle_places"
    __table_args__ = (
        UniqueConstraint("circle", "member"),
        CheckConstraint("answer IN ('waiting', 'yes')", name="answer"),
        Index(
            "uq_circle_places_live",
            "occurrence",
            "member",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    circle: Mapped[str] = reference("circles.id")
    occurrence: Mapped[str] = reference("occurrences.id")  #: the circle's own, so that nobody has two places
    member: Mapped[str] = reference("members.id", index=True)
    answer: Mapped[str] = mapped_column(String(10), default=PlaceAnswer.WAITING)  #: `PlaceAnswer`
    answered_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]


class CircleWish(Identified, Base):
    """A member would meet another again; told to nobody unless both say so (R55)."""

    __tablename__ = "circle_wishes"
    __table_args__ = (
        UniqueConstraint("member", "other"),
        CheckConstraint("member <> other", name="two_people"),
    )

    id: Mapped[Id]
    circle: Mapped[str] = reference("circles.id", index=True)
    member: Mapped[str] = reference("members.id")
    other: Mapped[str] = reference("members.id", index=True)
    created_at: Mapped[datetime]


class KindWord(Identified, Base):
    """One of a few kind sentences, from somebody of a circle to a member who lets them come (R34)."""

    __tablename__ = "kind_words"
    __table_args__ = (
        UniqueConstraint("circle", "member", "sender"),
        CheckConstraint("member <> sender", name="two_people"),
    )

    id: Mapped[Id]
    circle: Mapped[str] = reference("circles.id")
    member: Mapped[str] = reference("members.id", index=True)  #: who it is for
    sender: Mapped[str] = reference("members.id", index=True)
    sentence: Mapped[str] = mapped_column(String(20))  #: `domain.kind_words.Sentence`
    created_at: Mapped[datetime]
