"""What the matcher is told: one member's own story, other people's plain rows, and how far is far enough."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import belonging, comforts, members, places, suggestions
from domain.belonging import Welcome
from domain.models import Answer, Block, Event, Group, Member, Occurrence, Rsvp, RsvpStatus
from domain.suggestions import Drafted
from matching.comfort import start
from matching.explain import ReasonCode
from matching.inputs import FEATURES, EventInput, MemberInput, SituationFeature
from matching.pace import Pace
from matching.pipeline import match
from matching.settings import MatchingSettings
from tests import factories
from tests.conftest import NOW
from tests.workers.people import TOWN, add_event, add_group, add_member, first_occurrence
from workers.loading import load_members
from workers.loading_events import load_events, situation_at
from workers.reach import Box, boxes_of
from workers.situations import Fact, situation_of

F = SituationFeature


def load(session: Session, *ids: str) -> list[MemberInput]:
    found = load_members(session, ids, situations={}, now=NOW)
    return sorted(found, key=lambda each: ids.index(each.id))


def upcoming(session: Session, **given: object) -> list[EventInput]:
    return load_events(session, now=NOW, days=28, **given)  # type: ignore[arg-type]


def answer(
    session: Session, member: str, place: Occurrence, status: str, *, attended: bool | None = None
) -> None:
    session.add(Rsvp(occurrence=place.id, member=member, status=status, responded_at=NOW, attended=attended))
    session.flush()


def suggest(session: Session, member: str, place: Occurrence, said: Answer) -> None:
    from domain import runs  # noqa: PLC0415

    run = runs.request(session, member=member, reason="x", now=NOW)
    draft = Drafted(run=run.id, member=member, occurrence=place.id, position=1, kind="right_sized", body={})
    (stored,) = suggestions.replace(session, members=[member], drafts=[draft], now=NOW)
    suggestions.answer(session, member=member, suggestion=stored, answer=said, now=NOW)


@pytest.fixture
def place(session: Session) -> Occurrence:
    return first_occurrence(session, add_event(session, add_group(session)))


def group_of(session: Session, place: Occurrence) -> str:
    return session.scalars(select(Event.group).where(Event.id == place.event)).one()


def test_a_member_is_told_as_they_said(session: Session) -> None:
    (ann,) = load(session, add_member(session).id)
    assert ann.preferences.interests == {"board-games": 1.0}
    assert ann.preferences.latitude == pytest.approx(TOWN[0], abs=0.05)
    assert (ann.paused, ann.comfort) == (False, start().comfort)


def test_the_learnt_pace_stays_within_what_the_member_said(session: Session) -> None:
    row = add_member(session)
    row.weekly_cap, row.rest_hours = 1, 72
    comforts.store(session, row.id, start(pace=Pace(weekly_cap=2, target=40.0)), NOW)
    (ann,) = load(session, row.id)
    assert (ann.pace.weekly_cap, ann.pace.rest_hours, ann.pace.target) == (1, 72.0, 40.0)
    row.weekly_cap = 7
    assert load(session, row.id)[0].pace.weekly_cap == 2


def test_a_pause_is_over_when_its_day_has_come(session: Session) -> None:
    row = add_member(session)
    for until, paused in ((NOW + timedelta(hours=1), True), (NOW, False)):
        row.paused_until = until
        session.flush()
        assert load(session, row.id)[0].paused is paused


def test_answers_become_plans_visits_and_what_is_left_alone(session: Session, place: Occurrence) -> None:
    ann = add_member(session).id
    group = group_of(session, place)
    event = session.get_one(Event, place.event)
    been = factories.occurrence(session, event=event, starts_at=NOW - timedelta(days=20))
    no = factories.occurrence(session, event=event, starts_at=NOW + timedelta(days=6))
    answer(session, ann, place, RsvpStatus.YES)
    answer(session, ann, been, RsvpStatus.YES, attended=True)
    answer(session, ann, no, RsvpStatus.NO)
    (told,) = load(session, ann)
    assert [each.occurrence for each in told.planned] == [place.id]
    assert (dict(told.visits), told.declined) == ({group: 1}, frozenset({no.id}))
    assert told.history[0].attended == 1


@pytest.mark.requirement("R77")
def test_access_is_what_was_stated_and_what_an_event_says_by_itself(
    session: Session, place: Occurrence
) -> None:
    (before,) = upcoming(session)
    assert before.access == {"captions", "greeter"}, "a host is stated, and in a place nothing is captioned"
    event = session.get_one(Event, place.event)
    session.get_one(Group, event.group).access = ["quiet"]
    event.price = 0
    session.flush()
    assert upcoming(session)[0].access == {"captions", "greeter", "quiet", "no_cost"}
    event.online = True
    session.flush()
    (online,) = upcoming(session)
    assert online.access >= {"step_free", "seating", "toilets", "transport", "quiet"}
    assert "captions" not in online.access


@pytest.mark.parametrize("said", [Answer.NOT_NOW, Answer.NOT_A_FIT])
def test_not_now_leaves_a_date_and_not_a_fit_a_group(
    session: Session, place: Occurrence, said: Answer
) -> None:
    ann = add_member(session).id
    suggest(session, ann, place, said)
    (told,) = load(session, ann)
    assert told.declined == {place.id}
    assert [each.group for each in told.history if each.not_a_fit] == [group_of(session, place)] * (
        said is Answer.NOT_A_FIT
    )


@pytest.mark.requirement("C12")
def test_a_block_keeps_both_apart(session: Session) -> None:
    ann, bob = add_member(session).id, add_member(session, "bob").id
    session.add(Block(member=ann, other=bob, created_at=NOW))
    session.flush()
    told = load(session, ann, bob)
    assert [each.apart for each in told] == [{bob}, {ann}]


def test_people_know_whom_they_met(session: Session, place: Occurrence) -> None:
    ann, bob, cleo = (add_member(session, name).id for name in ("ann", "bob", "cleo"))
    for member, attended in ((ann, True), (bob, True), (cleo, None)):
        answer(session, member, place, RsvpStatus.YES, attended=attended)
    assert [each.knows for each in load(session, ann, bob, cleo)] == [{bob}, {ann}, frozenset()]


def test_an_event_is_told_with_who_goes_and_what_is_left(session: Session, place: Occurrence) -> None:
    ann = add_member(session).id
    session.get_one(Event, place.event).capacity = 3
    group = session.get_one(Group, group_of(session, place))
    group.newcomer_limit = 2
    factories.membership(session, of=session.get_one(Member, ann), group=group)
    answer(session, ann, place, RsvpStatus.YES)
    (told,) = upcoming(session)
    assert told.going == {ann}
    assert (told.places_left, told.newcomers_left) == (2, 1)
    assert told.people == {ann, group.organizer}
    assert told.attended == 1


@pytest.mark.parametrize("what", ["cancelled", "event", "group", "unpublished", "past", "nowhere", "far"])
def test_what_cannot_be_gone_to_is_not_loaded(session: Session, place: Occurrence, what: str) -> None:
    event = session.get_one(Event, place.event)
    assert len(upcoming(session)) == 1
    match what:
        case "cancelled":
            place.cancelled_at = NOW
        case "event":
            event.cancelled_at = NOW
        case "group":
            session.get_one(Group, event.group).closed_at = NOW
        case "unpublished":
            event.published_at = None
        case "past":
            place.starts_at = NOW
        case "nowhere":
            event.online, event.latitude, event.longitude = False, None, None
        case _:
            place.starts_at, place.ends_at = NOW + timedelta(days=29), NOW + timedelta(days=30)
    session.flush()
    assert upcoming(session) == []


def test_only_what_can_be_reached_is_loaded(session: Session, place: Occurrence) -> None:
    event = session.get_one(Event, place.event)
    ann = add_member(session).id
    boxes = boxes_of(session, [ann])
    assert boxes is not None
    assert len(upcoming(session, boxes=boxes)) == 1
    event.latitude = TOWN[0] + 1
    session.flush()
    assert upcoming(session, boxes=boxes) == []
    event.online = True
    session.flush()
    assert len(upcoming(session, boxes=boxes)) == 1


def test_who_has_not_said_where_they_are_may_go_anywhere(session: Session, place: Occurrence) -> None:
    ann, bob = add_member(session), add_member(session, "bob")
    members.save_private(session, member=bob, cell=None, now=NOW)
    assert boxes_of(session, [ann.id, bob.id]) is None
    members.save_private(session, member=bob, cell=places.cell_of(-17.0, 179.95), now=NOW)
    assert boxes_of(session, [bob.id]) is None  # the date line runs through


def test_a_box_holds_its_circle() -> None:
    box = Box.around(51.5, 0.0, 10)
    assert box.holds(51.5 + 10 / 111.2, 0.0)
    assert box.holds(51.5, 10 / (111.2 * 0.62))
    assert not box.holds(51.8, 0.0)


def situation(**given: object) -> dict[SituationFeature, tuple[float, bool]]:
    told: dict[str, object] = {
        "facts": {},
        "starts_local": datetime(2026, 6, 1, 17),  # noqa: DTZ001 (wall time)
        "minutes": 60,
        "online": False,
        "recurring": True,
        "greeted": False,
    }
    found = situation_of(**{**told, **given})  # type: ignore[arg-type]
    return {
        feature: (value, feature in found.assumed)
        for feature, value in zip(FEATURES, found.values, strict=True)
    }


def test_what_nobody_said_is_taken_from_what_is_known_or_assumed() -> None:
    plain = situation()
    assert plain[F.DURATION] == (0.25, False)
    assert plain[F.IN_PERSON] == (1.0, False)
    assert plain[F.TALKING] == (0.5, True)
    assert plain[F.NO_HOST] == (0.5, True)
    assert situation(greeted=True)[F.NO_HOST] == (0.0, False)
    assert situation(online=True)[F.IN_PERSON] == (0.5, True)
    assert situation(recurring=False)[F.ONE_OFF] == (1.0, True)


def test_what_was_stated_counts_except_the_hour() -> None:
    facts = {"talking": Fact(0.2, False), "observed": Fact(0.9, True), "evening": Fact(0.0, False)}
    late = datetime(2026, 6, 1, 18)  # noqa: DTZ001 (wall time)
    found = situation(facts=facts, starts_local=late)
    assert found[F.TALKING] == (0.2, False)
    assert found[F.OBSERVED] == (0.9, True)
    assert found[F.EVENING] == (1.0, False)


def test_one_occurrence_is_like_what_a_run_is_told(session: Session, place: Occurrence) -> None:
    (told,) = upcoming(session)
    assert situation_at(session, place) == told.situation


@pytest.mark.requirement("R80")
def test_what_four_people_felt_is_told_to_nobody_and_what_five_felt_is(
    session: Session, place: Occurrence
) -> None:
    def reasons() -> set[ReasonCode]:
        (result,) = match(load(session, ann), upcoming(session), settings=MatchingSettings(), now=NOW, seed=1)
        return {each.code for proposal in result.proposals for each in proposal.reasons}

    ann, group = add_member(session).id, group_of(session, place)
    for number in range(belonging.FEWEST):
        assert upcoming(session)[0].belonging is None
        assert ReasonCode.BELONGING not in reasons()
        guest = add_member(session, f"guest{number}").id
        belonging.count(session, member=guest, group=group, answer=Welcome.YES, now=NOW)
    assert upcoming(session)[0].belonging == belonging.HIGH
    assert ReasonCode.BELONGING in reasons()
