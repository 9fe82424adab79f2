"""The audit log: appended to, chained, and refused to be changed by both databases themselves."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from domain import audit
from domain.audit import Action
from domain.errors import Invalid
from domain.models import AuditEntry
from domain.models.base import new_id
from tests.conftest import NOW


def entries(session: Session, number: int = 3) -> list[AuditEntry]:
    return [
        audit.record(
            session, actor=None, action=Action.KEYS_ROTATED, about=f"keys:{n}", reason="Due.", now=NOW
        )
        for n in range(number)
    ]


@pytest.mark.requirement("C40")
@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entries SET reason = 'other'", "DELETE FROM audit_entries WHERE number = 2"],
)
def test_the_database_refuses_to_change_or_remove_an_entry(session: Session, statement: str) -> None:
    entries(session)
    with pytest.raises(DBAPIError, match=r"audit entries are (never changed|kept for two years)"):
        session.execute(text(statement))


def test_postgresql_refuses_to_empty_the_log(session: Session) -> None:
    if session.get_bind().dialect.name != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    entries(session)
    with pytest.raises(DBAPIError, match="audit entries"):
        session.execute(text("TRUNCATE audit_entries"))


def test_entries_older_than_two_years_may_go_and_the_rest_still_verifies(session: Session) -> None:
    old = NOW - timedelta(days=4000)
    audit.record(session, actor=None, action=Action.ERASED, about="x", reason="Asked for.", now=old)
    entries(session, 2)
    assert audit.prune(session, now=NOW) == 1
    assert audit.verify(session) is None


def test_the_chain_names_the_entry_that_was_forged(session: Session) -> None:
    entries(session)
    assert audit.verify(session) is None
    assert audit.head(session).number == 3
    forged = AuditEntry(
        id=new_id(),
        number=4,
        at=NOW,
        action="erased",
        about="x",
        reason="x",
        previous="0" * 64,
        digest="0" * 64,
    )
    session.add(forged)
    session.flush()
    assert audit.verify(session) == 4


def test_a_change_past_the_trigger_shows(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("one database is enough: the chain is the same")
    entries(session)
    session.execute(text("DROP TRIGGER audit_entries_no_update"))
    session.execute(update(AuditEntry).where(AuditEntry.number == 2).values(reason="Something else."))
    session.expire_all()
    assert audit.verify(session) == 2


def test_an_entry_needs_a_reason(session: Session) -> None:
    with pytest.raises(Invalid):
        audit.record(session, actor=None, action=Action.ERASED, about="x", reason="  ", now=NOW)


def test_what_somebody_did_last_is_found(session: Session) -> None:
    person = new_id()
    opened = partial(audit.last, session, actor=person, action=Action.REPORT_OPENED, about="report:1")
    assert opened() is None
    audit.record(
        session, actor=person, action=Action.REPORT_OPENED, about="report:1", reason="To read it.", now=NOW
    )
    assert opened() == NOW
    assert [entry.actor for entry in audit.about(session, "report:1")] == [person]
