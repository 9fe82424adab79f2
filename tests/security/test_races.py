"""Fifty people and one seat, and every form sent twice."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from domain import database, rsvps
from domain.database import Sessions
from domain.models import Base, Rsvp, RsvpStatus
from tests import factories
from tests.conftest import NOW
from tests.security import walk
from tests.security.actors import Actor
from tests.security.site import Site

#: Rounds of fifty people for one seat; 100 with HANDRAIL_RACES=100.
ROUNDS = int(os.environ.get("HANDRAIL_RACES", "4"))
PEOPLE, AT_ONCE = 50, 8


@pytest.fixture
def crowd(sessions: Sessions) -> list[str]:
    with database.writing(sessions) as rows:
        return [factories.member(rows, weekly_cap=7).id for _ in range(PEOPLE)]


@pytest.mark.requirement("C46")
def test_one_seat_goes_to_one_of_fifty(
    sessions: Sessions, crowd: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    winners = [race(sessions, crowd, number) for number in range(ROUNDS)]
    with capsys.disabled():
        print(f"\nraces: {ROUNDS} rounds of {PEOPLE} people for one seat, winners each: {set(winners)}")  # noqa: T201
    assert set(winners) == {(1, PEOPLE - 1)}


def race(sessions: Sessions, crowd: list[str], number: int) -> tuple[int, int]:
    """How many have the seat, and how many wait for it."""
    with database.writing(sessions) as rows:
        event = factories.event(rows, group=factories.group(rows), capacity=1)
        seat = factories.occurrence(rows, event=event, starts_at=NOW + timedelta(days=1 + 14 * number)).id
    start = threading.Barrier(AT_ONCE)

    def say_yes(member: str) -> None:
        with database.writing(sessions) as rows:
            rsvps.respond(rows, member=member, occurrence=seat, status=RsvpStatus.YES, now=NOW, over_cap=True)

    def some(members: list[str]) -> None:
        start.wait()
        for member in members:
            say_yes(member)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(some, [crowd[each::AT_ONCE] for each in range(AT_ONCE)]))
    with database.reading(sessions) as rows:
        counted = select(Rsvp.status, func.count()).where(Rsvp.occurrence == seat).group_by(Rsvp.status)
        found: dict[str, int] = {row[0]: row[1] for row in rows.execute(counted)}
    return found.get(RsvpStatus.YES, 0), found.get(RsvpStatus.WAITING, 0)


#: What is kept with each time, on purpose: a settings version says who and why, a report is one of five.
TIMES = {"outbox_messages", "failed_tries", "audit_entries", "visits", "support_readings"}


def counts(site: Site) -> dict[str, int]:
    with site.rows() as rows:
        return {
            name: rows.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
            if name not in TIMES
        }


#: A press of these says that something was done once more, so two presses count two.
COUNTED = {"goals.talked", "notebook.tick"}
FORMS: dict[str, dict[str, str]] = {
    "rsvps.accept": {"expected": "40", "over_cap": "1"},
    "goals.begin": {"template": "outings", "times": "1"},
    "profile.change_consent": {"purpose": "harder_step", "consent": "y"},
    "accounts.become_organizer": {"about": "A slow walk.", "kind": "y"},
    "ladder.take_smaller": {"what": "shorter"},
}


@pytest.mark.requirement("C47")
def test_every_form_sent_twice_has_one_effect(site: Site) -> None:
    """Rows after the second time are as many as after the first, on every page that takes a form."""
    twice = []
    for call in walk.calls(site.app, site.world, ("POST",)):
        if call.endpoint in COUNTED:
            continue
        for actor in (Actor.SELF, Actor.ORGANIZER, Actor.ADMIN):
            data = FORMS.get(call.endpoint, {})
            first = site.ask(actor, call.path, method="POST", data=data)
            if first.status_code >= 400:
                continue
            once = counts(site)
            site.ask(actor, call.path, method="POST", data=data)
            if counts(site) != once:
                twice.append((call.rule, str(actor)))
            site.restore()
    assert twice == []
