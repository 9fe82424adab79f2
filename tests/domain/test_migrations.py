"""Migrations: up from each version with data in it, one down and up again, and models that agree."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Engine, MetaData, String, func, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from domain import accounts, backup, database, sealed
from domain.database import open_sessions, writing
from domain.models import Account, Member, OutboxMessage
from tests import factories
from tests.conftest import KEYRING, NOW, _administer

MEMBERS = int(os.environ.get("DRILL_MEMBERS", "1000"))


def versions() -> list[str]:
    """Every version there is, oldest first."""
    scripts = ScriptDirectory(str(database.MIGRATIONS)).walk_revisions()
    return [script.revision for script in scripts][::-1]


@pytest.fixture
def bare_url(
    request: pytest.FixtureRequest, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database without tables."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('bare') / 'handrail.db'}"
        return
    server, name = request.getfixturevalue("postgres_server"), f"bare_{url.database}"
    _administer(server, f"CREATE DATABASE {name}")
    yield url.set(database=name).render_as_string(False)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def engine(bare_url: str) -> Iterator[Engine]:
    made = database.open_engine(bare_url)
    yield made
    made.dispose()


def fill(engine: Engine, count: int) -> None:
    """Add accounts, members and messages by the tables as they are in the database, whatever its version."""
    tables = MetaData()
    tables.reflect(engine, only=["accounts", "members", "outbox_messages", "sealing_keys"])
    ids = [f"{number:032x}" for number in range(count)]
    plain = "email" in tables.tables["accounts"].columns
    keys: list[dict[str, object]] = []
    people = [
        {"id": id_, "active": True, "demo": False, "created_at": NOW, "fs_uniquifier": id_}
        | ({"email": address(id_)} if plain else sealed_address(id_, keys))
        for id_ in ids
    ]
    members = [
        {"id": id_, "display_name": "M", "time_zone": "Europe/London", "radius_km": 10.0,
         "online_only": False, "weekly_cap": 1, "rest_hours": 48, "steps_done": [], "created_at": NOW}
        for id_ in ids
    ]  # fmt: skip
    messages = [
        {"id": id_, "kind": "profile_saved", "body": {}, "lane": "default", "aggregate": id_, "seq": 1,
         "state": "done", "attempts": 1, "fence": 1, "not_before": 0.0, "created_at": 1.0, "closed_at": 2.0}
        for id_ in ids
    ]  # fmt: skip
    with engine.begin() as connection:
        made = {"accounts": people, "members": members, "outbox_messages": messages, "sealing_keys": keys}
        for name, rows in made.items():
            if rows:
                connection.execute(insert(tables.tables[name]), rows)


def address(id_: str) -> str:
    return f"{id_}@example.com"


def sealed_address(id_: str, keys: list[dict[str, object]]) -> dict[str, object]:
    """The address as the newest version keeps it; its key is added to ``keys``."""
    with Session(info={"keyring": KEYRING, "opened_keys": {id_: b"o" * 32}}) as session:
        row = Account(id=id_)
        accounts.set_email(session, row, address(id_))
    wrapped, master = KEYRING.wrap(id_, b"o" * 32)
    keys.append({"owner": id_, "wrapped": wrapped, "master": master, "created_at": NOW})
    return {"sealed": row.sealed, "email_mark": row.email_mark}


def addresses(session: Session) -> set[str]:
    rows = session.scalars(select(Account)).all()
    sealed.open_keys(session, [row.id for row in rows])
    return {accounts.email_of(session, row) for row in rows}


def counts(session: Session) -> list[int]:
    return [
        session.scalar(select(func.count()).select_from(each)) or 0
        for each in (Account, Member, OutboxMessage)
    ]


@pytest.mark.parametrize("version", versions())
def test_up_from_each_version_with_data_in_it(bare_url: str, engine: Engine, version: str) -> None:
    database.upgrade(bare_url, version)
    fill(engine, MEMBERS)
    database.upgrade(bare_url, keyring=KEYRING)
    assert database.current_revision(engine) == database.newest_revision()
    assert database.drift(engine) == []
    with open_sessions(engine, KEYRING)() as session:
        database.begin(session, "write")
        assert counts(session) == [MEMBERS] * 3
        assert addresses(session) == {address(f"{number:032x}") for number in range(MEMBERS)}
        assert accounts.find(session, address(f"{7:032x}").upper()) is not None
        factories.member(session)  # today's code writes into it


def test_one_down_and_up_again_keeps_the_data(bare_url: str, engine: Engine) -> None:
    database.upgrade(bare_url)
    fill(engine, 50)
    database.downgrade(bare_url, keyring=KEYRING)
    assert database.current_revision(engine) == versions()[-2]
    database.upgrade(bare_url, keyring=KEYRING)
    with open_sessions(engine, KEYRING)() as session:
        database.begin(session, "read")
        assert counts(session) == [50] * 3
        assert len(addresses(session)) == 50
    assert database.drift(engine) == []


def test_what_was_plain_is_nowhere_afterwards(tmp_path: Path) -> None:
    """The file and what lies beside it hold no address any more: what was removed is overwritten."""
    url = f"sqlite:///{tmp_path / 'handrail.db'}"
    database.upgrade(url, "0005")
    made = database.open_engine(url)
    fill(made, 500)
    made.dispose()
    assert b"@example.com" in (tmp_path / "handrail.db").read_bytes()
    database.upgrade(url, keyring=KEYRING)
    assert [each.name for each in tmp_path.iterdir() if b"@example.com" in each.read_bytes()] == []


def test_addresses_are_not_touched_without_the_key(bare_url: str, engine: Engine) -> None:
    database.upgrade(bare_url, "0005")
    fill(engine, 3)
    with pytest.raises(RuntimeError, match="master key"):
        database.upgrade(bare_url)
    assert database.current_revision(engine) == "0005"
    with engine.connect() as connection:
        assert len(connection.execute(text("SELECT email FROM accounts")).all()) == 3


def test_all_the_way_down_leaves_nothing(bare_url: str, engine: Engine) -> None:
    database.upgrade(bare_url)
    database.downgrade(bare_url, "base")
    with engine.connect() as connection:
        assert backup.count_rows(connection) == {}


def test_a_fresh_database_is_what_the_models_describe(bare_url: str, engine: Engine) -> None:
    database.upgrade(bare_url)
    assert database.drift(engine) == []
    database.upgrade(bare_url)  # safe to run again


def test_a_difference_is_noticed(bare_url: str, engine: Engine) -> None:
    database.upgrade(bare_url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE members ADD COLUMN forgotten VARCHAR(10)"))
    assert len(database.drift(engine)) == 1


def test_an_additive_migration_under_load_fails_no_request(bare_url: str, engine: Engine) -> None:
    """Members are added all the while a column comes and goes, as an additive migration would make it."""
    database.upgrade(bare_url)
    ending, added, failures = threading.Event(), [], []

    def join() -> None:
        own = database.open_engine(bare_url)
        sessions = open_sessions(own, KEYRING)
        while not ending.wait(0.002):  # long enough for the migration to get its turn
            try:
                with writing(sessions) as session:
                    added.append(factories.member(session).id)
            except Exception as error:  # noqa: BLE001 - counted
                failures.append(repr(error))
        own.dispose()

    threads = [threading.Thread(target=join) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for number in range(5):
            waited = len(added)
            with engine.begin() as connection:
                operations = Operations(MigrationContext.configure(connection))
                operations.add_column("members", Column(f"extra_{number}", String(10), nullable=True))
                operations.create_index(f"ix_members_extra_{number}", "members", [f"extra_{number}"])
            while len(added) < waited + 3 and not failures:
                ending.wait(0.01)
    finally:
        ending.set()
        for thread in threads:
            thread.join()
    assert failures == []
    with open_sessions(engine, KEYRING)() as session:
        database.begin(session, "read")
        assert counts(session)[1] == len(added)
