"""Moderators hear of a report, once more when it is late; people hear what came of theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from domain import moderation, reports
from domain.database import writing
from domain.events import Lane
from domain.models import OutboxMessage, Outcome, Report, ReportCategory, RoleName
from domain.reports import Kind
from tests import factories
from tests.conftest import NOW
from tests.workers.conftest import Outbasket
from workers.drain import drain_lanes
from workers.runtime import Runtime


class Case:
    """A report by Ann about Ben, and two moderators."""

    def __init__(self, session: Session) -> None:
        self.ann = factories.member(session, email="ann@example.com").id
        self.ben = factories.member(session, email="ben@example.com").id
        self.mods = [
            factories.account(session, email=f"mod{n}@example.com", roles=[RoleName.MODERATOR]).id
            for n in range(2)
        ]
        factories.account(session, email="admin@example.com", roles=[RoleName.ADMIN])
        about = reports.Subject(
            kind=Kind.PERSON, label="Ben", snapshot={"group": "Walkers"}, reported=self.ben
        )
        row = reports.file(
            session,
            reporter=self.ann,
            about=about,
            category=ReportCategory.DANGER,
            words="He followed me home.",
            now=NOW,
        )
        self.report = row.id


@pytest.fixture
def case(runtime: Runtime) -> Case:
    with writing(runtime.sessions) as session:
        return Case(session)


def make_due(runtime: Runtime) -> None:
    with writing(runtime.sessions) as session:
        session.execute(update(OutboxMessage).values(not_before=0.0))


def recipients(basket: Outbasket, subject: str) -> list[str]:
    return sorted(str(each["To"]) for each in basket.sent if subject in str(each["Subject"]))


def test_moderators_are_told_without_a_word_of_it(runtime: Runtime, basket: Outbasket, case: Case) -> None:
    drain_lanes(runtime, [Lane.MAIL])
    assert recipients(basket, "waits") == ["mod0@example.com", "mod1@example.com"]
    assert all("followed" not in each.as_string() and "Ben" not in each.as_string() for each in basket.sent)


def test_a_late_one_is_escalated_exactly_once(runtime: Runtime, basket: Outbasket, case: Case) -> None:
    late = replace(runtime, clock=lambda: NOW + timedelta(hours=4, seconds=1))
    make_due(late)
    drain_lanes(late, [Lane.MAIL])
    everybody = ["admin@example.com", "mod0@example.com", "mod1@example.com"]
    assert recipients(basket, "too long") == everybody
    with writing(late.sessions) as session:  # as after a kill: the same message comes again
        session.execute(update(OutboxMessage).values(state="ready", attempts=0, closed_at=None))
    drain_lanes(late, [Lane.MAIL])
    assert recipients(basket, "too long") == everybody


def test_a_decided_one_is_not_escalated(runtime: Runtime, basket: Outbasket, case: Case) -> None:
    decide(runtime, case, Outcome.NOTHING_FOUND)
    late = replace(runtime, clock=lambda: NOW + timedelta(days=4))
    make_due(late)
    drain_lanes(late, [Lane.MAIL])
    assert recipients(basket, "too long") == []


def decide(runtime: Runtime, case: Case, outcome: Outcome) -> None:
    with writing(runtime.sessions) as session:
        for moderator in case.mods:
            reports.open_report(session, moderator=moderator, report=case.report, now=NOW)
        moderation.decide(
            session, moderator=case.mods[0], report=case.report, outcome=outcome, reason="Seen.", now=NOW
        )
        if outcome is Outcome.SUSPENDED:
            moderation.agree(session, moderator=case.mods[1], report=case.report, reason="Yes.", now=NOW)


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (Outcome.NOTHING_FOUND, []),
        (Outcome.WARNED, ["ben@example.com"]),
        (Outcome.REMOVED, ["ben@example.com"]),
        (Outcome.SUSPENDED, ["ben@example.com"]),
    ],
)
def test_both_hear_the_outcome_and_how_to_appeal(
    runtime: Runtime, basket: Outbasket, case: Case, outcome: Outcome, told: list[str]
) -> None:
    decide(runtime, case, outcome)
    drain_lanes(runtime, [Lane.MAIL])
    assert recipients(basket, "looked at your report") == ["ann@example.com"]
    mine = [each for each in basket.sent if each["To"] in {"ann@example.com", "ben@example.com"}]
    assert sorted(str(each["To"]) for each in mine if each["To"] == "ben@example.com") == told
    assert all("within 30 days" in " ".join(each.get_content().split()) for each in mine)
    assert all("ann" not in each.get_content().lower() for each in mine if each["To"] == "ben@example.com")


def test_a_report_that_is_gone_is_passed_over(runtime: Runtime, basket: Outbasket, case: Case) -> None:
    with writing(runtime.sessions) as session:
        session.delete(session.get_one(Report, case.report))
    make_due(runtime)
    drain_lanes(runtime, [Lane.MAIL])
    assert basket.sent == []
