"""Ideas for two who would both meet again: of what each was proposed anyway, with both consents."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from domain import blocks, circles, company, shared_ideas, suggestions
from domain.models import (
    Account,
    Answer,
    CircleRequest,
    Event,
    EventInterest,
    Group,
    MatchingRun,
    Member,
    Occurrence,
    RunStatus,
    Suggestion,
)
from domain.suggestions import Drafted
from tests import circle_rows, factories
from tests.conftest import NOW

DAY = timedelta(days=1)
TOWN = "Ambleford"
CASES = (
    "one-sided",
    "my consent",
    "their consent",
    "not shown",
    "about something else",
    "not on their list",
    "answered",
    "blocked",
    "organizer blocked",
    "rest",
    "elsewhere",
    "away",
)


def wish(session: Session, who: Member, evening: Occurrence, other: str) -> None:
    seen = company.look(session, member=who.id, occurrence=evening, now=evening.ends_at)
    places = [each.place for each in seen.companions if each.name == other]
    company.wish(session, member=who.id, occurrence=evening, places=places, now=evening.ends_at)


def propose(session: Session, member: Member, places: list[Occurrence]) -> None:
    """As a worker does: a list of right-sized outings."""
    run = MatchingRun(
        member=member.id, reason="x", status=RunStatus.FINISHED, requested_at=NOW, finished_at=NOW
    )
    session.add(run)
    session.flush()
    drafts = [
        Drafted(run=run.id, member=member.id, occurrence=each.id, position=number, kind="right_sized",
                body={"anticipated": 40.0, "score": 0.6, "reasons": []})
        for number, each in enumerate(places, start=1)
    ]  # fmt: skip
    suggestions.replace(session, members=[member.id], drafts=drafts, now=NOW)


def ideas(session: Session, who: Member, evening: Occurrence) -> list[str]:
    """Return the titles one of them is shown."""
    now = evening.ends_at
    seen = company.look(session, member=who.id, occurrence=evening, now=now)
    found = shared_ideas.of(session, member=who.id, met=evening, companions=seen.companions, now=now)
    return [entry.event.title for entries in found.values() for entry in entries]


class Pair:
    """Ann and Ben, who met and would both meet again, and a games day both have on their lists."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.evening = circle_rows.games(session, locality=TOWN)
        self.ann, self.ben, self.cat = [
            circle_rows.guest(session, self.evening, name) for name in ("Ann", "Ben", "Cat")
        ]
        circle_rows.settled(session, self.evening, [self.ann, self.ben, self.cat])
        wish(session, self.ann, self.evening, "Ben")
        wish(session, self.ben, self.evening, "Ann")
        self.organizer = factories.account(session)
        group = factories.group(session, name="Games by day", organizer=self.organizer)
        self.places = [self._games(group, number) for number in range(1, 5)]
        for each in (self.ann, self.ben):
            propose(session, each, self.places[:1])

    def _games(self, group: Group, number: int) -> Occurrence:
        event = factories.event(
            self.session, group=group, title=f"Games day {number}", interests=["board-games"], locality=TOWN
        )
        starts = self.evening.ends_at + number * DAY
        return factories.occurrence(self.session, event=event, starts_at=starts)

    def seen(self) -> list[list[str]]:
        return [ideas(self.session, each, self.evening) for each in (self.ann, self.ben, self.cat)]


@pytest.fixture
def pair(session: Session) -> Pair:
    return Pair(session)


@pytest.mark.requirement("R71")
def test_both_see_up_to_three_that_were_proposed_to_both_and_a_third_sees_none(
    session: Session, pair: Pair
) -> None:
    assert pair.seen() == [["Games day 1"], ["Games day 1"], []]
    propose(session, pair.ann, pair.places)
    propose(session, pair.ben, pair.places[::-1])
    three = ["Games day 1", "Games day 2", "Games day 3"]
    assert pair.seen() == [three, three, []]


@pytest.mark.requirement("R71", "R20")
def test_where_anything_is_missing_on_either_side_neither_sees_it(session: Session, pair: Pair) -> None:
    for why in CASES:
        with session.begin_nested() as change:
            _change(session, pair, why)
            session.flush()
            session.expire_all()
            seen = pair.seen()[:1] if why == "away" else pair.seen()
            assert not any(seen), why
            change.rollback()
        session.expire_all()
        assert pair.seen() == [["Games day 1"], ["Games day 1"], []]


def _change(session: Session, pair: Pair, why: str) -> None:
    event = session.get_one(Event, pair.places[0].event)
    match why:
        case "one-sided":
            wish(session, pair.ben, pair.evening, "Cat")
        case "my consent":
            circles.withdraw_consent(session, member=pair.ann.id, now=pair.evening.ends_at)
        case "their consent":
            circles.withdraw_consent(session, member=pair.ben.id, now=pair.evening.ends_at)
        case "not shown":
            session.execute(
                update(CircleRequest).where(CircleRequest.member == pair.ben.id).values(topics=[])
            )
        case "about something else":
            event.interests = [EventInterest(event=event.id, interest="walking")]
        case "not on their list":  # out of their reach, or above their ceiling: nobody but the matcher knows
            propose(session, pair.ben, pair.places[1:])
        case "answered":
            row = session.query(Suggestion).filter_by(member=pair.ben.id, retired_at=None).one()
            suggestions.answer(session, member=pair.ben.id, suggestion=row.id, answer=Answer.NOT_NOW, now=NOW)
        case "blocked":
            blocks.block(session, member=pair.ben.id, other=pair.ann.id, label="Ann", now=NOW)
        case "organizer blocked":
            blocks.block(session, member=pair.ben.id, other=pair.organizer.id, label="Host", now=NOW)
        case "rest":
            pair.ben.paused_until = pair.evening.ends_at + 9 * DAY
        case "elsewhere":
            event.locality = "Far Town"
        case "away":
            session.get_one(Account, pair.ben.id).active = False
