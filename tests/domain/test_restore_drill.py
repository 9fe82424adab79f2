"""The restore drill, in each run: 10,000 members copied, lost, put back, checked, signed in to again."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from domain import accounts, backup, database, erasure, restored, sealed
from domain.database import Sessions, reading, writing
from domain.models import Account, Member, MemberInterest, SealingKey
from tests import factories
from tests.conftest import KEYRING, NOW, _administer
from tests.web.conftest import sign_in, web_config
from web.app import create_app
from web.db import db

MEMBERS = int(os.environ.get("DRILL_MEMBERS", "10000"))


def fill(sessions: Sessions, count: int) -> None:
    """Add members in bulk, each with a key, a sealed profile and an interest."""
    with writing(sessions) as session:
        people, members, interests, keys = [], [], [], []
        for number in range(count):
            id_ = f"{number:032x}"
            member = Member(id=id_)
            sealed.seal(session, member, {"own_words": f"words of {number}"})
            account = _account(session, number, id_)
            (key,) = session.new
            assert isinstance(key, SealingKey)
            session.expunge(key)
            keys.append({name: getattr(key, name) for name in ("owner", "wrapped", "master", "created_at")})
            people.append(account)
            members.append(
                {"id": id_, "display_name": f"M {number}", "time_zone": "Europe/London", "radius_km": 10.0,
                 "online_only": False, "weekly_cap": 1, "rest_hours": 48, "steps_done": [], "created_at": NOW,
                 "sealed": member.sealed}
            )  # fmt: skip
            interests.append({"member": id_, "interest": "walking", "weight": 1.0})
        for table, rows in (
            (Account, people),
            (SealingKey, keys),
            (Member, members),
            (MemberInterest, interests),
        ):
            session.execute(insert(table), rows)


def _account(session: Session, number: int, id_: str) -> dict[str, object]:
    row = Account(id=id_)
    accounts.set_email(session, row, f"person{number}@example.com")
    return {
        "id": id_, "email_mark": row.email_mark, "sealed": row.sealed, "password": factories.password_hash(),
        "active": True, "demo": False, "created_at": NOW, "fs_uniquifier": id_, "confirmed_at": NOW,
    }  # fmt: skip


def lose(url: str, request: pytest.FixtureRequest) -> None:
    """Lose the database; on PostgreSQL an empty one takes its place, as its operator has to make."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        Path(parsed.database or "").write_bytes(b"lost")
        return
    server = request.getfixturevalue("postgres_server")
    _administer(server, f"DROP DATABASE {parsed.database} WITH (FORCE)")
    _administer(server, f"CREATE DATABASE {parsed.database}")


def test_the_drill(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    engine = database.open_engine(database_url)
    sessions = database.open_sessions(engine, KEYRING)
    fill(sessions, MEMBERS)
    began = time.perf_counter()
    copied = backup.take(database_url, tmp_path / "drill.backup")
    taken = time.perf_counter() - began
    with writing(sessions) as session:  # later, somebody leaves: the copy still has them
        erasure.erase(session, account=f"{7:032x}", now=NOW + timedelta(hours=1))
        ledger = [mark.line() for mark in erasure.ledger(session)]
    engine.dispose()
    lose(database_url, request)

    began = time.perf_counter()
    assert backup.put_back(database_url, tmp_path / "drill.backup") == copied
    engine = database.open_engine(database_url)
    sessions = database.open_sessions(engine, KEYRING)
    found = restored.examine(sessions, copied, ledger=ledger, now=NOW + timedelta(hours=2))
    back = time.perf_counter() - began
    assert found.well
    assert (found.sealed, found.erased) == (2 * MEMBERS, 1)
    with reading(sessions) as session:
        assert session.get(Account, f"{7:032x}") is None
        assert session.get(SealingKey, f"{7:032x}") is None
        member = session.scalars(select(Member).where(Member.id == f"{8:032x}")).one()
        assert sealed.unseal(session, member) == {"own_words": "words of 8"}
    engine.dispose()
    app = create_app(web_config(database_url, tmp_path))
    assert sign_in(app.test_client(), "person8@example.com").status_code == 302
    assert sign_in(app.test_client(), "person7@example.com").status_code == 422
    kind = engine.dialect.name
    with app.app_context():
        db.engine.dispose()
    print(f"{MEMBERS} members on {kind}: copied in {taken:.2f} s, put back and checked in {back:.2f} s")  # noqa: T201


def test_another_master_key_is_noticed(sqlite_url: str, tmp_path: Path) -> None:
    engine = database.open_engine(sqlite_url)
    fill(database.open_sessions(engine, KEYRING), 3)
    copied = backup.take(sqlite_url, tmp_path / "drill.backup")
    other = database.open_sessions(engine, sealed.Keyring((b"x" * 32,)))
    found = restored.examine(other, copied, ledger=[], now=NOW)
    assert not found.well
    assert found.broken == 6
    assert "master key" in found.lines()[-1]
    engine.dispose()


def test_missing_rows_are_noticed(sqlite_url: str, tmp_path: Path) -> None:
    engine = database.open_engine(sqlite_url)
    sessions = database.open_sessions(engine, KEYRING)
    fill(sessions, 3)
    copied = backup.take(sqlite_url, tmp_path / "drill.backup")
    with writing(sessions) as session:
        session.delete(session.scalars(select(MemberInterest)).first())
    found = restored.examine(sessions, copied, ledger=[], now=NOW)
    assert (found.missing, found.well) == (1, False)
    engine.dispose()


@pytest.mark.parametrize("line", ["", "   "])
def test_empty_lines_of_a_ledger_are_passed_over(sqlite_url: str, line: str) -> None:
    engine = database.open_engine(sqlite_url)
    assert restored.apply(database.open_sessions(engine, KEYRING), [line], now=NOW) == 0
    engine.dispose()
