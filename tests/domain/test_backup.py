"""Copies taken while others write, put back whole; damaged ones and full databases are refused."""

from __future__ import annotations

import io
import stat
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url

from domain import backup, database, events, outbox, runs
from domain.database import Sessions, reading, writing
from domain.models import Base, MatchingRun, Member, OutboxMessage
from tests import factories
from tests.conftest import KEYRING, NOW, _administer


@pytest.fixture
def other_url(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A second, empty database of the same kind, without tables."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        yield f"sqlite:///{tmp_path / 'other.db'}"
        return
    name = f"other_{url.database}"
    administer = request.getfixturevalue("postgres_server")
    _administer(administer, f"CREATE DATABASE {name}")
    yield url.set(database=name).render_as_string(False)
    _administer(administer, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def opened(url: str) -> Iterator[Sessions]:
    engine = database.open_engine(url)
    yield database.open_sessions(engine, KEYRING)
    engine.dispose()


def populate(sessions: Sessions) -> str:
    with writing(sessions) as session:
        member = factories.member(session, display_name="Zoë \\ \t 'Ann'", interests={"walking": 0.5})
        outbox.record(session, events.MatchingRunRequested(member=member.id, run="r"))
        return str(member.id)


def test_every_row_is_as_it_was(
    database_url: str, other_url: str, sessions: Sessions, tmp_path: Path
) -> None:
    populate(sessions)
    file = tmp_path / "copy.backup"
    taken = backup.take(database_url, file)
    put = backup.put_back(other_url, file)
    assert taken == put
    with opened(other_url) as restored:
        for table in ("members", "outbox_messages", "member_interests", "consents"):
            assert rows(restored, table) == rows(sessions, table) != []
        engine = restored.kw["bind"]
        assert database.drift(engine) == []
        assert database.current_revision(engine) == database.newest_revision()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def rows(sessions: Sessions, table: str) -> list[tuple[object, ...]]:
    columns = Base.metadata.tables[table]
    with reading(sessions) as session:
        return sorted((tuple(map(repr, row)) for row in session.execute(select(columns))), key=repr)


def test_copies_taken_while_others_write_are_never_torn(
    database_url: str, other_url: str, sessions: Sessions, tmp_path: Path
) -> None:
    """Each transaction writes a run and its message: in a copy there is both or neither."""
    with writing(sessions) as session:
        people = [factories.member(session).id for _ in range(40)]
    ending = threading.Event()

    def write() -> None:
        for number in range(10_000):
            if ending.is_set():
                return
            with writing(sessions) as session:
                person = people[number % len(people)]
                waiting = runs.request(session, member=person, reason="asked", now=NOW)
                runs.give_up(session, waiting.id, failure="X", now=NOW)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        files = [tmp_path / f"{number}.backup" for number in range(4)]
        copies = [backup.take(database_url, file) for file in files]
    finally:
        ending.set()
        writer.join()
    assert all(copy.rows["matching_runs"] == copy.rows["outbox_messages"] for copy in copies)
    assert copies[-1].rows["matching_runs"] > copies[0].rows["matching_runs"]
    backup.put_back(other_url, files[-1])
    with opened(other_url) as restored, reading(restored) as session:
        found = session.scalar(select(func.count()).select_from(MatchingRun))
        assert found == session.scalar(select(func.count()).select_from(OutboxMessage))
        assert found == copies[-1].rows["matching_runs"]


def test_a_copy_of_many_pages_ends_though_somebody_always_writes(sqlite_url: str, tmp_path: Path) -> None:
    with opened(sqlite_url) as sessions, writing(sessions) as session:
        session.execute(text("CREATE TABLE bulk (body BLOB)"))
        session.execute(text("INSERT INTO bulk VALUES (zeroblob(80000000))"))
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(make_url(sqlite_url).database)])
    try:
        copying = threading.Thread(
            target=backup.take, args=(sqlite_url, tmp_path / "copy.backup"), daemon=True
        )
        copying.start()
        copying.join(timeout=15)
        assert writer.poll() is None
        assert not copying.is_alive(), "each commit of the writer began the copy anew"
    finally:
        writer.kill()
        writer.wait()
    assert (tmp_path / "copy.backup").stat().st_size > 80_000_000


#: Another program that commits every few milliseconds, as workers do in a busy town.
WRITER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], timeout=5, isolation_level=None)
while True:
    connection.execute("REPLACE INTO heartbeats VALUES ('x', 'x', '2026-06-01 09:00:00')")
    time.sleep(0.001)
"""


def test_nothing_is_replaced_under_a_process_that_has_it_open(sqlite_url: str, tmp_path: Path) -> None:
    """It would go on writing to the file that is no more, and what it says is done would be lost."""
    file = tmp_path / "copy.backup"
    backup.take(sqlite_url, file)
    with opened(sqlite_url) as others:
        member = populate(others)
        with pytest.raises(backup.NotRestorable, match="in use"):
            backup.put_back(sqlite_url, file)
        with reading(others) as session:
            assert session.get(Member, member) is not None
    backup.put_back(sqlite_url, file)
    with opened(sqlite_url) as others, reading(others) as session:
        assert session.get(Member, member) is None


def test_a_copy_of_a_newer_version_is_refused_and_nothing_is_replaced(
    database_url: str, other_url: str, sessions: Sessions, tmp_path: Path
) -> None:
    member = populate(sessions)
    with writing(sessions) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    backup.take(database_url, tmp_path / "newer.backup")
    with writing(sessions) as session:
        session.execute(
            text("UPDATE alembic_version SET version_num = :now"), {"now": database.newest_revision()}
        )
    sessions.kw["bind"].dispose()
    with pytest.raises(backup.NotRestorable, match="newer version"):
        backup.put_back(database_url, tmp_path / "newer.backup")
    with pytest.raises(backup.NotRestorable, match="newer version"):
        backup.put_back(other_url, tmp_path / "newer.backup")
    with reading(sessions) as session:
        assert session.get(Member, member) is not None


def test_a_copy_of_an_older_version_is_brought_up_to_date(
    database_url: str, other_url: str, sessions: Sessions, tmp_path: Path
) -> None:
    member = populate(sessions)
    sessions.kw["bind"].dispose()
    database.downgrade(database_url, "0005", keyring=KEYRING)
    taken = backup.take(database_url, tmp_path / "older.backup")
    assert taken.revision == "0005"
    assert backup.put_back(other_url, tmp_path / "older.backup", keyring=KEYRING) == taken
    with opened(other_url) as restored, reading(restored) as session:
        assert session.get_one(Member, member).display_name == "Zoë \\ \t 'Ann'"
        assert database.drift(restored.kw["bind"]) == []


def test_an_archive_with_a_changed_byte_is_refused(postgres_url: str, tmp_path: Path) -> None:
    with opened(postgres_url) as sessions:
        populate(sessions)
        backup.take(postgres_url, tmp_path / "copy.backup")
        whole = (tmp_path / "copy.backup").read_bytes()
        with writing(sessions) as session:
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(table.delete())
        for place in range(64, len(whole), len(whole) // 40):  # what is before names the file
            changed = whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :]
            (tmp_path / "changed.backup").write_bytes(changed)
            with pytest.raises(backup.NotRestorable):
                backup.put_back(postgres_url, tmp_path / "changed.backup")
        backup.put_back(postgres_url, tmp_path / "copy.backup")


def test_a_damaged_file_is_refused_and_nothing_is_replaced(
    database_url: str, sessions: Sessions, tmp_path: Path
) -> None:
    member = populate(sessions)
    for content in (b"", b"not a backup at all" * 99):
        file = tmp_path / "damaged.backup"
        file.write_bytes(content)
        with pytest.raises(backup.NotRestorable):
            backup.put_back(database_url, file)
    with reading(sessions) as session:
        assert session.get(Member, member) is not None
    with pytest.raises(backup.NotRestorable):
        backup.put_back(database_url, tmp_path / "absent.backup")


def test_a_cut_off_file_is_refused(
    database_url: str, other_url: str, sessions: Sessions, tmp_path: Path
) -> None:
    populate(sessions)
    file = tmp_path / "copy.backup"
    backup.take(database_url, file)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(backup.NotRestorable):
        backup.put_back(other_url, file)


def test_a_database_that_is_not_empty_is_not_written_over(postgres_url: str, tmp_path: Path) -> None:
    with opened(postgres_url) as sessions:
        populate(sessions)
        file = tmp_path / "copy.backup"
        backup.take(postgres_url, file)
        with pytest.raises(backup.NotRestorable, match="not empty"):
            backup.put_back(postgres_url, file)


def test_an_archive_that_says_other_numbers_is_refused(postgres_url: str, tmp_path: Path) -> None:
    with opened(postgres_url) as sessions:
        file = tmp_path / "copy.backup"
        backup.take(postgres_url, file)
        with tarfile.open(file, "r:gz") as archive:
            manifest = archive.extractfile("manifest.json")
            assert manifest is not None
            changed = manifest.read().replace(b'"members": 0', b'"members": 9')
            entries = [(entry, archive.extractfile(entry)) for entry in archive.getmembers()[1:]]
            with tarfile.open(tmp_path / "changed.backup", "w:gz") as other:
                backup._add(other, "manifest.json", io.BytesIO(changed))
                for entry, content in entries:
                    other.addfile(entry, content)
        with pytest.raises(backup.NotRestorable, match="other rows"):
            backup.put_back(postgres_url, tmp_path / "changed.backup")
        with reading(sessions) as session:
            assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
