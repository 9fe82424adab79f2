"""Comfort: a state and a first ladder from the answers, a new state and what moves from a reflection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import comforts, consent, events, ladders, members, reflections, runs, trails
from domain.database import reading
from domain.ladder_records import LadderView, RungBody, RungState
from domain.models import ComfortAnswers, ConsentPurpose, Event, Member, Occurrence, Reflection, Rsvp
from matching.comfort import anticipate, restart, start
from matching.draft import draft
from matching.pace import State
from matching.practice import SMALLEST, STEPS
from matching.rungs import KINDS
from matching.situations import QUESTIONS
from workers.interests import label_of
from workers.jobs.job import Job
from workers.learning import Lesson, Outing, learn_from, learn_from_practice
from workers.loading_events import situation_at
from workers.runtime import Runtime
from workers.tracing import point_of


@dataclass(frozen=True, kw_only=True, slots=True)
class _Start:
    """A member's new state, and a ladder where there is none they have made their own."""

    state: State = field(repr=False)
    rungs: tuple[RungBody, ...] = field(repr=False)


def _prepare_start(runtime: Runtime, facts: Sequence[events.ComfortAnswered]) -> dict[str, _Start]:
    with reading(runtime.sessions) as session:
        people = [session.get(Member, fact.member) for fact in facts]
        return {
            member.id: _begin(session, member) for member in people if member and _agrees(session, member.id)
        }


def _agrees(session: Session, member: str) -> bool:
    return consent.has(session, account=member, purpose=ConsentPurpose.COMFORT)


def _begin(session: Session, member: Member) -> _Start:
    given = comforts.answers(session, member.id)
    answers = [given.get(question.id) for question in QUESTIONS]
    earlier = comforts.load(session, member.id)
    state = start(answers) if earlier is None else restart(earlier, answers)
    ladder = ladders.current(session, member=member.id)
    fresh = ladder is None or (not state.comfort.attempts and _untouched(ladder))
    return _Start(state=state, rungs=_rungs(session, member, state) if fresh else ())


def _untouched(ladder: LadderView) -> bool:
    """Return whether a ladder is still as it was drafted."""
    edited = any(rung.reward or rung.body.kind == "own" for rung in ladder.rungs)
    moved = any(rung.state is RungState.SETTLED for rung in ladder.rungs) or ladder.changes
    return not (edited or moved or ladder.archived)


def _rungs(session: Session, member: Member, state: State) -> tuple[RungBody, ...]:
    needs = members.read_private(session, member).needs
    kinds = (*SMALLEST, *KINDS)
    liked = sorted(member.interests, key=lambda row: (-row.weight, row.interest))
    drafted = draft(
        needs,
        [label_of(row.interest) for row in liked],
        {kind.id: anticipate(state.comfort, kind.situation).suds for kind in kinds},
        kinds=kinds,
    )
    return tuple(RungBody(label=each.label, situation=each.situation, kind=each.kind) for each in drafted)


def _apply_start(
    session: Session, plan: Mapping[str, _Start], facts: Sequence[events.ComfortAnswered], now: datetime
) -> None:
    for fact in facts:
        found = plan.get(fact.member)
        if found is None or not _agrees(session, fact.member):
            continue
        comforts.store(session, fact.member, found.state, now)
        said = session.get(ComfortAnswers, fact.member)
        point = point_of(found.state.comfort, at=said.updated_at if said else now)
        trails.append(session, member=fact.member, point=point, now=now)
        if found.rungs:
            ladders.draft(session, member=fact.member, rungs=found.rungs, now=now)


START = Job(prepare=_prepare_start, apply=_apply_start)


def _prepare_lesson(runtime: Runtime, facts: Sequence[events.ReflectionRecorded]) -> Lesson | None:
    (fact,) = facts
    with reading(runtime.sessions) as session:
        row = session.get(Reflection, fact.reflection)
        if row is None or row.learnt_at or not _agrees(session, fact.member):
            return None
        if row.occurrence is None:
            return _from_home(session, row)
        member = session.get_one(Member, fact.member)
        occurrence = session.get_one(Occurrence, row.occurrence)
        now = runtime.clock()
        return learn_from(
            _with_raise(session, comforts.load(session, member.id) or start(), member.id, now),
            Outing(
                occurrence=occurrence.id,
                situation=situation_at(session, occurrence, member=member.id),
                starts_at=occurrence.starts_at,
                visits=_visits_before(session, member.id, occurrence),
            ),
            reflections.read(session, row),
            ladder=ladders.current(session, member=member.id),
            outings_a_week=member.weekly_cap,
            now=now,
        )


def _from_home(session: Session, row: Reflection) -> Lesson | None:
    """Return what a step from home teaches; None where the outing it was about is gone."""
    body = reflections.read(session, row)
    step = next((each for each in STEPS if each.id == body.practice), None)
    state = comforts.load(session, row.member) or start()
    return learn_from_practice(state, step, body, at=row.created_at) if step else None


def _with_raise(session: Session, state: State, member: str, now: datetime) -> State:
    """Return the state with the last raise the member accepted: at most one in seven days (R36)."""
    until = ladders.held_back_until(session, member=member, now=now)
    if until is None:
        return state
    return replace(state, pace=replace(state.pace, raised_at=until - ladders.BETWEEN_RAISES))


def _visits_before(session: Session, member: str, occurrence: Occurrence) -> int:
    group = select(Event.group).where(Event.id == occurrence.event).scalar_subquery()
    been = (
        select(func.count())
        .select_from(Rsvp)
        .join(Occurrence, Rsvp.occurrence == Occurrence.id)
        .join(Event, Occurrence.event == Event.id)
        .where(
            Rsvp.member == member,
            Rsvp.attended.is_(True),
            Event.group == group,
            Occurrence.starts_at < occurrence.starts_at,
        )
    )
    return session.scalar(been) or 0


def _apply_lesson(
    session: Session, plan: Lesson | None, facts: Sequence[events.ReflectionRecorded], now: datetime
) -> None:
    (fact,) = facts
    row = session.get(Reflection, fact.reflection)
    if row is None:
        return
    if plan is not None and row.learnt_at is None and _agrees(session, fact.member):
        comforts.store(session, fact.member, plan.state, now)
        trails.append(
            session, member=fact.member, point=point_of(plan.state.comfort, at=row.created_at), now=now
        )
        row.learnt_at = now
        _move(session, plan, fact, now)
    runs.request(session, member=fact.member, reason="reflection", now=now)


def _move(session: Session, lesson: Lesson, fact: events.ReflectionRecorded, now: datetime) -> None:
    ladder = ladders.current(session, member=fact.member)
    known = {rung.id for rung in ladder.rungs + ladder.archived} if ladder else set()
    for move in lesson.moves:
        if {move.body.rung, move.body.to} - {None} <= known or not move.proposes:
            if move.settles in known and move.settles is not None:
                ladders.settle(session, member=fact.member, rung=move.settles, now=now)
            ladders.record_change(
                session,
                member=fact.member,
                reflection=fact.reflection,
                body=move.body,
                proposes=move.proposes,
                now=now,
            )


LEARN = Job(prepare=_prepare_lesson, apply=_apply_lesson)
