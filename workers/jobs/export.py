"""Build a copy of an account's data, with progress; remove it when its day is over."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session

from domain import events, export
from domain.database import reading, writing
from domain.export import Section
from domain.models import Export
from workers.archive import pack
from workers.jobs.job import Job, Permanent
from workers.runtime import Runtime

TELL_EVERY = 0.3  #: seconds between two notes of progress
STRAY = 2 * 86_400.0  #: seconds after which a file nobody knows of is removed


@dataclass(frozen=True, kw_only=True, slots=True)
class _Copy:
    export: str
    file: str = field(repr=False)


def folder_of(runtime: Runtime) -> Path:
    """Return where copies lie, for nobody but us to open; raises `Permanent` without a home."""
    if runtime.home is None:
        raise Permanent("no home to keep a copy in")
    folder = runtime.home / "exports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _prepare(runtime: Runtime, facts: Sequence[events.ExportRequested]) -> list[_Copy]:
    """Write each copy into a file of its own, under a name nobody can guess."""
    copies = []
    for fact in facts:
        sections = _collect(runtime, fact.export)
        if sections is not None:
            name = f"{secrets.token_hex(24)}.zip"
            _write(folder_of(runtime) / name, pack(sections, made_at=runtime.clock()))
            copies.append(_Copy(export=fact.export, file=name))
    return copies


def _collect(runtime: Runtime, export_id: str) -> list[Section] | None:
    told = time.monotonic()
    with reading(runtime.sessions) as session:
        row = session.get(Export, export_id)
        if row is None or row.finished_at is not None:
            return None
        sections: list[Section] = []
        for section in export.read(session, row.account):
            sections.append(section)
            if time.monotonic() - told > TELL_EVERY:
                _tell(runtime, export_id, len(sections))
                told = time.monotonic()
    return sections


def _tell(runtime: Runtime, export_id: str, done: int) -> None:
    with writing(runtime.sessions) as session:
        session.execute(update(Export).where(Export.id == export_id).values(done=done))


def _write(path: Path, body: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(body)


def _finish(
    session: Session, plan: list[_Copy], _facts: Sequence[events.ExportRequested], now: datetime
) -> None:
    for copy in plan:
        export.finish(session, export=copy.export, file=copy.file, now=now)


def _give_up(session: Session, fact: events.ExportRequested, _error: BaseException, now: datetime) -> None:
    row = session.get(Export, fact.export)
    if row is not None and row.finished_at is None:
        row.failed_at = now


BUILD = Job(prepare=_prepare, apply=_finish, give_up=_give_up)


def _names(runtime: Runtime, facts: Sequence[events.ExportExpired]) -> list[Path]:
    """Return the files whose day is over, and any left behind by a process that was killed."""
    folder = folder_of(runtime)
    strays = [path for path in folder.glob("*.zip") if path.stat().st_mtime < time.time() - STRAY]
    return [folder / Path(fact.file).name for fact in facts] + strays


def _remove(_runtime: Runtime, plan: list[Path]) -> None:
    for path in plan:
        path.unlink(missing_ok=True)


def _expire(session: Session, _plan: object, facts: Sequence[events.ExportExpired], _now: datetime) -> None:
    for fact in facts:
        export.expire(session, export=fact.export)


EXPIRE = Job(prepare=_names, deliver=_remove, apply=_expire)
