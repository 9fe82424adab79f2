"""How welcome people felt: of five people or more in a quarter, coarsely, or not at all."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import belonging, consent, erasure, reflections, sealed
from domain.belonging import HIGH, LOW, MIDDLE, Welcome
from domain.models import BelongingTotal, ConsentPurpose, Event, Group, Member, Rsvp, RsvpStatus
from domain.reflections import ReflectionBody
from tests import factories
from tests.conftest import NOW

QUARTER = timedelta(days=92)


@pytest.fixture
def group(session: Session) -> Group:
    return factories.group(session, organizer=factories.account(session))


def say(
    session: Session, member: Member, group: Group, answer: Welcome | None, *, now: datetime = NOW
) -> ReflectionBody:
    """Let a member have been to the group, and look back on it."""
    event = session.scalars(select(Event).where(Event.group == group.id)).first()
    place = factories.occurrence(
        session,
        event=event or factories.event(session, group=group),
        starts_at=now - timedelta(hours=session.scalar(select(func.count()).select_from(Rsvp)) or 0, days=1),
    )
    session.add(Rsvp(occurrence=place.id, member=member.id, status=RsvpStatus.YES, responded_at=now))
    session.flush()
    body = ReflectionBody(attended=True, welcome=answer)
    kept = reflections.record(session, member=member.id, occurrence=place.id, reflection=body, now=now)
    return reflections.read(session, kept)


def felt(session: Session, group: Group, *, now: datetime = NOW) -> float | None:
    return belonging.of_groups(session, [group.id], now=now).get(group.id)


@pytest.mark.requirement("R80")
@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([Welcome.YES] * 4, None),
        ([Welcome.YES] * 5, HIGH),
        ([Welcome.YES] * 3 + [Welcome.NO] * 2, MIDDLE),
        ([Welcome.NO] * 5, LOW),
    ],
)
def test_four_say_nothing_and_five_are_told_coarsely(
    session: Session, group: Group, answers: list[Welcome], told: float | None
) -> None:
    for answer in answers:
        say(session, factories.member(session), group, answer)
    assert felt(session, group) == told
    assert belonging.at_home(session, group=group.id, now=NOW) is (told == HIGH)


@pytest.mark.requirement("R80")
def test_one_person_counts_once_a_quarter_so_five_answers_are_five_people(
    session: Session, group: Group
) -> None:
    ann = factories.member(session)
    assert [say(session, ann, group, Welcome.YES).counted for _ in range(5)] == [True] + [False] * 4
    later = [say(session, ann, group, Welcome.YES, now=NOW + each * QUARTER).counted for each in range(1, 5)]
    assert later == [True] * 4
    assert felt(session, group, now=NOW + 4 * QUARTER) is None


@pytest.mark.requirement("R80")
def test_who_does_not_agree_or_runs_the_group_is_not_counted(session: Session, group: Group) -> None:
    ann, own = factories.member(session), factories.member(session)
    consent.withdraw(session, account=ann.id, purpose=ConsentPurpose.COMFORT, now=NOW)
    group.organizer = own.id
    assert not any(say(session, each, group, Welcome.YES).counted for each in (ann, own))
    assert not say(session, factories.member(session), group, None).counted
    assert session.scalars(select(BelongingTotal)).all() == []


@pytest.mark.requirement("R80")
def test_what_one_said_is_in_no_row_but_their_own_and_goes_with_them(session: Session, group: Group) -> None:
    everybody = [factories.member(session) for _ in range(5)]
    for member in everybody:
        say(session, member, group, Welcome.MOSTLY)
    (total,) = session.scalars(select(BelongingTotal)).all()
    assert set(sealed.unseal(session, total)) == {"answers", "points"}
    assert all(member.id not in str(vars(total)) for member in everybody)
    erasure.erase(session, account=everybody[0].id, now=NOW)
    assert felt(session, group) == MIDDLE


def test_it_fades_and_is_gone_after_a_year(session: Session, group: Group) -> None:
    for _ in range(5):
        say(session, factories.member(session), group, Welcome.NO)
    assert felt(session, group, now=NOW + 3 * QUARTER) == LOW
    later = NOW + 2 * QUARTER
    for _ in range(5):
        say(session, factories.member(session), group, Welcome.YES, now=later)
    assert felt(session, group, now=later) == MIDDLE, "five old noes count half of five new yeses"
    belonging.prune(session, now=NOW + 4 * QUARTER)
    assert len(session.scalars(select(BelongingTotal)).all()) == 1
    assert felt(session, group, now=NOW + 4 * QUARTER) == HIGH
