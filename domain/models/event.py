"""Events, their facts, their occurrences and the answers to them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, LargeBinary, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.models.base import Base, Id, Identified, reference


class RsvpStatus(StrEnum):
    """A member's answer (stored as these words)."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
    WAITING = "waiting"


class CourtesyKind(StrEnum):
    """What a member can say around an outing in one tap (stored as these words)."""

    LATE = "late"
    EARLY = "early"
    THANKS = "thanks"


class Event(Identified, Base):
    """What an organizer announces. A recurring one keeps local wall time, zone and RRULE text.

    ``starts_local`` is the first start as wall time, ``YYYY-MM-DDTHH:MM``, in ``time_zone``.
    """

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint("duration_minutes > 0 AND duration_minutes <= 20160", name="duration"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="position"),
    )

    id: Mapped[Id]
    group: Mapped[str] = reference("groups.id", index=True)
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")  #: small Markdown
    starts_local: Mapped[str] = mapped_column(String(16))
    duration_minutes: Mapped[int]
    time_zone: Mapped[str] = mapped_column(String(60))
    rrule: Mapped[str | None] = mapped_column(String(400))
    exdates: Mapped[str | None] = mapped_column(Text)  #: wall times left out, one a line
    venue: Mapped[str | None] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(300))  #: shown only after a yes
    locality: Mapped[str | None] = mapped_column(String(120))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    online: Mapped[bool] = mapped_column(default=False)
    url: Mapped[str | None] = mapped_column(String(600))
    price: Mapped[float | None] = mapped_column(Numeric(10, 2, asdecimal=False))  #: none: not stated; 0: free
    currency: Mapped[str | None] = mapped_column(String(3))
    capacity: Mapped[int | None]
    greeter: Mapped[str | None] = mapped_column(String(120))
    leaving: Mapped[str | None] = mapped_column(String(280))  #: how to leave early
    arriving: Mapped[str | None] = mapped_column(String(280))  #: how to arrive
    low_pressure: Mapped[bool] = mapped_column(
        default=False
    )  #: marked so, with every pressure fact stated (R21)
    published_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(String(280))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    sequence: Mapped[int] = mapped_column(default=0)  #: iCalendar SEQUENCE
    source: Mapped[str | None] = mapped_column(String(400), unique=True)  #: identity in an imported listing
    fingerprint: Mapped[str | None] = mapped_column(String(64))  #: of the listing as last imported

    facts: Mapped[list[EventFact]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    interests: Mapped[list[EventInterest]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="EventInterest.interest"
    )


class EventInterest(Base):
    """What an event is about."""

    __tablename__ = "event_interests"

    event: Mapped[str] = reference("events.id", primary_key=True)
    interest: Mapped[str] = mapped_column(String(60), primary_key=True)  #: slug


class EventFact(Base):
    """One pressure fact: a situation feature with its value, stated by the organizer or assumed by us."""

    __tablename__ = "event_facts"
    __table_args__ = (CheckConstraint("value >= 0 AND value <= 1", name="value"),)

    event: Mapped[str] = reference("events.id", primary_key=True)
    feature: Mapped[str] = mapped_column(String(20), primary_key=True)  #: `SituationFeature`
    value: Mapped[float]
    assumed: Mapped[bool] = mapped_column(default=False)


class Occurrence(Identified, Base):
    """One time an event takes place; RSVPs hang here."""

    __tablename__ = "occurrences"
    __table_args__ = (
        UniqueConstraint("event", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_occurrences_starts_at", "starts_at"),  # the event list and candidate generation
    )

    id: Mapped[Id]
    event: Mapped[str] = reference("events.id")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(String(280))


class Rsvp(Identified, Base):
    """A member's answer to an occurrence. The sealed body holds what they expect and any paired reward."""

    __tablename__ = "rsvps"
    __table_args__ = (UniqueConstraint("occurrence", "member"),)

    id: Mapped[Id]
    occurrence: Mapped[str] = reference("occurrences.id")
    member: Mapped[str] = reference("members.id", index=True)
    status: Mapped[str] = mapped_column(String(10))  #: `RsvpStatus`
    intentional: Mapped[bool] = mapped_column(default=False)  #: marked beforehand as a planned step (R07)
    responded_at: Mapped[datetime]
    attended: Mapped[bool | None]  #: as the member said afterwards
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info={"privacy": "P4"})


class Courtesy(Identified, Base):
    """A member has said something of `CourtesyKind` about an outing; gone soon after it."""

    __tablename__ = "courtesies"
    __table_args__ = (UniqueConstraint("occurrence", "member", "kind"),)

    id: Mapped[Id]
    occurrence: Mapped[str] = reference("occurrences.id")
    member: Mapped[str] = reference("members.id", index=True)
    kind: Mapped[str] = mapped_column(String(10))  #: `CourtesyKind`
    said_at: Mapped[datetime]


class EventTask(Identified, Base):
    """Something small to do at an event, named by its organizer, for so many people."""

    __tablename__ = "event_tasks"
    __table_args__ = (CheckConstraint("people > 0", name="people"),)

    id: Mapped[Id]
    event: Mapped[str] = reference("events.id", index=True)
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(60))
    people: Mapped[int] = mapped_column(default=1)


class TaskTaker(Identified, Base):
    """A member has taken a task for one date, until they give it back."""

    __tablename__ = "task_takers"
    __table_args__ = (UniqueConstraint("occurrence", "member"),)

    id: Mapped[Id]
    task: Mapped[str] = reference("event_tasks.id", index=True)
    occurrence: Mapped[str] = reference("occurrences.id")
    member: Mapped[str] = reference("members.id", index=True)
