"""Bulk runs: members matched again region by region, in a lane that keeps nobody waiting.

Only lists that change are written. What was published disturbs a list only where it enters it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from domain import bulk_runs, bulk_steps, events, runs, settings, suggestions
from domain.database import reading, writing
from domain.models import BulkPart, BulkRun
from domain.models.base import new_id
from domain.suggestions import Drafted
from matching.affinity import AffinityModel
from matching.column import NONE, ROLES, column_of
from matching.settings import MatchingSettings
from workers.jobs import match
from workers.jobs.job import Job
from workers.passes import Asked, Found, Snapshot, look, match_snapshot
from workers.runtime import Runtime

STEP = 400  #: members matched in one pass

Fact = events.SettingsActivated | events.BulkStepDue
_List = Sequence[Drafted]
#: Parts of a suggestion's body that are not shown and shift a little with every pass.
_BEHIND = frozenset(("score", "parts"))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wanted:
    """What a step is about."""

    members: list[str]
    about: frozenset[str] | None  #: ids of events; none: everything
    holders: set[str]  #: members in whose list one of the events stands
    seed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Step:
    """The members of one step, and what is to be written for some of them."""

    members: list[str]
    matched: list[str] = field(default_factory=list)  #: those of them whose lists could change
    settings_version: str = ""
    model_version: str = ""
    began: datetime | None = None
    changed: list[Asked] = field(default_factory=list)
    found: dict[str, Found] = field(default_factory=dict, repr=False)  #: by run


def _prepare(runtime: Runtime, facts: Sequence[Fact]) -> _Step | None:
    """Match the members of the step and keep what differs from their lists; nothing is written yet."""
    (fact,) = facts
    if isinstance(fact, events.SettingsActivated) or not fact.part:
        return None
    with reading(runtime.sessions) as session:
        wanted = _wanted(session, fact)
    return _match(runtime, wanted) if wanted.members else _Step(members=[])


def _wanted(session: Session, fact: events.BulkStepDue) -> _Wanted:
    bulk, part = session.get(BulkRun, fact.bulk), session.get(BulkPart, fact.part)
    if bulk is None or part is None or part.finished_at is not None:
        return _Wanted(members=[], about=None, holders=set(), seed=0)
    members = bulk_runs.next_members(session, bulk, part, limit=STEP)
    return _Wanted(
        members=members,
        about=None if bulk.events is None else frozenset(bulk.events),
        holders=set() if bulk.events is None else bulk_runs.holders(session, bulk, members),
        seed=int(bulk.id[-8:], 16),
    )


def _match(runtime: Runtime, wanted: _Wanted) -> _Step:
    now = runtime.clock()
    with reading(runtime.sessions) as session:
        learnt = runtime.models.take(session)
    with writing(runtime.sessions) as session:
        row, current = settings.in_force(session)
        version = row.id
    snapshot = look(runtime.sessions, wanted.members, days=current.horizon, now=now)
    touched = _touched(snapshot, wanted, settings=current, model=learnt.model, now=now)
    asked = [Asked(run=new_id(), member=each) for each in touched]
    found = match_snapshot(
        runtime.sessions,
        snapshot,
        asked,
        settings=current,
        model=learnt.model,
        now=now,
        seed=wanted.seed,
    )
    with reading(runtime.sessions) as session:
        lists = suggestions.lists(session, touched)
    news = _news_of(snapshot, wanted)
    changed = [
        each
        for each in asked
        if each.run in found and news(each.member, found[each.run].drafts, lists.get(each.member, []))
    ]
    return _Step(
        members=wanted.members,
        matched=touched,
        settings_version=version,
        model_version=learnt.version,
        began=now,
        changed=changed,
        found=found,
    )


def _touched(
    snapshot: Snapshot,
    wanted: _Wanted,
    *,
    settings: MatchingSettings,
    model: AffinityModel | None,
    now: datetime,
) -> list[str]:
    """Return whose lists could change; where it is about some events, by one pass over their columns."""
    if wanted.about is None:
        return wanted.members
    new = [each.id for each in snapshot.events if each.event in wanted.about]
    column = column_of(new, snapshot.members, snapshot.events, settings=settings, model=model, now=now)
    anything = np.full(len(column.members), NONE)
    entering = {*column.entering(dict.fromkeys(ROLES, anything)), *wanted.holders}
    return [member for member in wanted.members if member in entering]


def _news_of(snapshot: Snapshot, wanted: _Wanted) -> Callable[[str, _List, _List], bool]:
    """Return what tells whether a member's list is to be written: it differs, and these events are why."""
    about = wanted.about
    new = {each.id for each in snapshot.events if about is None or each.event in about}

    def news(member: str, found: _List, current: _List) -> bool:
        concerns = about is None or member in wanted.holders or any(each.occurrence in new for each in found)
        return concerns and _shown(found) != _shown(current)

    return news


def _shown(drafts: _List) -> list[tuple[str, str | None, dict[str, Any]]]:
    """Return what a member sees of a list: the numbers behind the order are not shown."""
    return [
        (each.kind, each.occurrence, {name: each.body[name] for name in each.body.keys() - _BEHIND})
        for each in drafts
    ]


def _apply(session: Session, plan: _Step | None, facts: Sequence[Fact], now: datetime) -> None:
    (fact,) = facts
    if plan is None or isinstance(fact, events.SettingsActivated):
        bulk_runs.divide(session, fact.bulk, now=now)
        return
    bulk, part = session.get(BulkRun, fact.bulk), session.get(BulkPart, fact.part)
    if bulk is None or part is None or part.finished_at is not None:
        return
    if plan.began is not None:
        _write(session, bulk, plan, began=plan.began, now=now)
    bulk_runs.step(session, bulk, part, plan.members, now=now)


def _write(session: Session, bulk: BulkRun, plan: _Step, *, began: datetime, now: datetime) -> None:
    """Add a finished run for each list that changes, unless its member is gone or was matched since."""
    settled = runs.unmatched(session, [each.member for each in plan.changed], since=began)
    current = [each for each in plan.changed if each.member in settled]
    if not current:
        return
    step = new_id()
    matched = frozenset(plan.matched)
    together = bulk_steps.Together(matched=matched, beside=frozenset(plan.members) - matched)
    bulk_steps.keep(session, together, step=step, bulk=bulk.id)
    runs.add_finished(
        session,
        {each.run: _matched(each, plan.found[each.run], step) for each in current},
        bulk=bulk,
        settings_version=plan.settings_version,
        model_version=plan.model_version,
        began=began,
        now=now,
    )
    match.put(session, {each.member: plan.found[each.run] for each in current}, now)


def _matched(asked: Asked, found: Found, step: str) -> runs.Matched:
    return runs.Matched(asked.member, found.outcome, {**found.inputs, "step": step})


REMATCH = Job(prepare=_prepare, apply=_apply)
