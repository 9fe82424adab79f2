"""Marks of who was matched together: they lead back to who is still here, and to nobody for anybody else."""

from __future__ import annotations

from sqlalchemy.orm import Session

from domain import bulk_runs, bulk_steps
from domain.bulk_steps import Together
from domain.models import BulkStep
from domain.sealed import Keyring
from tests.conftest import NOW
from tests.workers.people import add_member

STEP, OTHER = "a" * 32, "b" * 32


def kept(session: Session) -> Together:
    ids = [add_member(session, name).id for name in ("ann", "ben", "cat", "dan")]
    together = Together(matched=frozenset(ids[:2]), beside=frozenset(ids[2:3]))
    bulk = bulk_runs.begin(session, reason="test", now=NOW).id
    for step in (STEP, OTHER):
        bulk_steps.keep(session, together, step=step, bulk=bulk)
    return together


def test_marks_lead_back_to_the_members(session: Session) -> None:
    together = kept(session)
    assert bulk_steps.read(session, STEP) == together
    assert bulk_steps.read(session, "c" * 32) is None


def test_marks_of_one_step_tell_nothing_of_another(session: Session) -> None:
    kept(session)
    one, other = (session.get_one(BulkStep, step) for step in (STEP, OTHER))
    assert len(one.matched) == 12
    assert {one.matched[:6], one.matched[6:]}.isdisjoint({other.matched[:6], other.matched[6:]})
    assert one.beside != other.beside


def test_marks_are_found_under_an_older_master_key_and_by_no_other(session: Session) -> None:
    together = kept(session)
    keyring: Keyring = session.info["keyring"]
    session.info["keyring"] = Keyring((bytes(32), *keyring.masters))
    assert bulk_steps.read(session, STEP) == together
    session.info["keyring"] = Keyring((bytes(32),))
    assert bulk_steps.read(session, STEP) == Together(matched=frozenset())
    session.info["keyring"] = keyring
