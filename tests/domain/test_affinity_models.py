"""Which model is in force: only ever added to, one at a time, put back with a note."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import affinity_models, events, fits, outbox
from domain.database import Sessions, reading, writing
from domain.errors import Conflict, Invalid, NotFound
from domain.fits import Fitted
from domain.models import BulkRun, ModelActivation, ModelArrays, ModelFit, OutboxMessage
from tests import factories
from tests.conftest import NOW

SIZES = {"members": 300, "people": 250, "groups": 30, "joins": 900}


def fitted(session: Session, version: str, *, now: datetime = NOW, worse: bool = False) -> ModelFit:
    """Ask for a fit and finish it with a model of this version."""
    row = fits.request(session, reason=fits.NIGHTLY, now=now)
    against = affinity_models.in_force(session).number
    found = Fitted(sizes=SIZES, version=version, data=version.encode(), worse=worse, against=against)
    fits.finish(session, row.id, found, now=now)
    return row


def put(session: Session, version: str | None, *, expected: int, keep_it: bool = False) -> BulkRun | None:
    return affinity_models.put_in_force(
        session, author=None, version=version, note="Tried it.", expected=expected, keep_it=keep_it, now=NOW
    )


def test_a_fit_that_is_no_worse_comes_into_force_and_everybody_is_matched_again(session: Session) -> None:
    assert affinity_models.in_force(session).named == affinity_models.CONTENT
    assert fitted(session, "a").outcome == "in_force"
    now = affinity_models.in_force(session)
    assert (now.number, now.named, now.author) == (1, "a", None)
    (bulk,) = session.scalars(select(BulkRun))
    assert bulk.reason == "model"
    assert outbox.due(session) == {"bulk": 2}
    assert affinity_models.age(session, now=NOW + timedelta(hours=1)) == 3600


def test_two_that_ask_ask_for_one_fit(session: Session) -> None:
    first = fits.request(session, reason=fits.ASKED, now=NOW)
    assert fits.request(session, reason=fits.NIGHTLY, now=NOW) is first
    kinds = session.scalars(select(OutboxMessage.kind)).all()
    assert kinds == [events.ModelFitDue.kind()]
    session.add(ModelFit(reason="asked", requested_at=NOW, open=True))
    with pytest.raises(IntegrityError):
        session.flush()


def test_one_that_nobody_finished_for_a_day_holds_up_no_other(session: Session) -> None:
    first = fits.request(session, reason=fits.ASKED, now=NOW - timedelta(days=1))
    second = fits.request(session, reason=fits.NIGHTLY, now=NOW)
    assert second is not first
    assert (first.outcome, first.failure, first.open) == ("failed", "Stuck", None)
    fits.finish(session, first.id, Fitted(sizes=SIZES, version="a", data=b"a"), now=NOW)
    assert affinity_models.kept(session) == set(), "too late to count"


def test_what_is_worse_is_stored_and_not_used(session: Session) -> None:
    fitted(session, "a")
    assert fitted(session, "b", worse=True).outcome == "worse"
    assert affinity_models.in_force(session).version == "a"
    assert affinity_models.kept(session) == {"a", "b"}


def test_the_same_model_changes_nothing(session: Session) -> None:
    fitted(session, "a")
    assert fitted(session, "a").outcome == "unchanged"
    assert len(affinity_models.history(session)) == 1


def test_an_earlier_one_is_put_back_and_history_grows(session: Session) -> None:
    fitted(session, "a")
    fitted(session, "b")
    assert put(session, "a", expected=2) is not None
    assert put(session, None, expected=3) is not None
    found = [(row.number, row.version, row.in_force) for row in affinity_models.history(session)]
    assert found == [(4, None, True), (3, "a", None), (2, "b", None), (1, "a", None)]
    assert all(row.retired_at == NOW for row in affinity_models.history(session)[1:])
    assert affinity_models.in_force(session).named == affinity_models.CONTENT
    assert affinity_models.age(session, now=NOW) is None


def test_another_in_force_by_then_is_a_conflict(session: Session) -> None:
    fitted(session, "a")
    with pytest.raises(Conflict):
        put(session, None, expected=0)
    with pytest.raises(NotFound):
        put(session, "never", expected=1)
    with pytest.raises(Invalid):
        affinity_models.put_in_force(session, author=None, version="a", note=" ", expected=1, now=NOW)
    assert affinity_models.in_force(session).number == 1


def test_two_at_once_and_one_of_them_is_told(sessions: Sessions) -> None:
    """The second waits for the first to commit, then finds another in force."""
    with writing(sessions) as session:
        fitted(session, "a")
        fitted(session, "b")
    with writing(sessions) as session:
        put(session, "a", expected=2)
    with pytest.raises(Conflict), writing(sessions) as session:
        put(session, "a", expected=2)
    with reading(sessions) as session:
        assert affinity_models.in_force(session).number == 3


def test_the_table_keeps_one_in_force(session: Session) -> None:
    fitted(session, "a")
    session.add(ModelActivation(number=2, note="x", activated_at=NOW, in_force=True))
    with pytest.raises(IntegrityError):
        session.flush()


def test_what_an_admin_keeps_is_replaced_by_no_fit_for_four_weeks(session: Session) -> None:
    fitted(session, "a")
    fitted(session, "b")
    put(session, "a", expected=2, keep_it=True)
    assert fitted(session, "c").outcome == "kept"
    assert affinity_models.in_force(session).version == "a"
    later = NOW + affinity_models.HELD
    assert fitted(session, "d", now=later).outcome == "in_force"


def test_letting_go_of_it_matches_nobody_again(session: Session) -> None:
    fitted(session, "a")
    put(session, "a", expected=1, keep_it=True)
    bulks = len(session.scalars(select(BulkRun)).all())
    assert put(session, "a", expected=2) is None
    assert len(session.scalars(select(BulkRun)).all()) == bulks
    assert not affinity_models.in_force(session).is_kept(NOW)


def test_one_put_in_force_while_a_fit_is_at_work_stays(session: Session) -> None:
    fitted(session, "a")
    row = fits.request(session, reason=fits.NIGHTLY, now=NOW)
    put(session, None, expected=1)
    found = Fitted(sizes=SIZES, version="b", data=b"b", against=1)
    fits.finish(session, row.id, found, now=NOW)
    assert row.outcome == "overtaken"
    assert affinity_models.in_force(session).version is None


def test_bytes_are_removed_once_they_are_not_needed(session: Session) -> None:
    fitted(session, "old", now=NOW - timedelta(days=60))
    fitted(session, "left", now=NOW - timedelta(days=30))
    fitted(session, "unused", now=NOW - timedelta(days=20), worse=True)
    fitted(session, "now", now=NOW - timedelta(days=10))
    fitted(session, "new", now=NOW - timedelta(days=1), worse=True)
    assert affinity_models.prune(session, now=NOW) == 2
    assert affinity_models.kept(session) == {"left", "now", "new"}
    assert session.get(ModelArrays, "old") is None
    assert affinity_models.fit_of(session, "old") is not None, "its figures stay"


def test_whose_note_it_was_is_forgotten_with_them(session: Session) -> None:
    fitted(session, "a")
    admin = factories.account(session)
    affinity_models.put_in_force(
        session, author=admin.id, version=None, note="Why not.", expected=1, keep_it=True, now=NOW
    )
    session.delete(admin)
    session.flush()
    session.expire_all()
    assert affinity_models.in_force(session).author is None
