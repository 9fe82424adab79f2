"""Store listings as events: each whole or not at all, once, however often its file is imported."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from slugify import slugify
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import groups, schedule
from domain.groups import GroupDraft
from domain.listings.record import Basis, Listing, fingerprint
from domain.models import Event, Group
from domain.schedule import EventDraft
from matching.inputs import Need

CANCELLED = "The listing says that it does not take place."
NAMELESS = "Events from listings"


class Outcome(StrEnum):
    """What storing a listing came to; `domain.listings.reading` says how they add up."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REPAIRED = "repaired"


def store(session: Session, listing: Listing, *, now: datetime) -> Outcome:
    """Store one listing and flush it. Raises `domain.errors.Invalid` where it cannot be an event."""
    mark = fingerprint(listing)
    event = session.scalar(select(Event).where(Event.source == listing.uid))
    if event is not None and event.fingerprint == mark:
        return Outcome.UNCHANGED
    if event is None:
        stored = schedule.publish(
            session,
            group=_group_of(session, listing, now),
            draft=_draft(listing),
            now=now,
            source=listing.uid,
            fingerprint=mark,
        )
    else:
        schedule.reopen(session, event=event, now=now)
        stored = schedule.change(session, event=event, draft=_draft(listing), now=now, fingerprint=mark)
    if listing.cancelled:
        schedule.cancel(session, event=stored, reason=CANCELLED, now=now)
    if listing.repairs:
        return Outcome.REPAIRED
    return Outcome.CREATED if event is None else Outcome.UPDATED


def _draft(listing: Listing) -> EventDraft:
    minutes = round((listing.ends_at - listing.starts_at).total_seconds() / 60)
    by_basis = {
        basis: {name: fact.value for name, fact in listing.facts.items() if fact.basis is basis}
        for basis in Basis
    }
    return EventDraft(
        title=listing.title,
        text=listing.text,
        starts_local=listing.starts_at.astimezone(ZoneInfo(listing.tz)).replace(tzinfo=None),
        duration_minutes=max(1, minutes),
        time_zone=listing.tz,
        rrule=listing.rrule,
        exdates=listing.exdates,
        venue=listing.venue[:200] or None,
        address=listing.venue[:300] or None,
        locality=listing.locality[:120] or None,
        latitude=listing.latitude,
        longitude=listing.longitude,
        online=listing.online,
        url=listing.url if listing.url and len(listing.url) <= 600 else None,
        price=0.0 if listing.is_free else listing.price,
        currency=listing.currency,
        capacity=listing.capacity,
        interests=listing.interests,
        facts=by_basis[Basis.STATED],
        assumed=by_basis[Basis.ASSUMED],
    )


def _group_of(session: Session, listing: Listing, now: datetime) -> Group:
    """Return the group that stands for the listing's organizer; nobody of ours runs it."""
    name = (listing.organizer or listing.venue or NAMELESS).strip()[:120]
    source = f"listings:{slugify(name, max_length=200) or name}"[:400]
    group = session.scalar(select(Group).where(Group.source == source))
    if group is not None:
        return group
    draft = GroupDraft(
        name=name if len(name) > 1 else NAMELESS,
        summary="Taken from a public listing. Nobody from Handrail has met this organizer.",
        offers=(Need.SHARED_ACTIVITY,),
        locality=listing.locality[:120] or None,
        time_zone=listing.tz,
        interests=listing.interests[:4],
    )
    return groups.found(session, organizer=None, draft=draft, now=now, source=source)
