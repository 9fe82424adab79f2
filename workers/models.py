"""The affinity model in force, kept by a process: read once a version, one at a time."""

from __future__ import annotations

import logging
import time
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from domain import affinity_models
from domain.affinity_models import CONTENT
from domain.database import Sessions, reading
from matching.affinity import AffinityModel
from matching.archive import ArchiveError, from_npz

LOOK_EVERY = 10.0  #: seconds

log = logging.getLogger("handrail.models")


class Learnt(NamedTuple):
    """What a run goes by: a model and its version, or words and popularity alone."""

    version: str = CONTENT
    model: AffinityModel | None = None


class Models:
    """Keeps the newest model it was asked for; a worker fills it before it forks, for its work-horses."""

    def __init__(self) -> None:
        self._kept = Learnt()
        self._next = 0.0

    def take(self, session: Session) -> Learnt:
        """Return what is in force now; a model this release cannot read counts as none."""
        version = affinity_models.in_force(session).named
        if version != self._kept.version:
            self._kept = Learnt()  # let go of the old one before the new one is read
            self._kept = _read(session, version)
        return self._kept if self._kept.model else Learnt()

    def look(self, sessions: Sessions) -> None:
        """Read what came into force since, at most every ten seconds; a work-horse looks for itself."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + LOOK_EVERY
        try:
            with reading(sessions) as session:
                self.take(session)
        except DBAPIError as error:
            log.info("no look error=%s", type(error).__name__)

    def read(self, session: Session, version: str) -> Learnt | None:
        """Return a version that a run names; None where its bytes are not kept any more."""
        found = self._kept if version == self._kept.version else _read(session, version)
        return found if found.model or version == CONTENT else None


def _read(session: Session, version: str) -> Learnt:
    """Return a version; without a model where there is none to be read, so that it is tried once only."""
    data = None if version == CONTENT else affinity_models.arrays(session, version)
    if data is None:
        return Learnt(version)
    try:
        return Learnt(version, from_npz(data))
    except ArchiveError:
        log.warning("unreadable model=%s", version)
        return Learnt(version)
