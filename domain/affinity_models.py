"""Affinity models: stored by version, one in force or none; what was in force when is only ever added to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import bulk_runs, events, outbox
from domain.errors import Conflict, Invalid, NotFound
from domain.models import BulkRun, ModelActivation, ModelArrays, ModelFit

#: The version that a run names while no model is in force: words and popularity alone.
CONTENT = "content"
NOTE_LENGTH = 400
FIRST_NOTE = "Words and popularity alone, as Handrail comes."
KEPT = timedelta(days=14)  #: how long arrays that are in force no more can be put back, and runs replayed
HELD = timedelta(days=28)  #: how long no fit replaces what an admin asked to keep


@dataclass(frozen=True, kw_only=True, slots=True)
class InForce:
    """What is in force; before anything was, number 0 and words and popularity alone."""

    number: int = 0
    version: str | None = None
    note: str = FIRST_NOTE
    author: str | None = None
    since: datetime | None = None
    kept_until: datetime | None = field(default=None)

    @property
    def named(self) -> str:
        """Return the version as a run names it."""
        return self.version or CONTENT

    def is_kept(self, now: datetime) -> bool:
        """Return whether an admin asked that no fit replaces it yet."""
        return self.kept_until is not None and self.kept_until > now


def in_force(session: Session) -> InForce:
    """Return what is in force now."""
    row = session.scalar(select(ModelActivation).where(ModelActivation.in_force.is_(True)))
    if row is None:
        return InForce()
    return InForce(
        number=row.number,
        version=row.version,
        note=row.note,
        author=row.author,
        since=row.activated_at,
        kept_until=row.kept_until,
    )


def history(session: Session, *, limit: int = 50) -> Sequence[ModelActivation]:
    """Return what was in force, newest first."""
    newest = select(ModelActivation).order_by(ModelActivation.number.desc()).limit(limit)
    return session.scalars(newest).all()


def arrays(session: Session, version: str) -> bytes | None:
    """Return a model's bytes; None where they are not kept any more."""
    return session.scalar(select(ModelArrays.data).where(ModelArrays.version == version))


def kept(session: Session) -> set[str]:
    """Return the versions whose bytes are still there: they can be put in force."""
    return set(session.scalars(select(ModelArrays.version)))


def fit_of(session: Session, version: str) -> ModelFit | None:
    """Return the fit that made a version first."""
    made = select(ModelFit).where(ModelFit.version == version).order_by(ModelFit.id)
    return session.scalar(made.limit(1))


def keep(session: Session, *, version: str, data: bytes, now: datetime) -> None:
    """Store a model's bytes; equal models are stored once."""
    if session.get(ModelArrays, version) is None:
        session.add(ModelArrays(version=version, data=data, created_at=now))
        session.flush()


def put_in_force(
    session: Session,
    *,
    author: str | None,
    version: str | None,
    note: str,
    expected: int,
    keep_it: bool = False,
    now: datetime,
) -> BulkRun | None:
    """Put a stored version in force, None for words and popularity; return the run that matches everybody.

    ``expected``: the number in force on the page. ``keep_it``: no fit replaces it for four weeks. Where the
    version is in force already only that changes, and nobody is matched again. Raises `Conflict` where
    another came into force, `Invalid` without a note, `NotFound` where its bytes are gone.
    """
    reason = " ".join(note.split())
    if not reason or len(reason) > NOTE_LENGTH:
        raise Invalid({"note": f"Say in up to {NOTE_LENGTH} characters why this changes."})
    if version is not None and session.get(ModelArrays, version) is None:
        raise NotFound
    before = in_force(session)
    if before.number != expected:
        raise Conflict("Another model came into force while you were looking. Compare the two, then decide.")
    _replace(
        session,
        ModelActivation(
            number=before.number + 1,
            version=version,
            note=reason,
            author=author,
            activated_at=now,
            kept_until=now + HELD if keep_it else None,
            in_force=True,
        ),
    )
    if version == before.version:
        return None
    bulk = bulk_runs.begin(session, reason="model", now=now)
    outbox.record(session, events.BulkStepDue(bulk=bulk.id))
    return bulk


def _replace(session: Session, row: ModelActivation) -> None:
    """Let the one in force step down and another take its place; who comes second is refused."""
    current = select(ModelActivation).where(ModelActivation.in_force.is_(True)).with_for_update()
    try:
        with session.begin_nested():
            old = session.scalar(current)
            if old is not None:
                old.retired_at, old.in_force = row.activated_at, None
                session.flush()  # the one in force is unique: the old one steps down first
            session.add(row)
            session.flush()
    except IntegrityError as error:
        raise Conflict("Another model came into force at this moment. Look again, then decide.") from error


def prune(session: Session, *, now: datetime) -> int:
    """Remove bytes that are neither in force nor were within two weeks; return how many."""
    needed = select(ModelActivation.version).where(
        ModelActivation.version.is_not(None),
        or_(ModelActivation.retired_at.is_(None), ModelActivation.retired_at > now - KEPT),
    )
    result: Any = session.execute(
        delete(ModelArrays)
        .where(ModelArrays.created_at < now - KEPT, ModelArrays.version.not_in(needed))
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)


def age(session: Session, *, now: datetime) -> float | None:
    """Return seconds since the model in force was learnt; None where none is."""
    current = select(ModelActivation.version).where(ModelActivation.in_force.is_(True)).scalar_subquery()
    made = session.scalar(select(func.max(ModelFit.finished_at)).where(ModelFit.version == current))
    return None if made is None else (now - made).total_seconds()
