"""Replay a stored run: the same settings, model, moment and lot, with what the database holds now.

What a run was told is not kept, only marks of it. So a replay says whether it was told the same: of the
member, of the events, of everybody matched together. Where all three are the same, it finds what was stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import bulk_steps, sealed
from domain.bulk_steps import Together
from domain.database import reading
from domain.models import MatchingRun, RunStatus, SettingsVersion, Suggestion
from matching.retrace import Retraced, retrace
from matching.settings import MatchingSettings
from workers.inputs import is_same, told
from workers.loading import load_members
from workers.loading_events import load_events
from workers.models import Learnt
from workers.reach import boxes_of
from workers.runtime import Runtime


class NotReplayable(Exception):
    """The run cannot be replayed; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Same:
    """Whether the replay was told what the run was told."""

    member: bool
    events: bool
    together: bool  #: everybody who was matched in the same pass

    @property
    def all(self) -> bool:
        """Return whether it was told the same altogether."""
        return self.member and self.events and self.together


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposed:
    """One suggestion: which, in what role, and its score; nothing of what was sealed beside it."""

    occurrence: str | None
    kind: str
    score: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """A run as it was stored and as it comes out now."""

    run: str
    member: str
    at: datetime
    settings: int
    model: str
    company: int  #: members matched together
    same: Same
    stored: tuple[Proposed, ...]
    found: Retraced = field(repr=False)

    @property
    def agrees(self) -> bool:
        """Return whether the replay proposes what is stored; a stored one may have been dropped since."""
        again = {each.event: round(each.score, 4) for each in self.found.result.proposals}
        return {each.occurrence: each.score for each in self.stored if each.occurrence} == again


def replay(runtime: Runtime, run_id: str) -> Replay:
    """Return a finished run and its replay; raises `NotReplayable`. Nothing is written."""
    with reading(runtime.sessions) as session:
        run = session.get(MatchingRun, run_id)
        if run is None:
            raise NotReplayable("There is no run with this id.")
        if run.status != RunStatus.FINISHED or not run.inputs:
            raise NotReplayable("This run did not finish, or is from before runs kept marks of their inputs.")
        version = session.get(SettingsVersion, run.settings_version or "")
        learnt = runtime.models.read(session, run.model_version or "")
        if version is None or learnt is None:
            raise NotReplayable("Its settings or its model are not kept any more.")
        return _replay(session, run, version, learnt)


def _replay(session: Session, run: MatchingRun, version: SettingsVersion, learnt: Learnt) -> Replay:
    kept = run.inputs or {}
    at, settings = datetime.fromisoformat(kept["at"]), MatchingSettings.from_json(version.body)
    together = _together(session, run)
    boxes = boxes_of(session, together.matched | together.beside)
    upcoming = load_events(session, now=at, days=settings.horizon, boxes=boxes)
    situations = {each.id: each.situation for each in upcoming}
    members = load_members(session, sorted(together.matched), situations=situations, now=at)
    given = told(members, upcoming)
    found = retrace(
        members,
        upcoming,
        member=run.member,
        settings=settings,
        model=learnt.model,
        now=at,
        seed=kept["lot"],
    )
    return Replay(
        run=run.id,
        member=run.member,
        at=at,
        settings=version.number,
        model=learnt.version,
        company=kept["members"],
        same=Same(
            member=is_same(session, given.members[run.member], kept["member"]),
            events=is_same(session, given.events, kept["events"]),
            together=is_same(session, given.together, kept["together"]),
        ),
        stored=_stored(session, run),
        found=found,
    )


def _together(session: Session, run: MatchingRun) -> Together:
    """Return the members matched in the run's pass who are still here, the run's own among them."""
    step = (run.inputs or {}).get("step")
    found = (bulk_steps.read(session, step) if step else None) or _named_by_runs(session, run)
    return replace(found, matched=found.matched | {run.member})


def _named_by_runs(session: Session, run: MatchingRun) -> Together:
    """Return the members of a pass that wrote a run for everybody in it."""
    found = session.execute(
        select(MatchingRun.member, MatchingRun.inputs).where(
            MatchingRun.settings_version == run.settings_version,
            MatchingRun.status == RunStatus.FINISHED,
            MatchingRun.started_at == run.started_at,
        )
    )
    own = _pass_of(run.inputs or {})
    return Together(matched=frozenset(each.member for each in found if _pass_of(each.inputs or {}) == own))


def _pass_of(inputs: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(inputs.get(name) for name in ("lot", "at"))


def _stored(session: Session, run: MatchingRun) -> tuple[Proposed, ...]:
    rows = session.scalars(select(Suggestion).where(Suggestion.run == run.id).order_by(Suggestion.position))
    return tuple(
        Proposed(occurrence=row.occurrence, kind=row.kind, score=sealed.unseal(session, row).get("score"))
        for row in rows
    )
