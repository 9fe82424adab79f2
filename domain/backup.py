"""Copies of a whole database in one file, taken while others write, and put back.

SQLite's is a database file, made page by page through its own backup interface. PostgreSQL's is an archive
with one text file per table, read in one snapshot: what was committed when it began, and nothing later.
Sealed fields stay sealed, and the master key is in neither: keep that apart.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import Connection, Engine, MetaData, Table, func, select
from sqlalchemy.engine import make_url

from domain import database
from domain.sealed import Keyring

MANIFEST = "manifest.json"
FORMAT = 1
#: What reading a file raises that is no archive of ours, or one in which bytes have changed.
DAMAGE = (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, LookupError)
CHUNK = 1024 * 1024


class NotCopied(Exception):
    """There is no copy, and the message says why."""


class NotRestorable(Exception):
    """The file is no backup of this kind of database, is damaged, or there is something in the way."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Copied:
    """What a backup holds."""

    revision: str | None
    rows: dict[str, int]  #: by table


def take(url: str, file: Path) -> Copied:
    """Write a consistent copy of the database to ``file``, whole or not at all; others may go on writing.

    Raises `NotCopied` where the database cannot be read, ``OSError`` where the file cannot be written.
    """
    copy = _copy_sqlite if _is_sqlite(url) else _copy_postgresql
    try:
        with _whole(file) as unfinished:
            return copy(url, unfinished)
    except (sqlite3.Error, psycopg.Error, sa.exc.SQLAlchemyError, NotRestorable) as error:
        raise NotCopied("The database does not answer, is damaged, or does not exist yet.") from error


def put_back(url: str, file: Path, *, keyring: Keyring | None = None) -> Copied:
    """Make the database what ``file`` holds, at the newest version. Nobody else may use it meanwhile.

    A SQLite file is replaced; a PostgreSQL database must be empty. ``keyring``: for copies of older versions
    that held in plain what is sealed by now. Raises `NotRestorable`; what was there is there still, then.
    """
    if not file.is_file():
        raise NotRestorable(f"There is no file {file}.")
    if _is_sqlite(url):
        return _restore_sqlite(url, file, keyring)
    copied = _restore_postgresql(url, file)
    database.upgrade(url, keyring=keyring)
    return copied


def _is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


@contextmanager
def _whole(file: Path) -> Iterator[Path]:
    """Give a path beside ``file`` that takes its place once the block has ended well."""
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    os.close(descriptor)  # made for its owner alone, and so it stays
    unfinished = Path(name)
    try:
        yield unfinished
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def _copy_sqlite(url: str, file: Path) -> Copied:
    source = sqlite3.connect(f"{_file(url).as_uri()}?mode=ro", uri=True)
    target = sqlite3.connect(file)
    try:
        # All at once: each commit of others between two portions would begin the copy anew, for ever in a
        # busy town. Reading does not hold up writers while there is a write-ahead log.
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file is all of it
    finally:
        source.close()
        target.close()
    return _inspect(file)


def _file(url: str) -> Path:
    return Path(make_url(url).database or "").absolute()


def _inspect(file: Path) -> Copied:
    """Return what a SQLite file holds; raises `NotRestorable` where it is damaged."""
    engine = database.open_engine(f"sqlite:///{file}")
    try:
        with engine.connect().execution_options(handrail_mode="read") as connection:
            if connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
                raise NotRestorable(f"{file} is damaged.")
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise NotRestorable(f"{file} has rows that point at nothing.")
            copied = Copied(revision=_revision(connection), rows=count_rows(connection))
    except sa.exc.DatabaseError as error:
        raise NotRestorable(f"{file} is not a SQLite database.") from error
    finally:
        engine.dispose()
    if copied.revision is None:
        raise NotRestorable(f"{file} is not a database of Handrail.")
    return copied


def _restore_sqlite(url: str, file: Path, keyring: Keyring | None) -> Copied:
    target = _file(url)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _whole(target) as unfinished:
        shutil.copyfile(file, unfinished)
        copied = _inspect(unfinished)
        _expect_known(file, copied.revision)
        database.upgrade(f"sqlite:///{unfinished}", keyring=keyring)
        _close_log(unfinished)
        _close_log(target)
    return copied


def _close_log(file: Path) -> None:
    """Move into a file what its log holds, so that nothing is left beside it; what is damaged stays so.

    Raises `NotRestorable` while another process has it open: that one would go on in the file replaced.
    """
    if not file.exists():
        return
    connection = sqlite3.connect(file, timeout=1)
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise NotRestorable(f"{file} is in use. Stop web, relay and workers first.") from error
    except sqlite3.DatabaseError:
        pass
    finally:
        connection.close()
    for end in ("-wal", "-shm"):  # beside the new file they would damage it
        Path(f"{file}{end}").unlink(missing_ok=True)


def _expect_known(file: Path, revision: str | None) -> None:
    if not database.is_known(revision):
        raise NotRestorable(f"{file} was made by a newer version of Handrail. Install that one first.")


def _revision(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return revision


def _tables(connection: Connection) -> list[Table]:
    """Return the tables there are, those that are pointed at first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def count_rows(connection: Connection) -> dict[str, int]:
    """Return how many rows each table has."""
    return {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0
        for table in _tables(connection)
    }


def _copy_postgresql(url: str, file: Path) -> Copied:
    engine = sa.create_engine(url, isolation_level="REPEATABLE READ")
    try:
        with engine.begin() as connection, tarfile.open(file, "w:gz") as archive:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            copied = Copied(revision=_revision(connection), rows=count_rows(connection))
            columns = {table.name: _columns(table) for table in _tables(connection)}
            facts = {"format": FORMAT, "revision": copied.revision, "rows": copied.rows, "columns": columns}
            _add(archive, MANIFEST, io.BytesIO(json.dumps(facts).encode()))
            for table, names in columns.items():
                with tempfile.TemporaryFile(dir=file.parent) as rows:
                    _copy_out(connection, table, names, rows)
                    _add(archive, f"{table}.copy", rows)
    finally:
        engine.dispose()
    return copied


def _columns(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def _quoted(table: str, columns: list[str]) -> str:
    # Names come from the database's own catalogue or, checked against it, from the manifest.
    quoted = ", ".join(f'"{name}"' for name in columns)
    return f'"{table}" ({quoted})'


def _copy_out(connection: Connection, table: str, columns: list[str], rows: Any) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {_quoted(table, columns)} TO STDOUT") as copy:
        for block in copy:
            rows.write(block)


def _add(archive: tarfile.TarFile, name: str, content: Any) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = content.seek(0, os.SEEK_END)
    content.seek(0)
    archive.addfile(entry, content)


def _restore_postgresql(url: str, file: Path) -> Copied:
    try:
        _read_through(file)
        with tarfile.open(file, "r:gz") as archive:
            facts = json.loads(_open(archive, MANIFEST).read())
            if facts.get("format") != FORMAT:
                raise NotRestorable(f"{file} was written by another version of Handrail.")
            _expect_known(file, facts["revision"])
            database.upgrade(url, facts["revision"])
            engine = database.open_engine(url)
            try:
                _fill(engine, archive, facts)
            finally:
                engine.dispose()
    except DAMAGE as error:
        raise NotRestorable(f"{file} is not a backup of a PostgreSQL database, or it is damaged.") from error
    return Copied(revision=facts["revision"], rows=facts["rows"])


def _read_through(file: Path) -> None:
    """Compare the checksum at the end of an archive, which who reads only what is in it never reaches."""
    with gzip.open(file) as content:
        while content.read(CHUNK):
            pass


def _open(archive: tarfile.TarFile, name: str) -> Any:
    content = archive.extractfile(name)
    if content is None:
        raise NotRestorable(f"The backup lacks {name}.")
    return content


def _fill(engine: Engine, archive: tarfile.TarFile, facts: dict[str, Any]) -> None:
    """Copy every table in, in one transaction that stands or falls with the row counts."""
    with engine.begin() as connection:
        tables = {table.name: _columns(table) for table in _tables(connection)}
        if set(facts["columns"]) != set(tables):
            raise NotRestorable("The backup holds other tables than its version has.")
        if any(count_rows(connection).values()):
            raise NotRestorable(
                "The database is not empty. Restore into an empty one, then switch over to it."
            )
        for table, columns in tables.items():
            if sorted(columns) != sorted(facts["columns"][table]):
                raise NotRestorable(f"The backup's table {table} has other columns than its version has.")
            _copy_in(connection, table, facts["columns"][table], _open(archive, f"{table}.copy"))
        if count_rows(connection) != facts["rows"]:
            raise NotRestorable("The backup holds other rows than it says.")


def _copy_in(connection: Connection, table: str, columns: list[str], rows: Any) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {_quoted(table, columns)} FROM STDIN") as copy:
        while block := rows.read(CHUNK):
            copy.write(block)
