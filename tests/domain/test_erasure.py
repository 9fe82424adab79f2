"""Leaving: invisible at once, a week to come back, then gone, and gone again after a restore."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import erasure, guests, members, people, rsvps, sealed
from domain.erasure import KeyMissing, Mark
from domain.errors import NotFound
from domain.models import (
    Account,
    Base,
    Consent,
    Erasure,
    Event,
    Group,
    Limit,
    Member,
    Occurrence,
    Report,
    Rsvp,
    RsvpStatus,
    SealingKey,
)
from domain.restrictions import impose
from domain.sealed import Keyring
from tests import factories
from tests.conftest import KEYRING, NOW
from tests.domain.test_blocks import Town, go


@pytest.fixture
def town(session: Session) -> Town:
    return Town(session)


def account_of(session: Session, member: Member) -> Account:
    return session.get_one(Account, member.id)


def count(session: Session, table: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.requirement("C12")
def test_asking_hides_at_once_signs_out_and_gives_places_back(session: Session, town: Town) -> None:
    before = account_of(session, town.ben).fs_uniquifier
    row = erasure.ask(session, account=account_of(session, town.ben), at_once=False, now=NOW)
    assert people.of_group(session, viewer=town.ann.id, group=town.group.id) == []
    guest = guests.coming(session, viewer=town.olga.id, group=town.group, occurrences=[town.walk])
    assert guest[town.walk.id].names == ("Ann",)
    assert account_of(session, town.ben).fs_uniquifier != before
    assert row.due_at == NOW + timedelta(days=7)
    answer = rsvps.answer_to(session, member=town.ben.id, occurrence=town.walk.id)
    assert answer is not None
    assert answer.status == RsvpStatus.NO


def test_groups_of_who_leaves_are_closed_and_guests_are_told(session: Session, town: Town) -> None:
    erasure.ask(session, account=account_of(session, town.olga), at_once=False, now=NOW)
    session.refresh(town.walk)
    assert session.get_one(Group, town.group.id).closed_at == NOW
    assert session.get_one(Occurrence, town.walk.id).cancelled_at == NOW


def test_coming_back_within_the_week(session: Session, town: Town) -> None:
    account = account_of(session, town.ben)
    erasure.ask(session, account=account, at_once=False, now=NOW)
    erasure.undo(session, account=account, now=NOW)
    assert account.active
    (ben,) = people.of_group(session, viewer=town.ann.id, group=town.group.id)
    assert ben.label == "Ben"
    with pytest.raises(NotFound):
        erasure.undo(session, account=account, now=NOW)


def test_who_was_suspended_does_not_come_back_that_way(session: Session, town: Town) -> None:
    account = account_of(session, town.ben)
    impose(session, account=account.id, limit=Limit.SUSPENDED, report=None, now=NOW)
    erasure.ask(session, account=account, at_once=False, now=NOW)
    erasure.undo(session, account=account, now=NOW)
    assert not account.active


def test_erasing_leaves_no_row_no_key_and_a_count(session: Session, town: Town) -> None:
    past = factories.occurrence(
        session, event=factories.event(session, group=town.group), starts_at=NOW - timedelta(days=3)
    )
    session.add(Rsvp(occurrence=past.id, member=town.ben.id, status=RsvpStatus.YES, responded_at=NOW))
    session.flush()
    gone = town.ben.id
    members.save_private(session, member=town.ben, own_words="Rain.", now=NOW)
    assert session.get(SealingKey, gone) is not None
    erasure.erase(session, account=gone, now=NOW)
    assert session.get(Account, gone) is None
    assert session.get(Member, gone) is None
    assert session.get(SealingKey, gone) is None
    assert count(session, Consent) == 2
    came = guests.coming(session, viewer=town.olga.id, group=town.group, occurrences=[past])[past.id]
    assert (came.yes, came.former, came.names) == (1, 1, ())
    erasure.erase(session, account=gone, now=NOW)
    assert len(erasure.ledger(session)) == 1


def test_what_an_organizer_wrote_is_emptied_and_histories_keep_their_titles(
    session: Session, town: Town
) -> None:
    event = session.scalars(select(Event)).one()
    event.text, event.venue, event.greeter = "Ring at Olga's", "Olga's house", "Olga"
    town.group.description = "Olga's own group"
    erasure.erase(session, account=town.olga.id, now=NOW)
    event, group = session.scalars(select(Event)).one(), session.scalars(select(Group)).one()
    assert (event.text, event.venue, event.greeter, group.description) == ("", None, None, "")
    assert (event.title, group.name, group.organizer) == (
        "Slow walk by the river",
        "Tuesday walkers",
        None,
    )


def test_a_report_outlives_its_writer_without_their_words(session: Session, town: Town) -> None:
    row = Report(
        account=town.ann.id,
        reported=town.ben.id,
        kind="person",
        category="danger",
        created_at=NOW,
        due_at=NOW,
        state="open",
    )
    sealed.seal(session, row, {"words": "He shouted.", "label": "Ben", "snapshot": {}})
    session.add(row)
    session.flush()
    erasure.erase(session, account=town.ann.id, now=NOW)
    kept = session.scalars(select(Report)).one()
    assert (kept.account, kept.sealed, kept.reported) == (None, None, town.ben.id)


def test_no_row_that_names_an_account_stops_its_erasure() -> None:
    """Whatever points at an account or a member goes with it, or forgets it: also tables still to come."""
    for table in Base.metadata.tables.values():
        for key in table.foreign_keys:
            if key.column.table.name in {"accounts", "members"}:
                assert key.ondelete in {"CASCADE", "SET NULL"}, f"{table.name}.{key.parent.name}"
                assert key.ondelete == "CASCADE" or key.parent.nullable, f"{table.name}.{key.parent.name}"


def test_the_ledger_erases_again_whom_a_restore_brings_back(session: Session, town: Town) -> None:
    gone = town.ben.id
    mark = erasure.mark_of(session, gone)
    assert gone not in mark.line()
    assert Mark.from_line(mark.line()) == mark
    assert erasure.apply_ledger(session, [mark], now=NOW) == 1
    assert session.get(Account, gone) is None
    assert session.get(Account, town.ann.id) is not None
    assert erasure.apply_ledger(session, [mark], now=NOW) == 0


def test_the_ledger_holds_after_master_keys_were_changed(session: Session, town: Town) -> None:
    mark = erasure.mark_of(session, town.ben.id)
    session.info["keyring"] = Keyring((b"n" * 32,))
    with pytest.raises(KeyMissing):
        erasure.apply_ledger(session, [mark], now=NOW)
    session.info["keyring"] = Keyring((b"n" * 32, *KEYRING.masters))
    assert erasure.apply_ledger(session, [mark], now=NOW) == 1


def test_asking_again_at_once_does_not_wait(session: Session, town: Town) -> None:
    account = account_of(session, town.ben)
    erasure.ask(session, account=account, at_once=False, now=NOW)
    assert erasure.ask(session, account=account, at_once=True, now=NOW).due_at == NOW
    assert count(session, Erasure) == 1


def test_a_seat_given_back_is_free(session: Session, town: Town) -> None:
    town.walk.capacity = 2
    cas = factories.member(session, display_name="Cas")
    assert go(session, cas, town.walk).status == RsvpStatus.WAITING
    erasure.ask(session, account=account_of(session, town.ben), at_once=False, now=NOW)
    waiting = rsvps.next_waiting(session, occurrence=town.walk)
    assert waiting is not None
    assert waiting.member == cas.id
