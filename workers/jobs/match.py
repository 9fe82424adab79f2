"""Matching runs: all members of a region who wait are matched in one pass."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from domain import events, runs, sealed, settings, suggestions
from domain.database import reading, writing
from domain.models import Member, OutboxMessage
from domain.outbox import Taken
from matching.stages import Stage
from workers.jobs.job import Job
from workers.passes import Asked, Found, look, match_snapshot
from workers.runtime import Runtime

TELL_EVERY = 0.1  #: seconds; a stage shorter than this is not worth a commit of its own


def match_all(runtime: Runtime, asked: Sequence[Asked]) -> dict[str, Found]:
    """Begin the runs, match their members together, and return what was found by run."""
    now, ids = runtime.clock(), [each.run for each in asked]
    with reading(runtime.sessions) as session:
        learnt = runtime.models.take(session)
    with writing(runtime.sessions) as session:
        version, current = settings.in_force(session)
        runs.start(
            session,
            ids,
            settings_version=version.id,
            model_version=learnt.version,
            now=now,
            stage=Stage.LOADING,
        )
    tell = _Progress(runtime, ids)
    snapshot = look(runtime.sessions, [each.member for each in asked], days=current.horizon, now=now)
    found = match_snapshot(
        runtime.sessions,
        snapshot,
        asked,
        settings=current,
        model=learnt.model,
        now=now,
        seed=_seed(asked),
        on_stage=tell.reached,
    )
    tell.reached(Stage.STORING)
    return found


def store(session: Session, found: dict[str, Found], asked: Sequence[Asked], now: datetime) -> None:
    """Replace the suggestions of these runs' members and finish the runs.

    A run whose member has a newer one only ends: its picture is older. What was found is checked again
    against blocks, cancellations and answers given since.
    """
    standing = runs.standing(session, [each.run for each in asked])
    current = [each for each in asked if each.run in standing and each.run in found]
    put(session, {each.member: found[each.run] for each in current}, now)
    outcomes = {each.run: found[each.run].outcome if each.run in found else {} for each in asked}
    marks = {each.run: found[each.run].inputs for each in asked if each.run in found}
    runs.finish(session, outcomes, inputs=marks, now=now)


def put(session: Session, lists: dict[str, Found], now: datetime) -> None:
    """Replace the lists of members who are seen to exist, by member."""
    sealed.lend(session, {member: each.key for member, each in lists.items() if each.key is not None})
    drafts = [draft for each in lists.values() for draft in each.drafts]
    suggestions.replace(session, members=list(lists), drafts=drafts, now=now)


def neighbours(session: Session, taken: Taken) -> Any:
    """Return the condition that a message is about a member of the same region: they share what is loaded."""
    region = select(Member.region).where(Member.id == taken.body["member"]).scalar_subquery()
    member = func.substr(OutboxMessage.aggregate, len("member:") + 1)
    return exists().where(Member.id == member, Member.region == session.scalar(select(region)))


def _seed(asked: Sequence[Asked]) -> int:
    """Return the lot of a run from its id: repeated, it gives the same result."""
    return int(min(each.run for each in asked)[-8:], 16)


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
