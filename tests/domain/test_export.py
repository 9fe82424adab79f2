"""A copy holds everything an account told us: no table and no column is forgotten."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from domain import blocks, export, members, sealed
from domain.errors import Conflict, NotFound
from domain.models import Account, Base, Member
from tests import factories
from tests.conftest import NOW

GOLDEN = Path(__file__).with_name("export_columns.json")


def decisions() -> dict[str, str]:
    """What is decided about every column of every table."""
    found: dict[str, str] = {}
    for name, table in sorted(Base.metadata.tables.items()):
        for column in table.columns:
            key = f"{name}.{column.name}"
            reason = export.TABLES_LEFT_OUT.get(name) or export.LEFT_OUT.get(key)
            found[key] = f"left out: {reason}" if reason else "exported"
    return found


@pytest.mark.requirement("R20")
def test_every_column_is_exported_or_left_out_for_a_reason_somebody_looked_at() -> None:
    """A new column fails here until it is added to the golden file, by hand and with a thought."""
    assert decisions() == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_every_table_of_a_copy_has_an_owner_and_every_reason_its_column() -> None:
    assert set(export.sections()) | set(export.TABLES_LEFT_OUT) == set(Base.metadata.tables)
    for table in export.sections():
        assert export.owner_column(table) or table in export.WITHIN, table
    assert set(export.LEFT_OUT) <= set(decisions())


@pytest.fixture
def ann(session: Session) -> Member:
    member = factories.member(session, display_name="Ann", interests={"walking": 0.5})
    members.save_private(session, member=member, own_words="I like rain.", now=NOW)
    return member


def test_what_was_sealed_stands_in_the_copy_opened_and_only_ones_own(session: Session, ann: Member) -> None:
    ben = factories.member(session, display_name="Ben")
    members.save_private(session, member=ben, own_words="I like wind.", now=NOW)
    blocks.block(session, member=ann.id, other=ben.id, label="The loud one", now=NOW)
    organizer = session.get_one(Account, ann.id)
    group = factories.group(session, organizer=organizer)
    walk = factories.occurrence(session, event=factories.event(session, group=group))
    found = {each.name: each.rows for each in export.read(session, ann.id)}
    assert list(found) == export.sections()
    assert found["members"][0]["private"]["own_words"] == "I like rain."
    assert found["blocks"][0]["private"] == {"label": "The loud one"}
    assert found["occurrences"][0]["id"] == walk.id
    text = json.dumps(found)
    assert "wind" not in text
    assert ben.id not in text
    assert str(organizer.password) not in text


def test_a_copy_names_what_its_ids_point_at(session: Session, ann: Member) -> None:
    group = factories.group(session, name="Tuesday walkers")
    factories.membership(session, of=ann, group=group)
    rows = next(each.rows for each in export.read(session, ann.id) if each.name == "memberships")
    assert rows[0]["group_name"] == "Tuesday walkers"


@pytest.mark.requirement("C49")
def test_one_at_a_time_and_three_a_day(session: Session, ann: Member) -> None:
    account = session.get_one(Account, ann.id)
    first = export.request(session, account=account, now=NOW)
    assert export.request(session, account=account, now=NOW).id == first.id
    for _ in range(2):
        latest = export.newest(session, account=ann.id)
        assert latest is not None
        export.finish(session, export=latest.id, file="x.zip", now=NOW)
        export.request(session, account=account, now=NOW)
    latest = export.newest(session, account=ann.id)
    assert latest is not None
    export.finish(session, export=latest.id, file="x.zip", now=NOW)
    with pytest.raises(Conflict):
        export.request(session, account=account, now=NOW)


def test_a_copy_is_taken_by_its_owner_within_a_day(session: Session, ann: Member) -> None:
    row = export.request(session, account=session.get_one(Account, ann.id), now=NOW)
    export.finish(session, export=row.id, file="x.zip", now=NOW)
    assert export.take(session, account=ann.id, export=row.id, now=NOW) == "x.zip"
    other = factories.account(session)
    for account, now in ((other.id, NOW), (ann.id, NOW + timedelta(hours=24))):
        with pytest.raises(NotFound):
            export.take(session, account=account, export=row.id, now=now)


def test_a_copy_of_somebody_whose_key_is_gone_is_refused(session: Session, ann: Member) -> None:
    sealed.forget(session, ann.id)
    with pytest.raises(sealed.SealBroken):
        list(export.read(session, ann.id))
