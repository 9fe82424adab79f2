"""Erase an account whose time has come; then keep its mark apart, and empty the database's own log."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import accounts, database, erasure, events
from domain.database import reading
from domain.erasure import Mark
from domain.models import Account, Erasure, Export
from workers.jobs.job import Job
from workers.runtime import Runtime


@dataclass(frozen=True, kw_only=True, slots=True)
class _Leaving:
    """What is kept of an account outside the database."""

    address: str = field(repr=False)
    files: tuple[Path, ...] = field(repr=False)


def _prepare(runtime: Runtime, facts: Sequence[events.ErasureDue]) -> list[_Leaving]:
    """Find what is kept beside the database."""
    with reading(runtime.sessions) as session:
        leaving = [fact.account for fact in facts if _stands(session, fact, runtime.clock())]
        rows = session.scalars(select(Account).where(Account.id.in_(leaving))).all()
        exports = session.scalars(select(Export).where(Export.account.in_(leaving), Export.file.is_not(None)))
        files: dict[str, list[Path]] = {}
        for export in exports:
            files.setdefault(export.account, []).append(
                (runtime.home or Path()) / "exports" / str(export.file)
            )
        return [
            _Leaving(address=accounts.email_of(session, each), files=tuple(files.get(each.id, ())))
            for each in rows
        ]


def _stands(session: Session, fact: events.ErasureDue, now: datetime) -> bool:
    row = session.get(Erasure, fact.erasure)
    return row is not None and row.due_at <= now


def _remove(runtime: Runtime, plan: list[_Leaving]) -> None:
    for each in plan:
        runtime.mailer.forget(each.address)
        for path in each.files:
            path.unlink(missing_ok=True)


def _erase(session: Session, _plan: object, facts: Sequence[events.ErasureDue], now: datetime) -> None:
    for fact in facts:
        if _stands(session, fact, now):
            erasure.erase(session, account=fact.account, now=now)


ERASE = Job(prepare=_prepare, deliver=_remove, apply=_erase)


def _marks(_runtime: Runtime, facts: Sequence[events.AccountErased]) -> list[Mark]:
    return [Mark(mark=fact.mark, master=fact.master) for fact in facts]


def _keep_apart(runtime: Runtime, plan: list[Mark]) -> None:
    """Write marks into a file that no restore of the database takes back, each once."""
    database.empty_log(runtime.sessions.kw["bind"])
    if runtime.home is None:
        return
    path = runtime.home / erasure.LEDGER
    known = set(path.read_text(encoding="ascii").splitlines()) if path.exists() else set()
    missing = [each.line() for each in plan if each.line() not in known]
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "a", encoding="ascii") as file:
        file.writelines(f"{line}\n" for line in missing)
        file.flush()
        os.fsync(file.fileno())


ERASED = Job(prepare=_marks, deliver=_keep_apart)
