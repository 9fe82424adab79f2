"""The stages of a matching run in order: what is possible, how well it suits, the few that are proposed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import numpy as np

from matching.affinity import AffinityModel
from matching.candidates import Exclusion
from matching.explain import Reason, explain
from matching.features import EventTable, Floats, tabulate
from matching.inputs import EventInput, MemberInput
from matching.pace import Role
from matching.rank import Places, turns
from matching.score import Part, weigh
from matching.settings import MatchingSettings
from matching.shortlist import Shortlist, shortlist
from matching.stages import Stage
from matching.taste import Taste, taste_of

#: From this many members on a run uses the fused pass; and how many are worked on at once.
MANY, _BLOCK = 64, 512


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """One event proposed to one member, with all that explains it."""

    event: str  #: id of the occurrence
    position: int  #: from 1
    role: Role
    score: float  #: 0-1
    parts: Mapping[Part, float]  #: each 0-1
    reasons: tuple[Reason, ...]  #: the weightiest first
    anticipated: float = field(repr=False)  #: SUDS
    overwhelm: float = field(repr=False)  #: P(peak > the member's ceiling)


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberResult:
    """What a run found for one member."""

    member: str
    proposals: tuple[Proposal, ...]  #: at most three: right-sized ones, then a gentler one
    excluded: Mapping[Exclusion, int]  #: events per reason; with ``possible`` they add up to all events
    possible: int
    preparation: bool  #: nothing right-sized: offer a preparation step instead of a bad fit


class _Pick(NamedTuple):
    role: Role
    place: int  #: in the role's ranking
    column: int
    level: float


def match(
    members: Iterable[MemberInput],
    events: Iterable[EventInput],
    *,
    settings: MatchingSettings,
    model: AffinityModel | None = None,
    now: datetime,
    seed: int,
    on_stage: Callable[[Stage], None] | None = None,
) -> list[MemberResult]:
    """Return a result per member, ordered by id; the same inputs in any order give the same result.

    Members of one run share scarce places: who chooses first is drawn by lot from ``seed``. Without a
    ``model`` interest rests on what was said and how well visited groups are.
    """
    tell = on_stage or (lambda _stage: None)
    tell(Stage.CANDIDATES)
    ordered = sorted(members, key=lambda member: member.id)
    if len({member.id for member in ordered}) < len(ordered):
        raise ValueError("two members have the same id")
    table = tabulate(events, fair_showings=settings.fair_showings)
    tell(Stage.SCORING)
    taste = taste_of(table, settings, model)
    shortlists = _shortlists(ordered, table, taste, settings=settings, now=now.timestamp())
    tell(Stage.RANKING)
    chosen = _allocate(shortlists, table, settings=settings, rng=np.random.default_rng(seed))
    tell(Stage.EXPLAINING)
    return [
        _result(shortlist, picks, table, settings)
        for shortlist, picks in zip(shortlists, chosen, strict=True)
    ]


def _shortlists(
    members: Sequence[MemberInput],
    table: EventTable,
    taste: Taste,
    *,
    settings: MatchingSettings,
    now: float,
) -> list[Shortlist]:
    """Work through the members in blocks; many at once go through the fused pass."""
    found: list[Shortlist] = []
    for start in range(0, len(members), _BLOCK):
        block = members[start : start + _BLOCK]
        learned = taste.affinity(block)
        if len(members) >= MANY:
            from matching.packing import shortlists  # noqa: PLC0415  loads Numba, for large runs alone

            found += shortlists(
                block, table, settings=settings, now=now, learned=learned, groups=taste.of_event
            )
        else:
            found += [
                shortlist(member, table, settings=settings, now=now, learned=row[taste.of_event])
                for member, row in zip(block, learned, strict=True)
            ]
    return found


def _wanted(settings: MatchingSettings) -> list[Role]:
    """Two right-sized and one gentler; with room for two, one of each."""
    right = max(1, settings.list_length - 1)
    return [Role.RIGHT_SIZED] * right + [Role.GENTLER] * (settings.list_length - right)


def _allocate(
    shortlists: Sequence[Shortlist],
    table: EventTable,
    *,
    settings: MatchingSettings,
    rng: np.random.Generator,
) -> list[list[_Pick]]:
    """Let members choose in turns, a proposal each round, while places last; the order turns round."""
    places = Places.of(table, allowance=settings.decline_allowance)
    chosen: list[list[_Pick]] = [[] for _ in shortlists]
    order = turns(len(shortlists), rng)
    for role in _wanted(settings):
        for row in order:
            _choose(shortlists[row], role, chosen=chosen[row], table=table, places=places)
        order = order[::-1]
    return chosen


def _choose(
    shortlist: Shortlist, role: Role, *, chosen: list[_Pick], table: EventTable, places: Places
) -> None:
    """Take the best event that is open and not chosen on another date; a gentler one is below the others."""
    ranked = shortlist.roles[role]
    taken = {table.events[pick.column].event for pick in chosen}
    below = min((pick.level for pick in chosen), default=np.inf) if role is Role.GENTLER else np.inf
    for place, column in enumerate(ranked.ranking.events.tolist()):
        event = table.events[column]
        newcomer = event.group not in shortlist.visited
        open_to = event.event not in taken and places.has(column, newcomer=newcomer)
        if open_to and ranked.level[place] < below:
            places.take(column, newcomer=newcomer)
            chosen.append(_Pick(role, place, column, float(ranked.level[place])))
            return


def _result(
    shortlist: Shortlist, picks: Sequence[_Pick], table: EventTable, settings: MatchingSettings
) -> MemberResult:
    weights = weigh(settings)
    ordered = sorted(picks, key=lambda pick: pick.role is Role.GENTLER)
    return MemberResult(
        member=shortlist.member.id,
        proposals=tuple(
            _proposal(shortlist, pick, table.events[pick.column], weights=weights, position=position)
            for position, pick in enumerate(ordered, start=1)
        ),
        excluded=shortlist.excluded,
        possible=shortlist.possible,
        preparation=all(pick.role is not Role.RIGHT_SIZED for pick in picks),
    )


def _proposal(
    shortlist: Shortlist, pick: _Pick, event: EventInput, *, weights: Floats, position: int
) -> Proposal:
    ranked = shortlist.roles[pick.role]
    explained = explain(
        shortlist.member,
        event,
        parts=ranked.parts[:, pick.place],
        weights=weights,
        gentler=pick.role is Role.GENTLER,
    )
    return Proposal(
        event=event.id,
        position=position,
        role=pick.role,
        score=float(ranked.ranking.scores[pick.place]),
        parts=explained.parts,
        reasons=explained.reasons,
        anticipated=float(ranked.suds[pick.place]),
        overwhelm=float(ranked.overwhelm[pick.place]),
    )
