"""Rows for tests: keyword-only builders, each default harmless, each row flushed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from domain import accounts, consent, members
from domain.models import (
    Account,
    ConsentPurpose,
    Event,
    EventFact,
    EventInterest,
    Group,
    GroupInterest,
    Member,
    MemberInterest,
    Membership,
    Occurrence,
    RoleName,
)
from tests.conftest import NOW

PASSWORD = "a quiet long sentence"
_numbers = count(1)


@lru_cache(maxsize=1)
def password_hash() -> str:
    """The hash of `PASSWORD`, worked out once: it is slow on purpose."""
    return accounts.hash_password(PASSWORD)


def account(
    session: Session,
    *,
    email: str | None = None,
    roles: Iterable[RoleName] = (),
    confirmed: bool = True,
    demo: bool = False,
    now: datetime = NOW,
) -> Account:
    return accounts.create(
        session,
        email=email or f"person{next(_numbers)}@example.com",
        password_hash=password_hash(),
        roles=roles,
        now=now,
        demo=demo,
        confirmed=confirmed,
    )


def member(
    session: Session,
    *,
    display_name: str = "Robin",
    time_zone: str = "Europe/London",
    interests: Mapping[str, float] | None = None,
    consents: Iterable[ConsentPurpose] = (ConsentPurpose.COMFORT,),
    now: datetime = NOW,
    **facts: Any,
) -> Member:
    """``facts``: columns of the member, or ``email`` and ``roles`` of the account."""
    owner = account(
        session, now=now, **{name: facts.pop(name) for name in ("email", "roles") if name in facts}
    )
    row = members.create(session, account=owner, display_name=display_name, time_zone=time_zone, now=now)
    for name, value in facts.items():
        setattr(row, name, value)
    for slug, weight in (interests or {}).items():
        row.interests.append(MemberInterest(member=row.id, interest=slug, weight=weight))
    for purpose in consents:
        consent.give(session, account=row.id, purpose=purpose, now=now)
    session.flush()
    return row


def group(
    session: Session,
    *,
    organizer: Account | None = None,
    name: str = "Tuesday walkers",
    interests: Iterable[str] = ("walking",),
    now: datetime = NOW,
    **facts: Any,
) -> Group:
    row = Group(
        organizer=organizer.id if organizer else None,
        name=name,
        time_zone=facts.pop("time_zone", "Europe/London"),
        created_at=now,
        **facts,
    )
    row.interests = [GroupInterest(group=row.id, interest=slug) for slug in sorted(set(interests))]
    session.add(row)
    session.flush()
    return row


def membership(
    session: Session, *, of: Member, group: Group, now: datetime = NOW, **facts: Any
) -> Membership:
    row = Membership(group=group.id, member=of.id, since=now, **facts)
    session.add(row)
    session.flush()
    return row


def event(
    session: Session,
    *,
    group: Group,
    title: str = "Slow walk by the river",
    interests: Iterable[str] = ("walking",),
    facts: Mapping[str, float] | None = None,
    now: datetime = NOW,
    **columns: Any,
) -> Event:
    """``facts``: stated pressure facts, 0-1 by situation feature."""
    defaults: dict[str, Any] = {
        "starts_local": "2026-06-02T18:30",
        "duration_minutes": 90,
        "time_zone": "Europe/London",
        "published_at": now,
    }
    row = Event(group=group.id, title=title, created_at=now, changed_at=now, **defaults | columns)
    row.interests = [EventInterest(event=row.id, interest=slug) for slug in sorted(set(interests))]
    row.facts = [EventFact(event=row.id, feature=name, value=value) for name, value in (facts or {}).items()]
    session.add(row)
    session.flush()
    return row


def occurrence(
    session: Session,
    *,
    event: Event,
    starts_at: datetime = NOW + timedelta(days=1, hours=8, minutes=30),
    minutes: int = 90,
    **facts: Any,
) -> Occurrence:
    row = Occurrence(
        event=event.id, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes), **facts
    )
    session.add(row)
    session.flush()
    return row
