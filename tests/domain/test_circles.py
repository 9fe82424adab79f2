"""Going with a few others: by choice, with names after every yes, free to leave, and never past a block."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import (
    blocks,
    circle_forming,
    circles,
    company,
    consent,
    erasure,
    moderation,
    reports,
    rsvps,
    schedule,
)
from domain.circle_forming import Placement
from domain.company import Stage
from domain.database import Sessions, begin
from domain.errors import Conflict, Invalid, NotAllowed, NotFound
from domain.models import (
    Account,
    Circle,
    CirclePlace,
    CircleRequest,
    CircleWish,
    ConsentPurpose,
    Event,
    Member,
    Occurrence,
    OutboxMessage,
    ReportCategory,
    RsvpStatus,
)
from domain.reports import Kind
from tests import circle_rows as rows
from tests.conftest import NOW

DAY = timedelta(days=1)


@pytest.fixture
def evening(session: Session) -> Occurrence:
    return rows.games(session)


@pytest.fixture
def four(session: Session, evening: Occurrence) -> list[Member]:
    return [rows.guest(session, evening, name) for name in ("Ann", "Ben", "Cat", "Dan")]


def look(session: Session, member: Member, evening: Occurrence) -> company.Company:
    return company.look(session, member=member.id, occurrence=evening, now=NOW)


def stages(session: Session, people: list[Member], evening: Occurrence) -> list[str]:
    return [str(look(session, each, evening).stage) for each in people]


def due(session: Session, kind: str) -> int:
    return len(session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind)).all())


def agree(session: Session, people: list[Member], evening: Occurrence) -> None:
    for each in people:
        circles.agree(session, member=each.id, occurrence=evening.id, now=NOW)


@pytest.mark.requirement("R01", "R20", "R60")
def test_nobody_is_placed_who_has_not_asked_and_agreed(session: Session, evening: Occurrence) -> None:
    ann = rows.guest(session, evening, "Ann", consents=(ConsentPurpose.COMFORT,))
    for purpose in rows.GOING_TOGETHER:
        with pytest.raises(NotAllowed):
            rows.ask(session, evening, [ann])
        assert circle_forming.pool(session, occurrence=evening.id).free == ()
        consent.give(session, account=ann.id, purpose=purpose, now=NOW)
    assert circle_forming.pool(session, occurrence=evening.id).free == ()
    rows.ask(session, evening, [ann])
    assert circle_forming.pool(session, occurrence=evening.id).free == (ann.id,)


def test_what_may_be_asked_and_until_when(session: Session, evening: Occurrence) -> None:
    ann = rows.guest(session, evening, "Ann")
    with pytest.raises(Invalid):
        rows.ask(session, evening, [ann], topics=["chess"])
    with pytest.raises(Conflict):
        rows.ask(session, evening, [ann], now=evening.starts_at - DAY)
    stranger = rows.guest(session, rows.games(session), "Eve")
    with pytest.raises(NotFound):
        rows.ask(session, evening, [stranger])
    online = rows.games(session, online=True)
    with pytest.raises(Conflict):
        rows.ask(session, online, [rows.guest(session, online, "Flo")])
    with pytest.raises(NotFound):
        look(session, stranger, evening)


def test_asking_twice_sets_two_timers_once(session: Session) -> None:
    later = rows.games(session, starts_in=timedelta(days=9))
    ann = rows.guest(session, later, "Ann")
    rows.ask(session, later, [ann, ann])
    timers = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "circles_due")).all()
    assert [each.not_before for each in timers] == [
        (later.starts_at - ahead).timestamp() for ahead in (circles.FIRST, circles.LAST)
    ]


@pytest.mark.requirement("R55")
def test_names_are_shown_when_the_last_has_said_yes_and_not_before(
    session: Session, evening: Occurrence, four: list[Member]
) -> None:
    rows.ask(session, evening, four)
    rows.form(session, evening, four)
    seen = look(session, four[0], evening)
    assert (seen.stage, seen.others, seen.companions) == (Stage.PROPOSED, 3, ())
    assert seen.shared == (("board-games", 3),)
    agree(session, four[:3], evening)
    assert stages(session, four, evening) == ["agreed", "agreed", "agreed", "proposed"]
    assert all(not look(session, each, evening).companions for each in four)
    agree(session, four[3:], evening)
    assert [each.name for each in look(session, four[0], evening).companions] == ["Ben", "Cat", "Dan"]
    assert due(session, "circle_settled") == 1


@pytest.mark.requirement("R38")
def test_only_what_both_chose_to_show_is_spoken_of(session: Session, evening: Occurrence) -> None:
    both = {"board-games": 1.0, "walking": 1.0}
    people = [rows.guest(session, evening, name, interests=both) for name in ("Ann", "Ben", "Cat")]
    rows.ask(session, evening, people[:1])
    rows.ask(session, evening, people[1:], topics=["walking"])
    rows.form(session, evening, people)
    assert look(session, people[0], evening).shared == (("walking", 2),)
    agree(session, people, evening)
    assert {each.shared for each in look(session, people[0], evening).companions} == {("walking",)}


@pytest.mark.requirement("R43")
def test_stepping_out_leaves_a_circle_of_three_and_ends_one_of_two(
    session: Session, evening: Occurrence, four: list[Member]
) -> None:
    circle = rows.settled(session, evening, four)
    circles.step_out(session, member=four[0].id, occurrence=evening.id, now=NOW)
    assert stages(session, four, evening) == ["not_asked", "settled", "settled", "settled"]
    assert [each.name for each in look(session, four[1], evening).companions] == ["Cat", "Dan"]
    circles.step_out(session, member=four[1].id, occurrence=evening.id, now=NOW)
    assert stages(session, four, evening)[2:] == ["looking", "looking"]
    assert session.get_one(Circle, circle.id).ended_at == NOW
    assert due(session, "circle_shrank") == 2
    answer = rsvps.answer_to(session, member=four[0].id, occurrence=evening.id)
    assert answer is not None
    assert answer.status == RsvpStatus.YES, "the place at the outing is theirs all the same"


def test_a_no_settles_a_circle_whose_others_have_all_said_yes(
    session: Session, evening: Occurrence, four: list[Member]
) -> None:
    rows.ask(session, evening, four)
    rows.form(session, evening, four)
    agree(session, four[1:], evening)
    circles.step_out(session, member=four[0].id, occurrence=evening.id, now=NOW)
    assert stages(session, four[1:], evening) == ["settled"] * 3


def test_who_stepped_out_twice_is_not_placed_a_third_time(
    session: Session, evening: Occurrence, four: list[Member]
) -> None:
    for _ in range(circles.MOST_DECLINED):
        rows.ask(session, evening, four)
        rows.form(session, evening, four[:3])
        circles.step_out(session, member=four[0].id, occurrence=evening.id, now=NOW)
    with pytest.raises(Conflict):
        rows.ask(session, evening, four[:1])


@pytest.mark.requirement("R47")
def test_a_block_parts_a_circle_at_once_and_no_circle_brings_them_together_again(
    session: Session, evening: Occurrence, four: list[Member]
) -> None:
    rows.settled(session, evening, four)
    ann, ben = four[:2]
    blocks.block(session, member=ben.id, other=ann.id, label="x", now=NOW)
    assert stages(session, four, evening) == ["settled", "looking", "settled", "settled"]
    assert "Ben" not in [each.name for each in look(session, ann, evening).companions]
    circles.step_out(session, member=four[2].id, occurrence=evening.id, now=NOW)
    rows.ask(session, evening, [four[2]])
    everybody = tuple(sorted(each.id for each in four))
    together = Placement(occurrence=evening.id, circles=(everybody,), alone={})
    assert circle_forming.store(session, together, now=NOW) == []


@pytest.mark.requirement("R47")
@pytest.mark.parametrize("what", ["cancelled", "no", "paused", "suspended", "leaving", "consent", "erased"])
def test_whatever_takes_somebody_away_takes_them_out(
    session: Session, evening: Occurrence, four: list[Member], what: str
) -> None:
    rows.settled(session, evening, four)
    ann, gone = four[0], four[0].id
    match what:
        case "cancelled":
            schedule.cancel_occurrence(session, occurrence=evening, reason="Rain", now=NOW)
        case "no":
            rsvps.respond(session, member=ann.id, occurrence=evening.id, status=RsvpStatus.NO, now=NOW)
        case "paused":
            place = look(session, four[1], evening).companions[0].place
            about = reports.subject(session, viewer=four[1].id, kind=Kind.FELLOW, identity=place)
            assert about.reported == ann.id
            reports.file(
                session, reporter=four[1].id, about=about, category=ReportCategory.DANGER, words="x", now=NOW
            )
        case "suspended":
            moderation.suspend(session, account=ann.id, report=_report(session, ann, evening), now=NOW)
        case "leaving":
            erasure.ask(session, account=session.get_one(Account, ann.id), at_once=False, now=NOW)
        case "consent":
            circles.withdraw_consent(session, member=ann.id, now=NOW)
        case _:
            erasure.erase(session, account=ann.id, now=NOW)
    live = session.scalars(select(CirclePlace.member).where(CirclePlace.left_at.is_(None))).all()
    assert gone not in live
    assert what == "cancelled" or gone not in circle_forming.pool(session, occurrence=evening.id).free
    assert len(live) == (0 if what == "cancelled" else 3)


def _report(session: Session, ann: Member, evening: Occurrence) -> str:
    about = reports.Subject(kind=Kind.PERSON, label="Ann", snapshot={}, reported=ann.id)
    outsider = rows.guest(session, evening, "Eve")
    return reports.file(
        session, reporter=outsider.id, about=about, category=ReportCategory.OTHER, words="x", now=NOW
    ).id


def test_what_was_worked_out_before_somebody_answered_or_left_is_worked_out_anew(
    session: Session, evening: Occurrence, four: list[Member]
) -> None:
    rows.ask(session, evening, four)
    members = tuple(sorted(each.id for each in four[:3]))
    plan = Placement(occurrence=evening.id, circles=(members,), alone={})
    circles.step_out(session, member=four[0].id, occurrence=evening.id, now=NOW)
    before = due(session, "circles_due")
    assert circle_forming.store(session, plan, now=NOW) == []
    assert due(session, "circles_due") == before + 1
    circle = rows.form(session, evening, four[1:])
    agree(session, four[1:], evening)
    again = Placement(occurrence=evening.id, circles=(members,), replaces=(circle.id,), alone={})
    assert circle_forming.store(session, again, now=NOW) == []
    assert session.get_one(Circle, circle.id).ended_at is None


def test_a_day_ahead_those_who_said_yes_go_together_and_the_rest_is_told(
    session: Session, evening: Occurrence, four: list[Member]
) -> None:
    rows.ask(session, evening, four)
    rows.form(session, evening, four)
    agree(session, four[:3], evening)
    circle_forming.close(session, occurrence=evening.id, now=evening.starts_at - DAY)
    assert stages(session, four, evening) == ["settled", "settled", "settled", "alone"]
    assert due(session, "company_not_found") == 1


def test_a_day_ahead_two_yeses_are_too_few(session: Session, evening: Occurrence, four: list[Member]) -> None:
    rows.ask(session, evening, four)
    rows.form(session, evening, four)
    agree(session, four[:2], evening)
    circle_forming.close(session, occurrence=evening.id, now=evening.starts_at - DAY)
    assert stages(session, four, evening) == ["alone"] * 4


@pytest.mark.requirement("R55")
def test_a_one_sided_wish_stays_secret(session: Session, evening: Occurrence, four: list[Member]) -> None:
    rows.settled(session, evening, four)
    after = evening.ends_at
    ann, ben = four[:2]

    def wish(who: Member, *names: str) -> None:
        them = [each.place for each in look(session, who, evening).companions if each.name in names]
        company.wish(session, member=who.id, occurrence=evening, places=them, now=after)

    before = look(session, ben, evening)
    with pytest.raises(Conflict):
        company.wish(session, member=ann.id, occurrence=evening, places=[], now=NOW)
    wish(ann, "Ben", "Cat")
    assert look(session, ben, evening) == before
    assert company.mutual(session, [ann.id, ben.id]) == {}
    wish(ben, "Ann")
    assert [each.name for each in look(session, ann, evening).companions if each.mutual] == ["Ben"]
    assert company.mutual(session, [ann.id]) == {ann.id: {ben.id}}
    wish(ann, "Cat")
    assert company.mutual(session, [ben.id]) == {}


def test_only_somebody_one_was_shown_can_be_named_blocked_or_reported(
    session: Session, evening: Occurrence, four: list[Member]
) -> None:
    rows.ask(session, evening, four)
    circle = rows.form(session, evening, four)
    place = session.scalars(select(CirclePlace).where(CirclePlace.member == four[1].id)).one()
    with pytest.raises(NotFound):
        company.fellow(session, viewer=four[0].id, place=place.id)
    agree(session, four, evening)
    assert company.fellow(session, viewer=four[0].id, place=place.id).label == "Ben"
    circles.step_out(session, member=four[1].id, occurrence=evening.id, now=NOW + timedelta(hours=1))
    assert company.fellow(session, viewer=four[0].id, place=place.id).account == four[1].id
    stranger = rows.guest(session, evening, "Eve")
    with pytest.raises(NotFound):
        company.fellow(session, viewer=stranger.id, place=place.id)
    assert circle.settled_at is not None


def test_a_year_later_it_is_gone(session: Session, evening: Occurrence, four: list[Member]) -> None:
    rows.settled(session, evening, four)
    assert circle_forming.prune(session, now=evening.ends_at + circle_forming.KEPT) == 0
    assert circle_forming.prune(session, now=evening.ends_at + circle_forming.KEPT + DAY) == 1
    for table in (Circle, CirclePlace, CircleRequest, CircleWish):
        assert session.scalars(select(table)).all() == []
    assert session.get(Event, evening.event) is not None


class Evening(RuleBasedStateMachine):
    """Six people ask, are placed, answer, step out and block each other, in any order."""

    sessions: Sessions

    @initialize()
    def begin(self) -> None:
        self.session = self.sessions()
        begin(self.session, "write")
        self.evening = rows.games(self.session)
        self.people = [rows.guest(self.session, self.evening, name).id for name in "abcdef"]

    @rule(who=st.integers(0, 5))
    def asks(self, who: int) -> None:
        try:
            circles.ask(self.session, member=self.people[who], occurrence=self.evening.id, topics=[], now=NOW)
        except Conflict:
            row = circles.request_of(self.session, member=self.people[who], occurrence=self.evening.id)
            assert row is not None
            assert row.declined >= circles.MOST_DECLINED

    @rule(them=st.sets(st.integers(0, 5), min_size=2, max_size=5))
    def is_placed(self, them: set[int]) -> None:
        """Whatever was worked out, sensible or not."""
        plan = Placement(
            occurrence=self.evening.id, circles=(tuple(self.people[each] for each in them),), alone={}
        )
        circle_forming.store(self.session, plan, now=NOW)

    @rule(who=st.integers(0, 5))
    def agrees(self, who: int) -> None:
        if circles.place_of(self.session, member=self.people[who], occurrence=self.evening.id):
            circles.agree(self.session, member=self.people[who], occurrence=self.evening.id, now=NOW)

    @rule(who=st.integers(0, 5))
    def steps_out(self, who: int) -> None:
        circles.step_out(self.session, member=self.people[who], occurrence=self.evening.id, now=NOW)

    @rule(who=st.integers(0, 5), other=st.integers(0, 5))
    def blocks(self, who: int, other: int) -> None:
        if who != other:
            blocks.block(self.session, member=self.people[who], other=self.people[other], label="x", now=NOW)

    @invariant()
    def a_live_circle_is_never_too_small_and_never_holds_a_blocked_pair(self) -> None:
        standing = self.session.scalars(select(Circle).where(Circle.ended_at.is_(None))).all()
        for circle in standing:
            places = circles.live_places(self.session, circle.id)
            them = [each.member for each in places]
            assert 3 <= len(set(them)) <= 5
            assert not any(blocks.apart(self.session, one, other) for one in them for other in them)
            named = [
                company.look(self.session, member=each, occurrence=self.evening, now=NOW) for each in them
            ]
            all_said_yes = all(each.answer == "yes" for each in places)
            assert all(bool(each.companions) <= all_said_yes for each in named)

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.rollback()
            self.session.close()


@pytest.mark.requirement("R47", "R55")
def test_block_at_any_time(sessions: Sessions) -> None:
    machine = type("Machine", (Evening,), {"sessions": sessions})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=8, stateful_step_count=14, deadline=None)
    )
