"""Members: what they say is checked, sealed where it is private, and asks for suggestions anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import comforts, consent, members, sealed
from domain.database import Sessions, begin
from domain.errors import Invalid, NotAllowed
from domain.members import PrivateProfile, Profile
from domain.models import ComfortAnswers, ConsentPurpose, MatchingRun, Member, OutboxMessage
from matching.inputs import Need
from tests import factories
from tests.conftest import NOW

CANARY = "a word nobody else uses"


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.seq)))


def test_a_member_shares_the_id_of_the_account(session: Session) -> None:
    account = factories.account(session)
    made = members.create(
        session, account=account, display_name=" Robin ", time_zone="Europe/London", now=NOW
    )
    assert made.id == account.id
    assert (made.display_name, made.steps_done, made.energy) == ("Robin", [], None)


@pytest.mark.parametrize(
    ("name", "zone"), [("", "Europe/London"), ("x" * 61, "Europe/London"), ("Robin", "Moon/Base")]
)
def test_a_member_needs_a_name_and_a_zone(session: Session, name: str, zone: str) -> None:
    with pytest.raises(Invalid):
        members.create(
            session, account=factories.account(session), display_name=name, time_zone=zone, now=NOW
        )


@pytest.mark.requirement("R11", "R93")
def test_what_is_private_is_sealed_and_read_back(session: Session) -> None:
    member = factories.member(session)
    said: dict[str, Any] = {
        "needs": (Need.CONFIDANT, Need.NOT_SURE),
        "own_words": CANARY,
        "values": ("kindness",),
        "cell": "86194ad37ffffff",
        "place_name": "London",
        "access_needs": ("step_free",),
        "avoid": ("nightlife",),
        "card": "quiet at first",
    }
    members.save_private(session, member=member, now=NOW, **said)
    assert members.read_private(session, member) == PrivateProfile(**said)
    stored = session.execute(select(*Member.__table__.columns)).one()
    assert not any(CANARY in str(each) or "nightlife" in str(each) for each in stored)
    assert CANARY not in repr(members.read_private(session, member))


def test_nothing_said_reads_as_nothing(session: Session) -> None:
    assert members.read_private(session, factories.member(session)) == PrivateProfile()


def test_one_part_is_saved_without_the_others(session: Session) -> None:
    member = factories.member(session)
    members.save_private(session, member=member, now=NOW, own_words="tea")
    members.save_private(session, member=member, now=NOW, card="quiet")
    read = members.read_private(session, member)
    assert (read.own_words, read.card) == ("tea", "quiet")


@pytest.mark.parametrize(
    "changes",
    [{"own_words": "x" * 601}, {"card": "x" * 601}, {"needs": (Need.CONFIDANT, Need.CONFIDANT)}],
    ids=["words", "card", "needs"],
)
def test_what_is_private_has_bounds(session: Session, changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        members.save_private(session, member=factories.member(session), now=NOW, **changes)


@given(
    st.builds(
        PrivateProfile,
        needs=st.lists(st.sampled_from(list(Need)), unique=True).map(tuple),
        own_words=st.text(),
        values=st.lists(st.text()).map(tuple),
        cell=st.none() | st.text(),
        place_name=st.none() | st.text(),
        access_needs=st.lists(st.text()).map(tuple),
        avoid=st.lists(st.text()).map(tuple),
        card=st.text(),
    )
)
def test_a_private_profile_survives_its_json(private: PrivateProfile) -> None:
    assert PrivateProfile.from_json(private.to_json()) == private


def test_a_profile_is_written_where_something_was_given(session: Session) -> None:
    member = factories.member(session, radius_km=20.0)
    members.save_profile(session, member=member, profile=Profile(weekly_cap=3, pronouns="they/them"), now=NOW)
    assert (member.weekly_cap, member.radius_km, member.pronouns) == (3, 20.0, "they/them")
    members.save_profile(session, member=member, profile=Profile(pronouns="", energy=(2,) * 21), now=NOW)
    assert (member.pronouns, member.energy) == (None, [2] * 21)
    members.save_profile(session, member=member, profile=Profile(energy=(), display_name=" Kit "), now=NOW)
    assert (member.energy, member.display_name) == (None, "Kit")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("radius_km", 0.5),
        ("radius_km", 201.0),
        ("radius_km", float("nan")),
        ("weekly_cap", 0),
        ("weekly_cap", 8),
        ("rest_hours", -1),
        ("rest_hours", 337),
        ("energy", (1,) * 20),
        ("energy", (3,) * 21),
        ("interests", {str(number): 1.0 for number in range(31)}),
        ("display_name", "  "),
        ("time_zone", "Nowhere"),
    ],
)
def test_a_profile_has_bounds(session: Session, field: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        members.save_profile(
            session, member=factories.member(session), profile=Profile(**{field: value}), now=NOW
        )
    assert list(refused.value.problems) == [field]


@pytest.mark.parametrize("change", ["radius_km = 0", "radius_km = 300", "weekly_cap = 0", "weekly_cap = 8"])
def test_the_table_refuses_what_is_out_of_bounds(session: Session, change: str) -> None:
    factories.member(session)
    with pytest.raises(IntegrityError):
        session.execute(text(f"UPDATE members SET {change}"))  # noqa: S608


def test_interests_are_replaced_as_a_whole(sessions: Sessions) -> None:
    with sessions() as session:
        begin(session, "write")
        member = factories.member(session, interests={"walking": 1.0, "books": 0.5})
        members.save_profile(
            session, member=member, profile=Profile(interests={"books": 1.0, "choir": 1.0}), now=NOW
        )
        session.commit()
        found = session.get_one(Member, member.id).interests
        assert {each.interest: each.weight for each in found} == {"books": 1.0, "choir": 1.0}


@pytest.mark.requirement("R02")
def test_many_changes_ask_for_one_run(session: Session) -> None:
    member = factories.member(session)
    members.save_profile(session, member=member, profile=Profile(weekly_cap=2), now=NOW)
    members.save_private(session, member=member, now=NOW, own_words="tea")
    members.pause(session, member=member, until=None, now=NOW)
    assert session.scalar(select(func.count()).select_from(MatchingRun)) == 1
    assert kinds(session) == ["matching_run_requested"]


@pytest.mark.requirement("R20")
def test_comfort_answers_are_refused_without_a_yes(session: Session) -> None:
    member = factories.member(session, consents=())
    with pytest.raises(NotAllowed):
        members.answer_comfort(session, member=member, answers={"party": 90}, now=NOW)
    assert session.scalars(select(ComfortAnswers)).all() == []


@pytest.mark.requirement("R02", "R93")
def test_comfort_answers_are_sealed_and_a_worker_hears_of_them(session: Session) -> None:
    member = factories.member(session)
    members.answer_comfort(session, member=member, answers={"party": 90, "coffee": None}, now=NOW)
    assert comforts.answers(session, member.id) == {"party": 90}
    assert kinds(session) == ["comfort_answered", "matching_run_requested"]
    bodies = session.scalars(select(OutboxMessage.body)).all()
    assert all(set(body) <= {"member", "run"} for body in bodies)
    members.answer_comfort(session, member=member, answers={"party": 80}, now=NOW + timedelta(days=1))
    assert comforts.answers(session, member.id) == {"party": 80}


@pytest.mark.parametrize("answers", [{"party": 101}, {"party": -1}, {"anything": 5}])
def test_comfort_answers_have_bounds(session: Session, answers: dict[str, int]) -> None:
    with pytest.raises(Invalid):
        members.answer_comfort(session, member=factories.member(session), answers=answers, now=NOW)


@pytest.mark.requirement("R20", "C06")
def test_taking_the_yes_back_deletes_the_answers(session: Session) -> None:
    member = factories.member(session)
    members.answer_comfort(session, member=member, answers={"party": 90}, now=NOW)
    members.withdraw_comfort(session, member=member, now=NOW)
    assert session.scalars(select(ComfortAnswers)).all() == []
    assert not consent.has(session, account=member.id, purpose=ConsentPurpose.COMFORT)
    with pytest.raises(NotAllowed):
        members.answer_comfort(session, member=member, answers={"party": 90}, now=NOW)


@pytest.mark.requirement("R01")
def test_a_pause_lies_ahead_or_is_none(session: Session) -> None:
    member = factories.member(session)
    members.pause(session, member=member, until=NOW + timedelta(days=7), now=NOW)
    assert member.paused_until == NOW + timedelta(days=7)
    with pytest.raises(Invalid):
        members.pause(session, member=member, until=NOW, now=NOW)
    members.pause(session, member=member, until=None, now=NOW)
    assert member.paused_until is None


def test_a_step_is_passed_once(sessions: Sessions) -> None:
    with sessions() as session:
        begin(session, "write")
        member = factories.member(session)
        for step in ("needs", "interests", "needs"):
            members.pass_step(session, member=member, step=step)
        session.commit()
        assert session.get_one(Member, member.id).steps_done == ["needs", "interests"]


def test_a_profile_copied_to_somebody_else_does_not_open(session: Session) -> None:
    one, other = factories.member(session), factories.member(session)
    members.save_private(session, member=one, now=NOW, own_words=CANARY)
    members.save_private(session, member=other, now=NOW, own_words="theirs")
    other.sealed = one.sealed
    with pytest.raises(sealed.SealBroken):
        members.read_private(session, other)
