"""Retention: what was replaced goes after thirty days; what counts for ever stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import bulk_runs, bulk_steps, retention, runs, settings, suggestions
from domain.bulk_steps import Together
from domain.models import Answer, BulkPart, BulkRun, BulkStep, MatchingRun, Occurrence, RunStatus, Suggestion
from domain.suggestions import Drafted
from tests.workers.people import add_event, add_group, add_member, first_occurrence

#: Ids are of the computer's own time, so what is made here is made now.
MADE = datetime.now(UTC)
SOON, LATER = MADE + timedelta(days=29), MADE + timedelta(days=31)


@pytest.fixture
def member(session: Session) -> str:
    return add_member(session).id


@pytest.fixture
def walk(session: Session) -> Occurrence:
    return first_occurrence(session, add_event(session, add_group(session), title="A walk"))


def shown(session: Session, member: str, occurrence: str | None) -> str:
    """A run that ended, and what it suggested in place of what was there."""
    version, _ = settings.in_force(session)
    run = runs.request(session, member=member, reason="x", now=MADE)
    runs.start(session, [run.id], settings_version=version.id, model_version="m", now=MADE)
    kind = "right_sized" if occurrence else "preparation"
    draft = Drafted(run=run.id, member=member, occurrence=occurrence, position=1, kind=kind, body={})
    (made,) = suggestions.replace(session, members=[member], drafts=[draft], now=MADE)
    runs.finish(session, {run.id: {}}, now=MADE)
    return made


def sweep(session: Session, now: datetime) -> None:
    for prune in (retention.prune_suggestions, retention.prune_runs):
        after: str | None = ""
        while after is not None:
            after = prune(session, now=now, after=after)
    session.expire_all()


def left(session: Session, table: Any = Suggestion) -> set[str]:
    return set(session.scalars(select(table.id)))


def test_what_was_replaced_goes_and_what_waits_stays(session: Session, member: str, walk: Occurrence) -> None:
    old, current = shown(session, member, walk.id), shown(session, member, walk.id)
    sweep(session, SOON)
    assert left(session) == {old, current}
    sweep(session, LATER)
    assert left(session) == {current}


@pytest.mark.parametrize(
    ("answer", "stays"), [(Answer.YES, True), (Answer.NOT_A_FIT, True), (Answer.NOT_NOW, False)]
)
def test_a_yes_and_a_not_a_fit_stay_for_ever(
    session: Session, member: str, walk: Occurrence, answer: Answer, stays: bool
) -> None:
    said, current = shown(session, member, walk.id), shown(session, member, walk.id)
    suggestions.answer(session, member=member, suggestion=said, answer=answer, now=MADE)
    sweep(session, LATER)
    assert left(session) == ({said, current} if stays else {current})


def test_a_not_now_stays_until_the_outing_is_over(session: Session, member: str, walk: Occurrence) -> None:
    said = shown(session, member, walk.id)
    suggestions.answer(session, member=member, suggestion=said, answer=Answer.NOT_NOW, now=MADE)
    walk.starts_at, walk.ends_at = LATER + timedelta(days=1), LATER + timedelta(days=2)
    session.flush()
    sweep(session, LATER)
    assert said in left(session)
    sweep(session, LATER + timedelta(days=3))
    assert said not in left(session)


def test_runs_with_nothing_left_go_but_the_newest_of_each_member(
    session: Session, member: str, walk: Occurrence
) -> None:
    for _ in range(3):
        shown(session, member, walk.id)
    waiting = runs.latest(session, member=member)
    assert waiting is not None
    sweep(session, LATER)
    assert left(session, MatchingRun) == {waiting.id}
    assert waiting.status == RunStatus.FINISHED


def test_small_steps_look_at_everything_once(
    session: Session, member: str, walk: Occurrence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(4):
        said = shown(session, member, walk.id)
        suggestions.answer(session, member=member, suggestion=said, answer=Answer.YES, now=MADE)
    old, current = shown(session, member, None), shown(session, member, None)
    sweep(session, LATER)
    assert old not in left(session)
    assert current in left(session)
    assert len(left(session)) == 5


def test_bulk_runs_go_with_their_parts(session: Session, member: str) -> None:
    bulk = bulk_runs.begin(session, reason="settings", now=MADE)
    bulk_runs.divide(session, bulk.id, now=MADE)
    bulk_steps.keep(session, Together(matched=frozenset((member,))), step="a" * 32, bulk=bulk.id)
    assert retention.prune_bulk_runs(session, now=LATER) == 0, "it has not ended"
    bulk.finished_at = MADE
    session.flush()
    assert retention.prune_bulk_runs(session, now=LATER) == 1
    assert [left(session, table) for table in (BulkRun, BulkPart, BulkStep)] == [set()] * 3
