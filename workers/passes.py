"""One pass: members matched together, each from one snapshot of the database; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain import sealed
from domain.database import Sessions, reading
from domain.suggestions import Drafted
from matching.affinity import AffinityModel
from matching.comfort import choose
from matching.inputs import EventInput, MemberInput
from matching.pace import State
from matching.pipeline import match
from matching.practice import ON_PAPER, STEPS
from matching.settings import MatchingSettings
from matching.stages import Stage
from workers.inputs import marks_of, told
from workers.loading import load_members
from workers.loading_events import load_events
from workers.reach import boxes_of
from workers.storing import drafts_of, outcome_of


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
    key: bytes | None = field(default=None, repr=False, compare=False)  #: the member's own, opened


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """Members, and the events in reach of any of them, as they were at one moment."""

    members: list[MemberInput] = field(repr=False)
    events: list[EventInput] = field(repr=False)
    keys: Mapping[str, bytes] = field(repr=False)  #: the members' sealing keys


def look(sessions: Sessions, ids: Sequence[str], *, days: int, now: datetime) -> Snapshot:
    """Load the members that exist among ``ids``, and what takes place near them within so many days."""
    with reading(sessions) as session:
        boxes = boxes_of(session, ids)
        upcoming = load_events(session, now=now, days=days, boxes=boxes)
        situations = {each.id: each.situation for each in upcoming}
        members = load_members(session, ids, situations=situations, now=now)
        return Snapshot(members=members, events=upcoming, keys=sealed.opened(session))


def match_snapshot(
    sessions: Sessions,
    snapshot: Snapshot,
    asked: Sequence[Asked],
    *,
    settings: MatchingSettings,
    model: AffinityModel | None,
    now: datetime,
    seed: int,
    on_stage: Callable[[Stage], None] | None = None,
) -> dict[str, Found]:
    """Return what was found, by run, for those asked about who are in the snapshot."""
    run_of = {each.member: each.run for each in asked}
    people = {each.id: each for each in snapshot.members if each.id in run_of}
    if not people:
        return {}
    with sessions() as session:  # nothing is read: it holds the key that marks are made with
        marks = marks_of(session, told(people.values(), snapshot.events), lot=seed, at=now)
    results = match(
        people.values(),
        snapshot.events,
        settings=settings,
        model=model,
        now=now,
        seed=seed,
        on_stage=on_stage,
    )
    events = {each.id: each for each in snapshot.events}
    practices = _practices([people[each.member] for each in results if each.preparation])
    return {
        run_of[each.member]: Found(
            drafts=drafts_of(
                each,
                run=run_of[each.member],
                member=people[each.member],
                events=events,
                practice=practices.get(each.member, ""),
            ),
            outcome=outcome_of(each),
            inputs=marks[each.member],
            key=snapshot.keys.get(each.member),
        )
        for each in results
    }


def _practices(members: Sequence[MemberInput]) -> dict[str, str]:
    """Return, by member, the practice under their ceiling, or else the one that meets nobody at all."""
    states = [State(comfort=member.comfort, pace=member.pace) for member in members]
    return {
        member.id: STEPS[steps[0].index].id if steps else ON_PAPER
        for member, steps in zip(members, choose(states, STEPS), strict=True)
    }
