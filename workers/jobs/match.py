"""Matching runs: all members who wait are matched in one pass, each from one snapshot of the database."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from domain import events, runs, settings, suggestions
from domain.database import reading, writing
from domain.suggestions import Drafted
from matching.comfort import practise
from matching.inputs import MemberInput
from matching.pace import State
from matching.pipeline import match
from matching.practice import ON_PAPER
from matching.stages import Stage
from workers.inputs import marks_of, told
from workers.jobs.job import Job
from workers.loading import load_members
from workers.loading_events import load_events
from workers.reach import boxes_of
from workers.runtime import Runtime
from workers.storing import drafts_of, outcome_of

TELL_EVERY = 0.1  #: seconds; a stage shorter than this is not worth a commit of its own


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One member's run."""

    run: str
    member: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What was found for one run."""

    drafts: list[Drafted] = field(repr=False)
    outcome: dict[str, Any]
    inputs: dict[str, Any]  #: marks of what it was told


def match_all(runtime: Runtime, asked: Sequence[Asked]) -> dict[str, Found]:
    """Begin the runs, match their members together, and return what was found by run."""
    now, ids = runtime.clock(), [each.run for each in asked]
    with reading(runtime.sessions) as session:
        learnt = runtime.models.take(session)
    with writing(runtime.sessions) as session:
        version, current = settings.in_force(session)
        runs.start(session, ids, settings_version=version.id, model_version=learnt.version, now=now)
        runs.reach(session, ids, stage=Stage.LOADING)
    tell = _Progress(runtime, ids)
    with reading(runtime.sessions) as session:
        boxes = boxes_of(session, [each.member for each in asked])
        upcoming = load_events(session, now=now, days=current.horizon, boxes=boxes)
        situations = {each.id: each.situation for each in upcoming}
        members = load_members(session, [each.member for each in asked], situations=situations, now=now)
        marks = marks_of(session, told(members, upcoming), lot=_seed(asked), at=now)
    results = match(
        members,
        upcoming,
        settings=current,
        model=learnt.model,
        now=now,
        seed=_seed(asked),
        on_stage=tell.reached,
    )
    tell.reached(Stage.STORING)
    by_member, by_id = {each.member: each.run for each in asked}, {each.id: each for each in members}
    events_by_id = {each.id: each for each in upcoming}
    return {
        by_member[result.member]: Found(
            drafts=drafts_of(
                result,
                run=by_member[result.member],
                member=by_id[result.member],
                events=events_by_id,
                preparation=_preparation,
            ),
            outcome=outcome_of(result),
            inputs=marks[result.member],
        )
        for result in results
    }


def store(session: Session, found: dict[str, Found], asked: Sequence[Asked], now: datetime) -> None:
    """Replace the suggestions of these runs' members and finish the runs.

    A run whose member has a newer one only ends: its picture is older. What was found is checked again
    against blocks, cancellations and answers given since.
    """
    older = runs.superseded(session, [each.run for each in asked])
    current = [each for each in asked if each.run not in older and each.run in found]
    drafts = [draft for each in current for draft in found[each.run].drafts]
    suggestions.replace(session, members=[each.member for each in current], drafts=drafts, now=now)
    outcomes = {each.run: found[each.run].outcome if each.run in found else {} for each in asked}
    marks = {each.run: found[each.run].inputs for each in asked if each.run in found}
    runs.finish(session, outcomes, inputs=marks, now=now)


def _seed(asked: Sequence[Asked]) -> int:
    """Return the lot of a run from its id: repeated, it gives the same result."""
    return int(min(each.run for each in asked)[-8:], 16)


def _preparation(member: MemberInput) -> str:
    """Return the practice that is under this member's ceiling, or else the one that meets nobody at all."""
    step = practise(State(comfort=member.comfort, pace=member.pace))
    return step.id if step else ON_PAPER


class _Progress:
    """Writes the stage of the runs as it begins, unless the last was written a moment ago."""

    def __init__(self, runtime: Runtime, ids: Sequence[str]) -> None:
        self._runtime, self._ids, self._written = runtime, ids, time.monotonic()

    def reached(self, stage: Stage) -> None:
        """Note that a stage begins."""
        if time.monotonic() - self._written < TELL_EVERY:
            return
        with writing(self._runtime.sessions) as session:
            runs.reach(session, self._ids, stage=stage)
        self._written = time.monotonic()


def _asked(facts: Sequence[events.MatchingRunRequested]) -> list[Asked]:
    return [Asked(run=fact.run, member=fact.member) for fact in facts]


def _prepare(runtime: Runtime, facts: Sequence[events.MatchingRunRequested]) -> dict[str, Found]:
    return match_all(runtime, _asked(facts))


def _apply(
    session: Session,
    plan: dict[str, Found],
    facts: Sequence[events.MatchingRunRequested],
    now: datetime,
) -> None:
    store(session, plan, _asked(facts), now)


def _give_up(
    session: Session, fact: events.MatchingRunRequested, error: BaseException, now: datetime
) -> None:
    runs.give_up(session, fact.run, failure=type(error).__name__, now=now)


RUN = Job(prepare=_prepare, apply=_apply, give_up=_give_up)
