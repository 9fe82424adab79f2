"""Running late, leaving early, thank you: one tap each, read by whom it concerns, and gone again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import blocks, courtesies, outings, rsvps
from domain.courtesies import OF_THE_DAY, Said
from domain.errors import Conflict
from domain.models import Courtesy, CourtesyKind, Event, Group, Member, Occurrence, Rsvp
from domain.outings import Outing
from tests import circle_rows, factories
from tests.domain.test_blocks import Town, go

LATE, EARLY, THANKS = CourtesyKind


def outing_of(session: Session, member: Member, place: Occurrence) -> Outing:
    row = session.scalars(select(Rsvp).where(Rsvp.member == member.id, Rsvp.occurrence == place.id)).one()
    return outings.one(session, member=member.id, rsvp=row.id)


def day_of(place: Occurrence) -> datetime:
    return place.starts_at - timedelta(minutes=30)


@pytest.fixture
def town(session: Session) -> Town:
    return Town(session)


def read(session: Session, town: Town, now: datetime) -> dict[CourtesyKind, Said]:
    found = courtesies.of_the_day(
        session, viewer=town.olga.id, group=town.group, occurrences=[town.walk], now=now
    )
    return found.get(town.walk.id, {})


@pytest.mark.requirement("R72")
def test_each_has_its_time(session: Session, town: Town) -> None:
    ann, day, over = outing_of(session, town.ann, town.walk), day_of(town.walk), town.walk.ends_at
    assert courtesies.open_to(session, ann, now=day - timedelta(days=1)) == ()
    assert courtesies.open_to(session, ann, now=day) == OF_THE_DAY
    assert courtesies.open_to(session, ann, now=over) == (THANKS,)
    assert courtesies.open_to(session, ann, now=over + courtesies.THANKED_FOR) == ()
    with pytest.raises(Conflict):
        courtesies.say(session, ann, kind=THANKS, now=day)
    town.group.organizer = None
    assert courtesies.open_to(session, ann, now=day) == (), "nobody would read it"


@pytest.mark.requirement("R72")
def test_the_organizer_reads_a_number_and_the_names_they_know(session: Session, town: Town) -> None:
    cas = factories.member(session, display_name="Cas")
    go(session, cas, town.walk)
    day = day_of(town.walk)
    for member in (town.ann, cas):
        outing = outing_of(session, member, town.walk)
        for _ in range(2):
            courtesies.say(session, outing, kind=LATE, now=day)
    assert read(session, town, day) == {LATE: Said(names=("Ann",), others=1)}
    courtesies.take_back(session, outing_of(session, cas, town.walk), kind=LATE)
    assert read(session, town, day) == {LATE: Said(names=("Ann",))}
    assert read(session, town, town.walk.ends_at) == {}


def test_who_no_longer_comes_or_is_parted_is_not_read_of(session: Session, town: Town) -> None:
    day = day_of(town.walk)
    for member in (town.ann, town.ben):
        courtesies.say(session, outing_of(session, member, town.walk), kind=EARLY, now=day)
    ann = outing_of(session, town.ann, town.walk).rsvp
    rsvps.cancel(session, member=town.ann.id, rsvp=ann.id, now=day)
    assert read(session, town, day) == {EARLY: Said(names=("Ben",))}
    go(session, town.ann, town.walk)
    assert read(session, town, day) == {EARLY: Said(names=("Ben",))}, "it does not come back with a new yes"
    blocks.block(session, member=town.olga.id, other=town.ben.id, label="Ben", now=day)
    assert read(session, town, day) == {}


@pytest.mark.requirement("R72")
def test_a_thank_you_is_read_for_a_month_and_nothing_is_kept(session: Session, town: Town) -> None:
    event, over = session.get_one(Event, town.walk.event), town.walk.ends_at
    ann = outing_of(session, town.ann, town.walk)
    courtesies.say(session, ann, kind=LATE, now=day_of(town.walk))
    courtesies.say(session, ann, kind=THANKS, now=over)

    def thanked(now: datetime) -> list[tuple[Occurrence, Said]]:
        return courtesies.thanks(session, viewer=town.olga.id, group=town.group, event=event, now=now)

    assert thanked(over) == [(town.walk, Said(names=("Ann",)))]
    courtesies.prune(session, now=over)
    assert session.scalars(select(Courtesy.kind)).all() == [THANKS]
    assert thanked(over + courtesies.THANKED_FOR) == []
    courtesies.prune(session, now=over + courtesies.THANKED_FOR)
    assert session.scalars(select(Courtesy)).all() == []


@pytest.mark.requirement("R72")
def test_the_few_others_read_it_by_name_and_nobody_else_does(session: Session) -> None:
    place = circle_rows.games(session)
    ann, ben, cas, dan = (circle_rows.guest(session, place, name) for name in ("Ann", "Ben", "Cas", "Dan"))
    circle_rows.settled(session, place, (ann, ben, cas))
    assert session.get_one(Group, session.get_one(Event, place.event).group).organizer is None
    courtesies.say(session, outing_of(session, ann, place), kind=LATE, now=day_of(place))

    def told(member: Member) -> dict[CourtesyKind, Said]:
        return courtesies.of_companions(session, member=member.id, occurrence=place, now=day_of(place))

    assert told(ben) == told(cas) == {LATE: Said(names=("Ann",))}
    assert told(ann) == told(dan) == {}
