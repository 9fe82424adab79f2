"""Circles in the worker: formed three days ahead, and anew when people come and go; told once, unnamed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import blocks, circles, comforts, company, events, mails, members
from domain.company import Stage
from domain.models import Circle, CirclePlace, Event, Group, Mail, Member, Occurrence, OutboxMessage
from matching.comfort import start
from tests import circle_rows as rows
from tests.conftest import NOW
from workers.jobs import circles as job
from workers.loading import load_members

LINK = "http://localhost:8000"


@pytest.fixture
def evening(session: Session) -> Occurrence:
    return rows.games(session)


def guests(session: Session, evening: Occurrence, names: str) -> list[Member]:
    return [rows.guest(session, evening, name) for name in names]


def work(session: Session, evening: Occurrence, *, now: object = NOW) -> None:
    """What the job does with one message, and with those that follow from it."""
    moment = NOW if now is NOW else evening.starts_at - circles.LAST
    placement = job.place(session, occurrence=evening.id, now=moment)
    plan = {evening.id: placement} if placement else {}
    job.FORM.apply(session, plan, [events.CirclesDue(occurrence=evening.id)], moment)
    for message in session.scalars(select(OutboxMessage).where(OutboxMessage.state == "ready")).all():
        if message.kind in TELLERS:
            TELLERS[message.kind].apply(session, LINK, [events.KINDS[message.kind](**message.body)], moment)
            session.delete(message)


TELLERS = {
    "circle_formed": job.FORMED,
    "circle_settled": job.SETTLED,
    "circle_shrank": job.SHRANK,
    "company_not_found": job.ALONE,
}


def together(session: Session) -> list[set[str]]:
    found: dict[str, set[str]] = {}
    places = select(CirclePlace.circle, Member.display_name).join(Member, Member.id == CirclePlace.member)
    for circle, name in session.execute(places.where(CirclePlace.left_at.is_(None))):
        found.setdefault(circle, set()).add(name)
    return sorted(found.values(), key=sorted)


def letters(session: Session, kind: str) -> list[str]:
    found = [
        mails.open_letter(session, row.id) for row in session.scalars(select(Mail).where(Mail.kind == kind))
    ]
    return [f"{letter.subject}\n{letter.text}" for letter in found if letter]


def stage(session: Session, member: Member, evening: Occurrence) -> Stage:
    return company.look(session, member=member.id, occurrence=evening, now=NOW).stage


def test_four_who_asked_are_placed_and_each_is_told_once_with_no_name(
    session: Session, evening: Occurrence
) -> None:
    people = guests(session, evening, "ABCD")
    rows.ask(session, evening, people)
    work(session, evening)
    work(session, evening)
    assert together(session) == [set("ABCD")]
    found = letters(session, "circle_formed")
    assert len(found) == 4
    assert all(f"/occurrences/{evening.id}/company" in each and "Three others" in each for each in found)
    assert not any("reason" in each and "block" in each for each in found)


def test_not_before_three_days_ahead(session: Session) -> None:
    later = rows.games(session, starts_in=timedelta(days=5))
    rows.ask(session, later, guests(session, later, "ABC"))
    work(session, later)
    assert together(session) == []


@pytest.mark.requirement("R06")
def test_nobody_is_placed_among_more_than_is_bearable_for_them(session: Session, evening: Occurrence) -> None:
    people = guests(session, evening, "ABCD")
    comforts.store(session, people[0].id, start([95] * 6), NOW)
    rows.ask(session, evening, people)
    work(session, evening)
    assert together(session) == [set("BCD")]
    assert stage(session, people[0], evening) is Stage.ALONE
    (letter,) = letters(session, "company_not_found")
    assert not {"ceiling", "comfort", "hard", "bear"} & set(letter.lower().split())


def test_a_place_that_is_not_known_to_meet_a_need_is_not_proposed(
    session: Session, evening: Occurrence
) -> None:
    people = guests(session, evening, "ABCD")
    members.save_private(session, member=people[1], now=NOW, access_needs=("step_free",))
    rows.ask(session, evening, people)
    work(session, evening)
    assert together(session) == [set("ACD")]
    group = session.get_one(Group, session.get_one(Event, evening.event).group)
    group.access = ["step_free"]
    circles.step_out(session, member=people[0].id, occurrence=evening.id, now=NOW)
    rows.ask(session, evening, people)
    work(session, evening)
    assert together(session) == [set("ABCD")]


@pytest.mark.requirement("R47")
def test_a_fifth_who_is_apart_from_one_is_not_put_with_them(session: Session, evening: Occurrence) -> None:
    people = guests(session, evening, "ABCDEF")
    blocks.block(session, member=people[5].id, other=people[0].id, label="x", now=NOW)
    rows.ask(session, evening, people)
    work(session, evening)
    assert sorted(map(len, together(session))) in ([5], [3, 3])
    assert not any({"A", "F"} <= each for each in together(session))


def test_who_comes_later_is_taken_in_while_answers_are_waited_for(
    session: Session, evening: Occurrence
) -> None:
    people = guests(session, evening, "ABCD")
    rows.ask(session, evening, people[:3])
    work(session, evening)
    rows.ask(session, evening, people[3:])
    work(session, evening)
    assert together(session) == [set("ABCD")]
    assert session.scalars(select(Circle).where(Circle.ended_at.is_(None))).one()


def test_a_circle_that_has_said_yes_is_left_alone(session: Session, evening: Occurrence) -> None:
    people = guests(session, evening, "ABCD")
    circle = rows.settled(session, evening, people[:3])
    rows.ask(session, evening, people[3:])
    work(session, evening)
    assert together(session) == [set("ABC")]
    assert circle.ended_at is None
    assert stage(session, people[3], evening) is Stage.LOOKING


def test_those_left_of_a_circle_are_placed_with_who_waits(session: Session, evening: Occurrence) -> None:
    people = guests(session, evening, "ABCD")
    rows.settled(session, evening, people[:3])
    rows.ask(session, evening, people[3:])
    circles.step_out(session, member=people[0].id, occurrence=evening.id, now=NOW)
    work(session, evening)
    assert together(session) == [set("BCD")]
    assert [stage(session, each, evening) for each in people[1:]] == [Stage.PROPOSED] * 3
    assert len(letters(session, "circle_shrank")) == 2


def test_a_day_ahead_two_who_are_left_are_told_kindly_and_keep_their_place(
    session: Session, evening: Occurrence
) -> None:
    people = guests(session, evening, "AB")
    rows.ask(session, evening, people)
    work(session, evening)
    assert letters(session, "company_not_found") == []
    work(session, evening, now="a day ahead")
    assert [stage(session, each, evening) for each in people] == [Stage.ALONE] * 2
    found = letters(session, "company_not_found")
    assert len(found) == 2
    assert all("says nothing about you" in each and "Your place is kept" in each for each in found)
    work(session, evening, now="a day ahead")
    assert len(letters(session, "company_not_found")) == 2


def test_the_last_yes_tells_everybody_where_the_names_are(session: Session, evening: Occurrence) -> None:
    people = guests(session, evening, "ABC")
    rows.settled(session, evening, people)
    work(session, evening)
    found = letters(session, "circle_settled")
    assert len(found) == 3
    assert all("Here is who they are" in each for each in found)


@pytest.mark.requirement("R54", "R55")
def test_a_mutual_wish_counts_in_matching_and_a_one_sided_one_does_not(
    session: Session, evening: Occurrence
) -> None:
    people = guests(session, evening, "ABC")
    rows.settled(session, evening, people)

    def wish(who: Member, name: str) -> None:
        found = company.look(session, member=who.id, occurrence=evening, now=evening.ends_at)
        places = [each.place for each in found.companions if each.name == name]
        company.wish(session, member=who.id, occurrence=evening, places=places, now=evening.ends_at)

    def again(who: Member) -> frozenset[str]:
        return load_members(session, [who.id], situations={}, now=NOW)[0].meet_again

    wish(people[0], "B")
    assert again(people[0]) == again(people[1]) == frozenset()
    wish(people[1], "A")
    assert again(people[0]) == {people[1].id}
    blocks.block(session, member=people[1].id, other=people[0].id, label="x", now=NOW)
    assert again(people[0]) == frozenset()


def test_an_older_plan_is_not_stored_over_a_newer_answer(session: Session, evening: Occurrence) -> None:
    people = guests(session, evening, "ABCD")
    rows.ask(session, evening, people)
    plan = job.place(session, occurrence=evening.id, now=NOW)
    assert plan is not None
    blocks.block(session, member=people[2].id, other=people[0].id, label="x", now=NOW)
    fact = events.CirclesDue(occurrence=evening.id)
    job.FORM.apply(session, {evening.id: plan}, [fact], NOW)
    assert together(session) == []
    job.FORM.apply(session, {evening.id: replace(plan, circles=())}, [fact], NOW)
    work(session, evening)
    assert not any({"A", "C"} <= each for each in together(session))
