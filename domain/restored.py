"""Whether a restored database is sound: counts, sealed fields, the outbox; and erasures done again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import database, erasure, sealed
from domain.backup import Copied, count_rows
from domain.database import Sessions, writing
from domain.models import Base, OutboxMessage
from domain.sealed import SealBroken

CHUNK = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """What was found in a restored database."""

    revision: str | None  #: of the backup, before it was brought up to date
    rows: int
    missing: int  #: rows the backup has and the database has not
    sealed: int  #: bodies that open
    broken: int  #: bodies that do not: another master key is needed
    repeated: int  #: outbox messages that share a place in their order
    erased: int  #: accounts the backup had brought back and the ledger took out again

    @property
    def well(self) -> bool:
        """Whether nothing is amiss."""
        return not (self.missing or self.broken or self.repeated)

    def to_json(self) -> dict[str, Any]:
        """Return the findings as plain values."""
        return {**asdict(self), "well": self.well}

    def lines(self) -> list[str]:
        """Return what an operator reads."""
        said = [f"{self.rows} rows from version {self.revision}, {self.sealed} sealed fields open."]
        if self.erased:
            said.append(f"{self.erased} accounts were erased again, as the ledger asks.")
        if self.missing:
            said.append(f"{self.missing} rows are missing.")
        if self.broken:
            said.append(f"{self.broken} sealed fields do not open: is the master key that of the backup?")
        if self.repeated:
            said.append(f"{self.repeated} messages share a place in their order.")
        return said


def examine(sessions: Sessions, copied: Copied, *, ledger: Sequence[str], now: datetime) -> Findings:
    """Check a restored database against what its backup held, then apply the ledger's lines."""
    with sessions() as session:
        database.begin(session, "read")
        there = count_rows(session.connection())
        missing = sum(max(0, number - there.get(table, 0)) for table, number in copied.rows.items())
        opened, broken = _open_all(session)
        repeated = _repeated(session)
    return Findings(
        revision=copied.revision,
        rows=sum(there.values()),
        missing=missing,
        sealed=opened,
        broken=broken,
        repeated=repeated,
        erased=apply(sessions, ledger, now=now),
    )


def apply(sessions: Sessions, ledger: Sequence[str], *, now: datetime) -> int:
    """Erase again whom the database's own ledger and the lines of one kept apart name; return how many."""
    kept_apart = [erasure.Mark.from_line(line) for line in ledger if line.strip()]
    with writing(sessions) as session:
        return erasure.apply_ledger(session, [*erasure.ledger(session), *kept_apart], now=now)


def _open_all(session: Session) -> tuple[int, int]:
    """Return how many sealed bodies open, and how many do not."""
    opened = broken = 0
    for mapper in Base.registry.mappers:
        ours = mapper.class_.__module__.startswith("domain.")  # pages map some tables a second time
        if not ours or "sealed" not in mapper.columns or mapper.local_table is None:
            continue
        rows = session.scalars(select(mapper.class_).where(mapper.columns["sealed"].is_not(None)))
        for chunk in rows.partitions(CHUNK):
            well = _open(session, chunk)
            opened, broken = opened + well, broken + len(chunk) - well
            session.expunge_all()
    return opened, broken


def _open(session: Session, rows: Sequence[Any]) -> int:
    with suppress(SealBroken):  # told row by row below
        sealed.open_keys(session, {sealed.owner_of(row) for row in rows})
    well = 0
    for row in rows:
        try:
            sealed.unseal(session, row)
        except SealBroken:
            continue
        well += 1
    return well


def _repeated(session: Session) -> int:
    twice = (
        select(OutboxMessage.aggregate)
        .group_by(OutboxMessage.aggregate, OutboxMessage.seq)
        .having(func.count() > 1)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(twice)) or 0
