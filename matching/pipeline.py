"""The stages of a matching run in order: what is possible, how well it suits, the few that are proposed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from matching.affinity import AffinityModel
from matching.anticipation import Anticipation, anticipate
from matching.candidates import Exclusion, count, exclusions
from matching.explain import Reason, explain
from matching.features import EventTable, Floats, columns_of, tabulate
from matching.inputs import EventInput, MemberInput
from matching.pace import Role
from matching.rank import Places, Ranking, first_open, rerank, similarity, top_n, turns
from matching.score import PARTS, Part, ladder_fit, nearness, parts_of, total, weigh
from matching.settings import MatchingSettings
from matching.stages import Stage
from matching.taste import Taste, taste_of

_BLOCK = 512
_LADDER = PARTS.index(Part.LADDER)


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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shortlist:
    """One member's best events for either role, with what is needed to explain them."""

    member: MemberInput
    ranked: Mapping[Role, Ranking]
    parts: Mapping[Role, Floats]  #: (8, k) in the ranking's order
    anticipation: Anticipation
    excluded: Mapping[Exclusion, int]
    possible: int
    newcomer: NDArray[np.bool_]


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
) -> list[_Shortlist]:
    found: list[_Shortlist] = []
    for start in range(0, len(members), _BLOCK):
        block = members[start : start + _BLOCK]
        learned = taste.affinity(block)[:, taste.of_event]
        found += [
            _shortlist(member, table, settings=settings, now=now, learned=row)
            for member, row in zip(block, learned, strict=True)
        ]
    return found


def _shortlist(
    member: MemberInput, table: EventTable, *, settings: MatchingSettings, now: float, learned: Floats
) -> _Shortlist:
    anticipation = anticipate(member, table, settings)
    codes = exclusions(member, table, settings=settings, now=now, anticipation=anticipation)
    parts = parts_of(member, table, settings=settings, anticipation=anticipation, learned=learned)
    target = member.pace.target
    right = nearness(anticipation, target=target, settings=settings) >= settings.right_sized_floor
    gentle_parts = parts.copy()
    gentle_parts[_LADDER] = ladder_fit(anticipation, target=target - settings.gentler_by, settings=settings)
    gentle = anticipation.suds <= target - settings.gentler_by / 2
    scored = {Role.RIGHT_SIZED: (parts, right), Role.GENTLER: (gentle_parts, gentle)}
    ranked = {
        role: _best(total(rows, table, settings), (codes == 0) & fits, table=table, settings=settings)
        for role, (rows, fits) in scored.items()
    }
    known = columns_of(table.by_group, (group for group, visits in member.visits.items() if visits))
    newcomer = np.ones(len(table.events), dtype=bool)
    newcomer[known] = False
    return _Shortlist(
        member=member,
        ranked=ranked,
        parts={role: scored[role][0][:, ranking.events] for role, ranking in ranked.items()},
        anticipation=anticipation,
        excluded=count(codes),
        possible=int((codes == 0).sum()),
        newcomer=newcomer,
    )


def _best(
    scores: Floats, eligible: NDArray[np.bool_], *, table: EventTable, settings: MatchingSettings
) -> Ranking:
    ranking = top_n(scores, eligible, settings.shortlist)
    return rerank(ranking, similarity(table, ranking.events), settings.diversity)


def _wanted(settings: MatchingSettings) -> list[Role]:
    """Two right-sized and one gentler; with room for two, one of each."""
    right = max(1, settings.list_length - 1)
    return [Role.RIGHT_SIZED] * right + [Role.GENTLER] * (settings.list_length - right)


def _allocate(
    shortlists: Sequence[_Shortlist],
    table: EventTable,
    *,
    settings: MatchingSettings,
    rng: np.random.Generator,
) -> list[list[tuple[Role, int]]]:
    """Let members choose in turns, a proposal each round, while places last; the order turns round."""
    places = Places.of(table, allowance=settings.decline_allowance)
    chosen: list[list[tuple[Role, int]]] = [[] for _ in shortlists]
    order = turns(len(shortlists), rng)
    for role in _wanted(settings):
        for row in order:
            _choose(shortlists[row], role, chosen=chosen[row], table=table, places=places)
        order = order[::-1]
    return chosen


def _choose(
    shortlist: _Shortlist,
    role: Role,
    *,
    chosen: list[tuple[Role, int]],
    table: EventTable,
    places: Places,
) -> None:
    """Take the best event that is open and not chosen on another date; a gentler one is below the others."""
    taken = {table.events[column].event for _, column in chosen}
    level = shortlist.anticipation.mean
    below = min((level[column] for _, column in chosen), default=np.inf) if role is Role.GENTLER else np.inf
    fresh = (
        int(each)
        for each in shortlist.ranked[role].events
        if table.events[each].event not in taken and level[each] < below
    )
    column = first_open(fresh, places, shortlist.newcomer)
    if column is not None:
        places.take(column, newcomer=bool(shortlist.newcomer[column]))
        chosen.append((role, column))


def _result(
    shortlist: _Shortlist,
    picks: Sequence[tuple[Role, int]],
    table: EventTable,
    settings: MatchingSettings,
) -> MemberResult:
    ordered = sorted(picks, key=lambda pick: pick[0] is Role.GENTLER)
    weights = weigh(settings)
    return MemberResult(
        member=shortlist.member.id,
        proposals=tuple(
            _proposal(shortlist, pick, table=table, weights=weights, position=position)
            for position, pick in enumerate(ordered, start=1)
        ),
        excluded=shortlist.excluded,
        possible=shortlist.possible,
        preparation=all(role is not Role.RIGHT_SIZED for role, _ in picks),
    )


def _proposal(
    shortlist: _Shortlist, pick: tuple[Role, int], *, table: EventTable, weights: Floats, position: int
) -> Proposal:
    role, column = pick
    ranking = shortlist.ranked[role]
    place = int(np.flatnonzero(ranking.events == column)[0])
    event = table.events[column]
    explained = explain(
        shortlist.member,
        event,
        parts=shortlist.parts[role][:, place],
        weights=weights,
        gentler=role is Role.GENTLER,
    )
    return Proposal(
        event=event.id,
        position=position,
        role=role,
        score=float(ranking.scores[place]),
        parts=explained.parts,
        reasons=explained.reasons,
        anticipated=float(shortlist.anticipation.suds[column]),
        overwhelm=float(shortlist.anticipation.overwhelm[column]),
    )
