"""Members with a past to look back on and a future to say yes to, made as the pages would."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from domain import consent, members, places
from domain.database import Sessions, writing
from domain.models import ConsentPurpose, Event, Rsvp, RsvpStatus
from matching.inputs import Need
from tests import factories
from tests.workers.people import QUIET, TOWN


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """One of them."""

    id: str
    email: str
    past: tuple[str, ...]  #: ids of answers to outings they have not looked back on


@dataclass(frozen=True, kw_only=True, slots=True)
class Town:
    """Who lives there, and what is on."""

    people: tuple[Person, ...]
    coming: tuple[str, ...]  #: ids of occurrences


def settle(sessions: Sessions, *, count: int, outings: int, coming: int = 12) -> Town:
    """Make a town of ``count`` members, each with ``outings`` behind them; ``coming`` occurrences ahead."""
    now = datetime.now(UTC).replace(microsecond=0)
    with writing(sessions) as session:
        organizer = factories.account(session, email="olive@example.com", now=now)
        group = factories.group(session, organizer=organizer, now=now - timedelta(days=100))
        walk = factories.event(
            session, group=group, facts={str(name): value for name, value in QUIET.items()},
            now=now - timedelta(days=100), latitude=TOWN[0], longitude=TOWN[1],
        )  # fmt: skip
        ahead = tuple(
            factories.occurrence(session, event=walk, starts_at=now + timedelta(days=3 + day)).id
            for day in range(coming)
        )
        behind = [
            factories.occurrence(
                session, event=walk, starts_at=now - timedelta(days=90) + timedelta(hours=7 * n)
            ).id
            for n in range(outings)
        ]
        people = tuple(_person(session, number, behind, walk, now) for number in range(count))
    return Town(people=people, coming=ahead)


def _person(session: Session, number: int, behind: list[str], walk: Event, now: datetime) -> Person:
    email = f"person{number}@example.com"
    row = factories.member(session, email=email, display_name=f"Person {number}", now=now)
    members.save_private(
        session, member=row, now=now, needs=(Need.SHARED_ACTIVITY,), cell=places.cell_of(*TOWN)
    )
    consent.give(session, account=row.id, purpose=ConsentPurpose.COMFORT, now=now)
    members.answer_comfort(session, member=row, answers={"quiet_walk": 30, "party": 80}, now=now)
    past = [
        Rsvp(occurrence=occurrence, member=row.id, status=RsvpStatus.YES, intentional=True, responded_at=now)
        for occurrence in behind
    ]
    session.add_all(past)
    session.flush()
    return Person(id=row.id, email=email, past=tuple(each.id for each in past))
