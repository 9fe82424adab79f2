"""A needs card: read by the few one goes with where one says so, once all said yes, until it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import blocks, circles, company, consent, needs_cards, reports
from domain.card_body import Boundary, CardBody, Ease, Telling
from domain.consent import Wording
from domain.errors import Conflict, Invalid, NotFound
from domain.models import Consent, ConsentPurpose, Event, Group, Member, Occurrence
from domain.reports import Kind
from tests import circle_rows as rows
from tests.conftest import NOW

CARD = CardBody(
    eases=(Ease.QUIET_AT_FIRST,), boundaries=(Boundary.NO_TOUCH,), telling=Telling.LISTEN, words="Tea first."
)


@pytest.fixture
def evening(session: Session) -> Occurrence:
    return rows.games(session)


@pytest.fixture
def four(session: Session, evening: Occurrence) -> list[Member]:
    """Four who go there; the first has a card."""
    people = [rows.guest(session, evening, name) for name in ("Ann", "Ben", "Cat", "Dan")]
    needs_cards.save(session, member=people[0], card=CARD, now=NOW)
    return people


def read_by(
    session: Session, viewer: str, evening: Occurrence, at: timedelta | None = None
) -> list[CardBody]:
    now = NOW if at is None else evening.starts_at + at
    return list(needs_cards.of_company(session, viewer=viewer, occurrence=evening, now=now).values())


@pytest.mark.requirement("R20", "R44", "R60")
def test_it_is_read_by_the_circle_alone_once_all_said_yes_and_until_it_is_over(
    session: Session, evening: Occurrence, four: list[Member]
) -> None:
    ann, ben, _cat, dan = four
    rows.ask(session, evening, four[:3])
    rows.form(session, evening, four[:3])
    needs_cards.show_at(session, member=ann.id, occurrence=evening, now=NOW)
    for each in four[:3]:
        assert read_by(session, ben.id, evening) == []
        circles.agree(session, member=each.id, occurrence=evening.id, now=NOW)
    assert read_by(session, ben.id, evening) == [CARD]
    assert read_by(session, ann.id, evening) == []
    organizer = session.get_one(Group, session.get_one(Event, evening.event).group).organizer
    for stranger in (dan.id, str(organizer)):
        assert read_by(session, stranger, evening) == []
    length = evening.ends_at - evening.starts_at
    assert read_by(session, ben.id, evening, at=length / 2) == [CARD]
    assert read_by(session, ben.id, evening, at=length) == []


@pytest.mark.requirement("R20", "R44")
def test_nobody_reads_it_without_a_choice_and_a_yes_and_taking_it_back_counts_at_once(
    session: Session, evening: Occurrence, four: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, ben = four[:2]
    rows.settled(session, evening, four)
    assert read_by(session, ben.id, evening) == []
    consent.give(session, account=ann.id, purpose=ConsentPurpose.NEEDS_CARD, now=NOW)
    assert read_by(session, ben.id, evening) == []
    needs_cards.show_always(session, member=ann.id, now=NOW)
    assert read_by(session, ben.id, evening) == [CARD]
    needs_cards.hide_at(session, member=ann.id, occurrence=evening)
    assert read_by(session, ben.id, evening) == []
    needs_cards.show_at(session, member=ann.id, occurrence=evening, now=NOW)
    assert read_by(session, ben.id, evening) == [CARD]
    with monkeypatch.context() as other_words:
        other_words.setitem(consent.WORDINGS, needs_cards.PURPOSE, Wording(version=2, text="Everybody."))
        assert read_by(session, ben.id, evening) == [], "nobody has agreed to these words"
    needs_cards.hide(session, member=ann.id, now=NOW)
    assert read_by(session, ben.id, evening) == []
    log = select(Consent.withdrawn_at).where(Consent.purpose == ConsentPurpose.NEEDS_CARD)
    assert session.scalars(log).all() == [NOW]
    consent.give(session, account=ann.id, purpose=ConsentPurpose.NEEDS_CARD, now=NOW)
    assert read_by(session, ben.id, evening) == [], "an old choice does not count for a new yes"
    assert needs_cards.read(session, member=ann.id) == CARD


@pytest.mark.requirement("R44", "R47")
def test_a_block_or_stepping_out_ends_it_both_ways(
    session: Session, evening: Occurrence, four: list[Member]
) -> None:
    ann, ben, cat, dan = four
    rows.settled(session, evening, four)
    for each in (ann, ben):
        needs_cards.save(session, member=each, card=CARD, now=NOW)
        needs_cards.show_at(session, member=each.id, occurrence=evening, now=NOW)
    assert len(read_by(session, cat.id, evening)) == 2
    circles.step_out(session, member=ann.id, occurrence=evening.id, now=NOW)
    assert read_by(session, ann.id, evening) == []
    assert len(read_by(session, cat.id, evening)) == 1
    for reader in (cat, dan):
        assert len(read_by(session, reader.id, evening)) == 1
        blocks.block(session, member=ben.id, other=reader.id, label="x", now=evening.starts_at)
        assert read_by(session, reader.id, evening) == [], "also while they are there"
    circles.ask(session, member=ann.id, occurrence=evening.id, topics=[], now=NOW)
    assert not needs_cards.is_shown_at(session, member=ann.id, occurrence=evening.id)


def test_a_report_takes_the_sentence_with_it_and_none_of_the_ticks(
    session: Session, evening: Occurrence, four: list[Member]
) -> None:
    ann, ben = four[:2]
    rows.settled(session, evening, four)
    (place,) = [
        each.place
        for each in company.look(session, member=ben.id, occurrence=evening, now=NOW).companions
        if each.name == "Ann"
    ]

    def about() -> reports.Subject:
        return reports.subject(session, viewer=ben.id, kind=Kind.FELLOW, identity=place)

    assert "card" not in about().snapshot
    needs_cards.show_at(session, member=ann.id, occurrence=evening, now=NOW)
    assert about().snapshot == {"name": "Ann", "group": "Games evening", "card": "Tea first."}


def test_an_empty_card_is_gone_with_its_yes_and_cannot_be_shown(
    session: Session, evening: Occurrence, four: list[Member]
) -> None:
    ann, ben = four[:2]
    with pytest.raises(NotFound):
        needs_cards.show_at(session, member=ann.id, occurrence=evening, now=NOW)
    rows.settled(session, evening, four)
    needs_cards.show_always(session, member=ann.id, now=NOW)
    assert needs_cards.is_always_shown(session, member=ann.id)
    needs_cards.save(session, member=ann, card=CardBody(), now=NOW)
    assert not consent.has(session, account=ann.id, purpose=ConsentPurpose.NEEDS_CARD)
    assert read_by(session, ben.id, evening) == []
    for attempt in (needs_cards.show_always, needs_cards.show_at):
        where = {"occurrence": evening} if attempt is needs_cards.show_at else {}
        with pytest.raises(Conflict):
            attempt(session, member=ann.id, now=NOW, **where)
    needs_cards.save(session, member=ann, card=CARD, now=NOW)
    with pytest.raises(Conflict):
        needs_cards.show_at(session, member=ann.id, occurrence=evening, now=evening.ends_at)
    with pytest.raises(Invalid):
        CardBody(words="x" * 161)
