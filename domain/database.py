"""Open and prepare a database; who begins a transaction says whether it reads or writes.

SQLite and PostgreSQL differ here and nowhere else. A reading transaction cannot write: SQLite runs it with
``query_only``, PostgreSQL as ``READ ONLY``. A writing one takes SQLite's write lock before anything is read,
so two writers never find out at commit that they were looking at different rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from domain.models import Base
from domain.sealed import Keyring

Mode = Literal["read", "write"]
MIGRATIONS = Path(__file__).parent / "migrations"
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA secure_delete=ON",
)

#: Seconds to answer a greeting, and milliseconds of silence after which a server counts as gone.
REACHING = {"connect_timeout": 5, "tcp_user_timeout": 15_000, "keepalives_idle": 10, "keepalives_interval": 5}
#: Nobody waits for a lock for ever, and a machine that was cut off does not keep its locks for long.
LIMITS = "SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '30s'"


def open_engine(url: str, **options: Any) -> Engine:
    """Return an engine whose transactions begin as `begin` asked; nothing is connected yet."""
    engine = create_engine(url, **(engine_options(url) | options))
    prepare(engine)
    return engine


def engine_options(url: str) -> dict[str, Any]:
    """Return what `create_engine` is told for this kind of database."""
    if make_url(url).get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": 5, "check_same_thread": False}}
    return {"pool_pre_ping": True, "connect_args": REACHING}


def prepare(engine: Engine) -> None:
    """Attach the listeners that set pragmas and begin transactions; safe on both databases."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _set_limits)
        event.listen(engine, "begin", _begin_postgresql)


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin by itself
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _set_limits(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LIMITS)
    connection.commit()


def _mode(connection: Connection) -> Mode:
    mode: Mode = connection.get_execution_options().get("handrail_mode", "write")
    return mode


def _begin_sqlite(connection: Connection) -> None:
    reads = _mode(connection) == "read"
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reads else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    if _mode(connection) == "read":
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def begin(session: Session, mode: Mode) -> None:
    """Begin the session's transaction now, as a reader or as a writer."""
    session.connection(execution_options={"handrail_mode": mode})


Sessions = sessionmaker[Session]


def open_sessions(engine: Engine, keyring: Keyring) -> Sessions:
    """Return a factory of sessions that can open sealed fields."""
    return sessionmaker(engine, info={"keyring": keyring})


@contextmanager
def reading(sessions: Sessions) -> Iterator[Session]:
    """Give a session that cannot write."""
    with sessions() as session:
        begin(session, "read")
        yield session
        session.rollback()


@contextmanager
def writing(sessions: Sessions) -> Iterator[Session]:
    """Give a session that commits at the end, or rolls back if anything is raised."""
    with sessions() as session:
        begin(session, "write")
        yield session
        session.commit()


def empty_log(engine: Engine) -> None:
    """Move what SQLite's write-ahead log holds into the file, whose removed pages are overwritten."""
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    finally:
        connection.close()


# Alembic is a twentieth of what a worker loads before it can begin, and only who migrates needs it.


def _alembic(url: str, keyring: Keyring | None) -> Any:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes.update(url=url, keyring=keyring)
    return config


def upgrade(url: str, revision: str = "head", *, keyring: Keyring | None = None) -> None:
    """Bring the schema to the newest version, or to the one named; safe to run again.

    ``keyring``: for versions that seal what was plain; an empty database does without.
    """
    from alembic import command  # noqa: PLC0415

    command.upgrade(_alembic(url, keyring), revision)


def downgrade(url: str, revision: str = "-1", *, keyring: Keyring | None = None) -> None:
    """Take the schema back by one version, or to the one named."""
    from alembic import command  # noqa: PLC0415

    command.downgrade(_alembic(url, keyring), revision)


def current_revision(engine: Engine) -> str | None:
    """Return the version the schema is at; none: empty."""
    from alembic.migration import MigrationContext  # noqa: PLC0415

    with engine.connect().execution_options(handrail_mode="read") as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """Return the version the code expects."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def is_known(revision: str | None) -> bool:
    """Return whether the code can bring a schema of this version up to date."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    scripts = ScriptDirectory(str(MIGRATIONS))
    return revision in {each.revision for each in scripts.walk_revisions()}


def drift(engine: Engine) -> list[Any]:
    """Return how the schema differs from the models; empty when they agree."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415

    with engine.connect().execution_options(handrail_mode="read") as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))
