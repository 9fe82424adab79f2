"""Reports part people at once, wait no longer than promised, and are read and decided with a trace."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import audit, blocks, groups, moderation, outbox, people, reports, restrictions, rsvps
from domain.audit import Action
from domain.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from domain.models import (
    Account,
    Limit,
    Membership,
    OutboxMessage,
    Outcome,
    Report,
    ReportCategory,
    ReportState,
    RoleName,
    RsvpStatus,
)
from domain.reports import Kind
from tests import factories
from tests.conftest import NOW
from tests.domain.test_blocks import Town, go


@pytest.fixture
def town(session: Session) -> Town:
    return Town(session)


@pytest.fixture
def moderators(session: Session) -> list[str]:
    return [factories.account(session, roles=[RoleName.MODERATOR]).id for _ in range(2)]


def report_ben(session: Session, town: Town, category: ReportCategory = ReportCategory.HARASSMENT) -> Report:
    (ben,) = people.of_group(session, viewer=town.ann.id, group=town.group.id)
    about = reports.subject(session, viewer=town.ann.id, kind=Kind.PERSON, identity=ben.membership or "")
    return reports.file(
        session, reporter=town.ann.id, about=about, category=category, words="He shouted.", now=NOW
    )


def decide(session: Session, report: Report, by: str, outcome: Outcome) -> Report:
    reports.open_report(session, moderator=by, report=report.id, now=NOW)
    return moderation.decide(
        session, moderator=by, report=report.id, outcome=outcome, reason="Looked at.", now=NOW
    )


@pytest.mark.parametrize(
    ("category", "hours", "paused"),
    [
        (ReportCategory.DANGER, 4, True),
        (ReportCategory.UNDER_AGE, 24, True),
        (ReportCategory.HARASSMENT, 24, False),
        (ReportCategory.OTHER, 72, False),
    ],
)
def test_a_report_parts_both_at_once_and_names_its_deadline(
    session: Session, town: Town, category: ReportCategory, hours: int, paused: bool
) -> None:
    row = report_ben(session, town, category)
    assert blocks.apart(session, town.ben.id, town.ann.id)
    assert row.due_at == NOW + timedelta(hours=hours)
    assert restrictions.held(session, [town.ben.id, town.ann.id]) == ({town.ben.id} if paused else set())
    timer = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "report_overdue")).one()
    assert timer.not_before == row.due_at.timestamp()
    assert "He shouted" not in str(timer.body)


def test_somebody_who_is_held_back_gets_no_new_place_anywhere(session: Session, town: Town) -> None:
    other = factories.group(session, name="Chess")
    chess = factories.occurrence(
        session, event=factories.event(session, group=other), starts_at=NOW + timedelta(days=5)
    )
    report_ben(session, town, ReportCategory.DANGER)
    town.ben.weekly_cap = 7
    assert go(session, town.ben, chess).status == RsvpStatus.WAITING
    with pytest.raises(Conflict):
        groups.join(session, member=town.ben.id, group=other.id, now=NOW)


def test_nothing_found_gives_places_again(session: Session, town: Town, moderators: list[str]) -> None:
    row = report_ben(session, town, ReportCategory.DANGER)
    decide(session, row, moderators[0], Outcome.NOTHING_FOUND)
    assert restrictions.held(session, [town.ben.id]) == set()
    assert row.state == ReportState.DECIDED
    assert blocks.apart(session, town.ann.id, town.ben.id), "the reporter decides about that"


def test_a_second_report_keeps_the_hold(session: Session, town: Town, moderators: list[str]) -> None:
    first = report_ben(session, town, ReportCategory.DANGER)
    about = reports.Subject(kind=Kind.PERSON, label="Ben", snapshot={"group": "x"}, reported=town.ben.id)
    reports.file(
        session,
        reporter=factories.member(session).id,
        about=about,
        category=ReportCategory.UNDER_AGE,
        words="He said so.",
        now=NOW,
    )
    decide(session, first, moderators[0], Outcome.NOTHING_FOUND)
    assert restrictions.held(session, [town.ben.id]) == {town.ben.id}


def test_only_who_opened_it_reads_it_and_the_log_says_so(
    session: Session, town: Town, moderators: list[str]
) -> None:
    row = report_ben(session, town)
    one, other = moderators
    assert reports.read(session, moderator=one, report=row, now=NOW) is None
    reports.open_report(session, moderator=one, report=row.id, now=NOW)
    opened = reports.read(session, moderator=one, report=row, now=NOW)
    assert opened is not None
    assert (opened.words, opened.label) == ("He shouted.", "Ben")
    assert reports.read(session, moderator=other, report=row, now=NOW) is None
    later = NOW + reports.OPEN_FOR
    assert reports.read(session, moderator=one, report=row, now=later) is None
    assert [each.actor for each in audit.about(session, f"report:{row.id}")] == [one]
    assert b"shouted" not in (row.sealed or b"")


def test_nobody_decides_about_a_report_they_are_part_of(session: Session, town: Town) -> None:
    row = report_ben(session, town)
    for person in (town.ann, town.ben):
        assert reports.waiting(session, moderator=person.id) == []
        with pytest.raises(NotFound):
            reports.open_report(session, moderator=person.id, report=row.id, now=NOW)


def test_it_has_to_be_read_before_it_is_decided(session: Session, town: Town, moderators: list[str]) -> None:
    row = report_ben(session, town)
    with pytest.raises(Conflict):
        moderation.decide(
            session, moderator=moderators[0], report=row.id, outcome=Outcome.WARNED, reason="x", now=NOW
        )


def test_a_suspension_needs_two_people(session: Session, town: Town, moderators: list[str]) -> None:
    row = report_ben(session, town)
    one, other = moderators
    assert decide(session, row, one, Outcome.SUSPENDED).state == ReportState.SECOND
    assert session.get_one(Account, town.ben.id).active
    with pytest.raises(NotAllowed):
        moderation.agree(session, moderator=one, report=row.id, reason="Sure.", now=NOW)
    reports.open_report(session, moderator=other, report=row.id, now=NOW)
    moderation.agree(session, moderator=other, report=row.id, reason="I agree.", now=NOW)
    assert not session.get_one(Account, town.ben.id).active
    assert row.decided_by == other
    actions = [each.action for each in audit.about(session, f"report:{row.id}")]
    assert actions[-1] == Action.REPORT_DECIDED
    with pytest.raises(Conflict):
        moderation.agree(session, moderator=other, report=row.id, reason="Again.", now=NOW)


def test_a_refused_suspension_is_decided_anew(session: Session, town: Town, moderators: list[str]) -> None:
    row = report_ben(session, town)
    decide(session, row, moderators[0], Outcome.SUSPENDED)
    reports.open_report(session, moderator=moderators[1], report=row.id, now=NOW)
    moderation.refuse(session, moderator=moderators[1], report=row.id, reason="Too much.", now=NOW)
    assert (row.state, row.outcome) == (ReportState.OPEN, None)
    assert decide(session, row, moderators[1], Outcome.WARNED).state == ReportState.DECIDED


def test_who_is_removed_stays_out_of_that_group_alone(
    session: Session, town: Town, moderators: list[str]
) -> None:
    decide(session, report_ben(session, town), moderators[0], Outcome.REMOVED)
    left = session.scalar(select(Membership.left_at).where(Membership.member == town.ben.id))
    answer = rsvps.answer_to(session, member=town.ben.id, occurrence=town.walk.id)
    assert left == NOW
    assert answer is not None
    assert answer.status == RsvpStatus.NO
    with pytest.raises(Conflict):
        groups.join(session, member=town.ben.id, group=town.group.id, now=NOW)
    elsewhere = factories.group(session, name="Chess")
    assert groups.join(session, member=town.ben.id, group=elsewhere.id, now=NOW)


@pytest.mark.parametrize("kind", [Kind.GROUP, Kind.EVENT])
def test_a_group_or_event_can_be_reported_and_its_group_closed(
    session: Session, town: Town, moderators: list[str], kind: Kind
) -> None:
    identity = town.group.id if kind is Kind.GROUP else town.walk.id
    about = reports.subject(session, viewer=town.ann.id, kind=kind, identity=identity)
    row = reports.file(
        session,
        reporter=town.ann.id,
        about=about,
        category=ReportCategory.OTHER,
        words="It is a sale.",
        now=NOW,
    )
    assert row.reported == town.olga.id
    assert blocks.listed(session, member=town.ann.id)[0].label == "The person who runs “Tuesday walkers”"
    decide(session, row, moderators[0], Outcome.REMOVED)
    session.refresh(town.group)
    assert town.group.closed_at == NOW


def test_a_listing_nobody_here_runs_can_be_reported(
    session: Session, town: Town, moderators: list[str]
) -> None:
    listing = factories.group(session, name="From a listing")
    about = reports.subject(session, viewer=town.ann.id, kind=Kind.GROUP, identity=listing.id)
    row = reports.file(
        session, reporter=town.ann.id, about=about, category=ReportCategory.DANGER, words="Ice.", now=NOW
    )
    with pytest.raises(Conflict):
        decide(session, row, moderators[0], Outcome.SUSPENDED)
    decide(session, row, moderators[0], Outcome.REMOVED)
    assert listing.closed_at == NOW


def test_what_is_not_to_be_seen_cannot_be_reported(session: Session, town: Town) -> None:
    stranger = factories.member(session)
    (ben,) = people.of_group(session, viewer=town.ann.id, group=town.group.id)
    with pytest.raises(NotFound):
        reports.subject(session, viewer=stranger.id, kind=Kind.PERSON, identity=ben.membership or "")
    with pytest.raises(NotFound):
        reports.subject(session, viewer=stranger.id, kind=Kind.EVENT, identity="0" * 32)


def test_words_are_needed_and_a_day_has_its_limit(session: Session, town: Town) -> None:
    about = reports.subject(session, viewer=town.ann.id, kind=Kind.GROUP, identity=town.group.id)

    def send(words: str) -> None:
        reports.file(
            session,
            reporter=town.ann.id,
            about=about,
            category=ReportCategory.OTHER,
            words=words,
            now=NOW,
        )

    with pytest.raises(Invalid):
        send(" ")
    for _ in range(reports.PER_DAY):
        send("Again.")
    with pytest.raises(DomainError, match="several reports today"):
        send("Once more.")


def test_it_escalates_once_and_only_while_it_waits(
    session: Session, town: Town, moderators: list[str]
) -> None:
    row = report_ben(session, town)
    late = row.due_at + timedelta(seconds=1)
    assert not moderation.escalate(session, report=row.id, now=NOW)
    assert moderation.escalate(session, report=row.id, now=late)
    assert not moderation.escalate(session, report=row.id, now=late)
    decide(session, row, moderators[0], Outcome.NOTHING_FOUND)
    row.escalated_at = None
    assert not moderation.escalate(session, report=row.id, now=late)


def test_a_restriction_is_lifted_where_it_came_from_alone(session: Session, town: Town) -> None:
    row = report_ben(session, town)
    restrictions.impose(session, account=town.ben.id, limit=Limit.SUSPENDED, report=row.id, now=NOW)
    assert not session.get_one(Account, town.ben.id).active
    assert restrictions.lift(session, report="0" * 32, limit=Limit.SUSPENDED, now=NOW) == []
    assert restrictions.lift(session, report=row.id, limit=Limit.SUSPENDED, now=NOW) == [town.ben.id]
    assert session.get_one(Account, town.ben.id).active
    assert outbox.due(session)


def test_two_years_after_its_decision_a_report_is_removed(
    session: Session, town: Town, moderators: list[str]
) -> None:
    row = report_ben(session, town)
    assert reports.prune(session, now=NOW + timedelta(days=4000)) == 0, "undecided ones stay"
    decide(session, row, moderators[0], Outcome.REMOVED)
    assert reports.prune(session, now=NOW + reports.KEPT) == 0
    assert reports.prune(session, now=NOW + reports.KEPT + timedelta(seconds=1)) == 1
    assert restrictions.kept_out(session, member=town.ben.id, group=town.group.id)
