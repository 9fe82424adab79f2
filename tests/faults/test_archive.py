"""PostgreSQL's write-ahead log archived, the data folder destroyed: what was archived is there again.

The settings are those of docs/how-to/back-up.md, but for a timeout of one second instead of sixty.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from domain import database, members, sealed
from domain.database import Sessions, reading, writing
from domain.models import Member
from tests import factories
from tests.chaos.place import KEYRING, until
from tests.chaos.postgres import Postgres
from tests.conftest import NOW

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.skipif(sys.platform != "linux", reason="kills processes as Linux knows them"),
]
GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "back-up.md"


def settings(archive: Path) -> str:
    """Return what the guide says to set, with our folder and less patience."""
    guide = GUIDE.read_text(encoding="utf-8")
    block = guide[guide.index("# postgresql.conf") :].partition("```")[0]
    assert "archive_timeout = 60s" in block
    return block.replace("archive_timeout = 60s", "archive_timeout = 1s").replace("/srv/wal", str(archive))


class Archiving(Postgres):
    """A server that archives, whose data can be lost and put back from the copy and the archive."""

    def __init__(self) -> None:
        super().__init__()
        for name in ("wal", "copy"):
            (self.folder / name).mkdir(mode=0o700)
            self._hand_over(name)
        self.configure(settings(self.folder / "wal"))

    def _hand_over(self, name: str) -> None:
        if self._user:
            shutil.chown(self.folder / name, self._user)

    def configure(self, lines: str) -> None:
        with (self.folder / "data" / "postgresql.conf").open("a") as file:
            file.write(f"\n{lines}\n")

    def copy(self) -> None:
        """Take the base backup."""
        folder = str(self.folder)
        self._run("pg_basebackup", "-h", folder, "-U", "postgres", "-D", f"{folder}/copy", "-c", "fast")

    def lose(self) -> None:
        """Crash, and lose the disk with the data."""
        self.crash()
        shutil.rmtree(self.folder / "data")

    def restore(self) -> None:
        """Put the copy in place and let PostgreSQL replay the archive; it answers when that is done."""
        shutil.move(self.folder / "copy", self.folder / "data")
        self.configure(f"restore_command = 'cp {self.folder}/wal/%f %p'")
        (self.folder / "data" / "recovery.signal").touch()
        for name in ("data/recovery.signal", "data/postgresql.conf"):
            self._hand_over(name)
        self.start()


@pytest.fixture
def server() -> Iterator[Archiving]:
    made = Archiving()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def engine(server: Archiving) -> Iterator[Engine]:
    database.upgrade(server.url)
    made = database.open_engine(server.url)
    yield made
    made.dispose()


def save(sessions: Sessions, member: str, words: str) -> None:
    with writing(sessions) as session:
        row = session.get_one(Member, member)
        members.save_private(session, member=row, own_words=words, now=NOW)


def ask(engine: Engine, question: str) -> str:
    """Return PostgreSQL's answer as text."""
    with engine.connect().execution_options(handrail_mode="read") as connection:
        return str(connection.execute(text(question)).scalar())


def newest_segment(engine: Engine) -> str:
    return ask(engine, "SELECT pg_walfile_name(pg_current_wal_lsn())")


def test_what_was_archived_outlives_the_disk(server: Archiving, engine: Engine) -> None:
    sessions = database.open_sessions(engine, KEYRING)
    with writing(sessions) as session:
        member = factories.member(session).id
    save(sessions, member, "before the copy")
    server.copy()
    for number in range(20):
        save(sessions, member, f"save {number}")
    segment, began = newest_segment(engine), time.monotonic()
    until(lambda: ask(engine, "SELECT last_archived_wal FROM pg_stat_archiver") >= segment)
    exposed = time.monotonic() - began
    save(sessions, member, "too late for the archive")
    engine.dispose()
    server.lose()
    began = time.monotonic()
    server.restore()
    until(lambda: ask(engine, "SELECT pg_is_in_recovery()") == "False")
    took = time.monotonic() - began
    with reading(sessions) as session:
        found = sealed.unseal(session, session.get_one(Member, member))["own_words"]
    print(f"in the archive {exposed:.1f} s after the commit; answers {took:.1f} s after the loss")  # noqa: T201
    assert found == "save 19"
    save(sessions, member, "and it goes on")
