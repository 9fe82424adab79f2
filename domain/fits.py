"""The life of a fit: asked for, at work, finished; at most one is open, and what it found decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import affinity_models, events, outbox
from domain.models import FitOutcome, ModelFit

STUCK = timedelta(days=1)
NIGHTLY, ASKED = "nightly", "asked"
#: The note of a model that came into force by itself.
NOTE = "Learnt anew, and no worse than what was in force."


@dataclass(frozen=True, kw_only=True, slots=True)
class Fitted:
    """What a fit came to; without ``data`` there is no model, too few people having a history."""

    sizes: Mapping[str, int]
    measures: Mapping[str, Any] = field(default_factory=dict)
    version: str | None = None
    data: bytes | None = field(default=None, repr=False)
    worse: bool = False  #: than what was in force
    against: int = 0  #: number of the activation it was compared with


def request(session: Session, *, reason: str, now: datetime, author: str | None = None) -> ModelFit:
    """Ask for a fit; one that is open is returned, unless nobody has finished it for a day."""
    waiting = current(session)
    if waiting is not None and waiting.requested_at > now - STUCK:
        return waiting
    if waiting is not None:
        _close(waiting, FitOutcome.FAILED, now)
        waiting.failure = "Stuck"
        session.flush()
    row = ModelFit(reason=reason, author=author, requested_at=now, open=True)
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:  # somebody else asked at this moment
        return session.scalars(select(ModelFit).where(ModelFit.open.is_(True))).one()
    outbox.record(session, events.ModelFitDue(fit=row.id))
    return row


def current(session: Session) -> ModelFit | None:
    """Return the fit that is open."""
    return session.scalar(select(ModelFit).where(ModelFit.open.is_(True)))


def latest(session: Session, *, limit: int = 30) -> Sequence[ModelFit]:
    """Return fits, newest first."""
    return session.scalars(select(ModelFit).order_by(ModelFit.id.desc()).limit(limit)).all()


def start(session: Session, fit: str, *, now: datetime) -> bool:
    """Mark a fit as at work; return whether it is still open."""
    row = session.get(ModelFit, fit)
    if row is None or row.open is None:
        return False
    row.started_at = row.started_at or now
    session.flush()
    return True


def finish(session: Session, fit: str, found: Fitted, *, now: datetime) -> None:
    """Store what a fit made, and put it in force where it may be.

    It may where it is no worse, nothing else came into force meanwhile, and no admin asked to keep what is.
    """
    row = session.get(ModelFit, fit)
    if row is None or row.open is None:
        return
    row.sizes, row.measures, row.version = dict(found.sizes), dict(found.measures), found.version
    if found.version is not None and found.data is not None:
        affinity_models.keep(session, version=found.version, data=found.data, now=now)
    outcome = _outcome(session, found, now)
    _close(row, outcome, now)
    session.flush()
    if outcome is FitOutcome.IN_FORCE:
        affinity_models.put_in_force(
            session, author=None, version=found.version, note=NOTE, expected=found.against, now=now
        )


def _outcome(session: Session, found: Fitted, now: datetime) -> FitOutcome:
    before = affinity_models.in_force(session)
    if found.version is None:
        return FitOutcome.TOO_FEW
    if found.version == before.version:
        return FitOutcome.UNCHANGED
    if before.number != found.against:
        return FitOutcome.OVERTAKEN
    if before.is_kept(now):
        return FitOutcome.KEPT
    return FitOutcome.WORSE if found.worse else FitOutcome.IN_FORCE


def give_up(session: Session, fit: str, *, failure: str, now: datetime) -> None:
    """Mark a fit as failed; ``failure`` is the name of an error's class."""
    row = session.get(ModelFit, fit)
    if row is not None and row.open is not None:
        _close(row, FitOutcome.FAILED, now)
        row.failure = failure[:120]
        session.flush()


def _close(row: ModelFit, outcome: FitOutcome, now: datetime) -> None:
    row.outcome, row.finished_at, row.open = outcome, now, None
