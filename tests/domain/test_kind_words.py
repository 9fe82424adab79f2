"""A kind sentence: from one of a circle, after it met, to somebody who lets it come, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import blocks, company, consent, kind_words
from domain.errors import NotFound
from domain.kind_words import Sentence
from domain.models import ConsentPurpose, KindWord, Member, Occurrence
from tests import circle_rows as rows
from tests.conftest import NOW


@pytest.fixture
def evening(session: Session) -> Occurrence:
    return rows.games(session)


@pytest.fixture
def four(session: Session, evening: Occurrence) -> list[Member]:
    """Four who went together; only the first lets kind words come."""
    people = [rows.guest(session, evening, name) for name in ("Ann", "Ben", "Cat", "Dan")]
    rows.settled(session, evening, people)
    consent.give(session, account=people[0].id, purpose=ConsentPurpose.KIND_WORDS, now=NOW)
    return people


@pytest.mark.requirement("R34")
def test_it_reaches_who_lets_it_come_once_and_nobody_else(
    session: Session, evening: Occurrence, four: list[Member]
) -> None:
    ann, ben, cat, _dan = four
    stranger = rows.guest(session, evening, "Eve")

    def send(sender: Member, to: str, after: timedelta = timedelta(0)) -> None:
        shown = company.look(session, member=ben.id, occurrence=evening, now=NOW).companions
        place = next(each.place for each in shown if each.name == to)
        now = evening.starts_at + after
        kind_words.send(
            session,
            sender=sender.id,
            occurrence=evening,
            place=place,
            sentence=Sentence.GLAD,
            now=now,
        )

    for sender, to, after in (
        (ben, "Ann", timedelta(hours=-1)),
        (ben, "Cat", timedelta(0)),
        (ann, "Ann", timedelta(0)),
        (stranger, "Ann", timedelta(0)),
    ):
        with pytest.raises(NotFound):
            send(sender, to, after)
    send(ben, "Ann")
    with pytest.raises(NotFound):
        send(ben, "Ann")
    send(cat, "Ann")
    found = kind_words.received(session, member=ann.id)
    assert {(each.sender, each.sentence, each.title) for each in found} == {
        ("Ben", Sentence.GLAD, "Board games"),
        ("Cat", Sentence.GLAD, "Board games"),
    }
    assert kind_words.received(session, member=ben.id) == []


@pytest.mark.requirement("R20", "R34", "R47")
def test_a_block_hides_it_and_taking_the_yes_back_deletes_it(
    session: Session, evening: Occurrence, four: list[Member]
) -> None:
    ann, ben, cat, _dan = four
    after = evening.ends_at
    for sender in (ben, cat):
        (to,) = kind_words.reachable(session, sender=sender.id, occurrence=evening, now=after)
        kind_words.send(
            session,
            sender=sender.id,
            occurrence=evening,
            place=to.place,
            sentence=Sentence.LAUGHED,
            now=after,
        )
    blocks.block(session, member=ann.id, other=ben.id, label="Ben", now=after)
    assert [each.sender for each in kind_words.received(session, member=ann.id)] == ["Cat"]
    dan = four[3]
    blocks.block(session, member=ann.id, other=dan.id, label="Dan", now=after)
    assert kind_words.reachable(session, sender=dan.id, occurrence=evening, now=after) == []
    kind_words.refuse(session, member=ann.id, now=after)
    assert session.scalars(select(KindWord)).all() == []
    assert not consent.has(session, account=ann.id, purpose=ConsentPurpose.KIND_WORDS)
