"""The role the programs use: it does all their work, and can neither change a table nor the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError

from domain import accounts, audit, database, erasure, rsvps
from domain.audit import Action
from domain.models import Account, AuditEntry, RsvpStatus
from tests import factories
from tests.architecture.test_house import ROOT
from tests.conftest import KEYRING, NOW
from workers.drain import drain_lanes
from workers.mailer import FolderMailer
from workers.runtime import Runtime

REFUSALS = "must be owner|permission denied|never changed"
ROLES = ROOT / "docs" / "how-to" / "roles.sql"


@pytest.fixture
def restricted(postgres_url: str) -> Iterator[Engine]:
    """An engine that works as the programs' role, on a database of this test's own."""
    owner = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        for _twice in range(2):
            connection.exec_driver_sql(ROLES.read_text("utf-8"))
    local = make_url(postgres_url).set(username="handrail_app", password=None)
    engine = database.open_engine(local.render_as_string(False))
    yield engine
    engine.dispose()
    with owner.connect() as connection:
        connection.execute(text("DROP OWNED BY handrail_app"))
        connection.execute(text("DROP ROLE handrail_app"))
    owner.dispose()


@pytest.mark.requirement("C59")
def test_the_programs_do_their_work_with_it(restricted: Engine, tmp_path: Path) -> None:
    runtime = Runtime(
        sessions=database.open_sessions(restricted, KEYRING),
        mailer=FolderMailer(tmp_path / "mail"),
        base_url="http://localhost:8000",
        mail_from="handrail@localhost",
        home=tmp_path,
    )
    with database.writing(runtime.sessions) as session:
        person = factories.member(session, email="ann@example.com").id
        seat = factories.occurrence(
            session,
            event=factories.event(session, group=factories.group(session)),
            starts_at=NOW + timedelta(1),
        )
        rsvps.respond(session, member=person, occurrence=seat.id, status=RsvpStatus.YES, now=NOW)
        erasure.ask(session, account=session.get_one(Account, person), at_once=True, now=NOW)
    drain_lanes(runtime)
    with database.writing(runtime.sessions) as session:
        assert accounts.find(session, "ann@example.com") is None
        assert session.scalars(select(AuditEntry.action)).all()
        audit.prune(session, now=NOW)
    assert database.current_revision(restricted) == database.newest_revision()


@pytest.mark.requirement("C59")
@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE members",
        "DROP TABLE audit_entries",
        "TRUNCATE accounts CASCADE",
        "TRUNCATE audit_entries",
        "ALTER TABLE members ADD COLUMN extra text",
        "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_entries_no_change ON audit_entries",
        "DROP FUNCTION refuse_audit_change() CASCADE",
        "CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE sql AS 'SELECT OLD'",
        "SET session_replication_role = replica",
        "UPDATE audit_entries SET reason = 'Nothing.'",
        "DELETE FROM audit_entries",
        "UPDATE alembic_version SET version_num = '0001'",
        "CREATE TABLE mine (id int)",
        "CREATE ROLE another SUPERUSER",
        "COPY members TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_and_no_more(restricted: Engine, statement: str) -> None:
    with database.writing(database.open_sessions(restricted, KEYRING)) as session:
        audit.record(
            session,
            actor=None,
            action=Action.KEYS_ROTATED,
            about="keys",
            reason="1 key.",
            now=datetime.now(UTC),
        )
    with restricted.connect() as connection, pytest.raises(DatabaseError, match=REFUSALS):
        connection.exec_driver_sql(statement)
