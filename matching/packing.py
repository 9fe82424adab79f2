"""Pack members and events into the arrays of the fused pass, and unpack what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit, ndtr, ndtri

from matching import beliefs, fused
from matching.advice import plateau
from matching.anticipation import fatigue, seen_by
from matching.candidates import CODES, LIMITS, Exclusion, budget_left
from matching.features import Columns, EventTable, Floats, chord_within, columns_of, unit_vector
from matching.gathering import Gathering, Open, Single, filled, gather
from matching.gaussian import PEAK_SD
from matching.inputs import FEATURE_COUNT, MemberInput, Need
from matching.outlook import OVERWHELMING_RISK, suds
from matching.pace import OVERWHELMING, Role
from matching.rank import Ranking, rerank, similarity
from matching.score import NEUTRAL, NEXT_NEED, PARTS, Part, familiarity, shared_values, weigh
from matching.settings import MatchingSettings
from matching.shortlist import Ranked, Shortlist, shortlist, visited_by
from matching.situations import FAMILIARITY, drive

_NEEDS = tuple(Need)
_PERSONAL = (
    Exclusion.ALREADY_GOING,
    Exclusion.DECLINED,
    Exclusion.NOT_A_FIT,
    Exclusion.AVOIDED,
    Exclusion.ACCESS,
    Exclusion.APART,
    Exclusion.NEWCOMERS,
    Exclusion.WEEKLY_CAP,
    Exclusion.REST_GAP,
)
#: In the order of ``fused``, which finds them itself.
_LATER = (
    Exclusion.NEWCOMERS,
    Exclusion.TIME,
    Exclusion.DISTANCE,
    Exclusion.WEEKLY_DISTRESS,
    Exclusion.CEILING,
)
_LATER_CODES = np.array([CODES[each] for each in _LATER], dtype=np.int32)
#: What is personal of a column with nothing personal about it, see ``fused.Members.personal``.
_PLAIN = np.array([0, 1, 0, 1, np.inf])
_ROLES = (Role.RIGHT_SIZED, Role.GENTLER)


def shortlists(
    members: Sequence[MemberInput],
    table: EventTable,
    *,
    settings: MatchingSettings,
    now: float,
    learned: Floats,
    groups: Columns,
) -> list[Shortlist]:
    """Return what :func:`matching.shortlist.shortlist` returns for each, by the fused pass.

    ``learned`` is (members, groups), ``groups`` the group of each event column. Who is paused takes the plain
    way: it excludes everything at once.
    """
    plain = [row for row, member in enumerate(members) if not member.paused]
    packing = Packing(table, settings=settings, now=now, groups=groups)
    found = dict(zip(plain, packing.run([members[row] for row in plain], learned[plain]), strict=True))
    return [
        found[row]
        if row in found
        else shortlist(member, table, settings=settings, now=now, learned=learned[row][groups])
        for row, member in enumerate(members)
    ]


class Packing:
    """The open events of a run, packed once; members are packed and matched a block at a time.

    ``groups`` is the group of each event column; ``only`` leaves out all columns but these.
    """

    def __init__(
        self,
        table: EventTable,
        *,
        settings: MatchingSettings,
        now: float,
        groups: Columns,
        only: Columns | None = None,
    ) -> None:
        self.table, self.settings, self.now = table, settings, now
        self.scale = 1 / (1 + settings.small_groups)
        self.weights = dict(zip(PARTS, (weigh(settings) * self.scale).tolist(), strict=True))
        far = table.starts > now + settings.horizon * 86_400.0
        self.outside = far | (table.starts < now + settings.lead * 3_600.0)
        self.full = ~self.outside & (table.places <= 0)
        self.open = np.flatnonzero(~self.outside & ~self.full)
        if only is not None:
            self.open = np.intersect1d(self.open, only)
        self.position = np.full(len(table.events), -1, dtype=np.int32)
        self.position[self.open] = np.arange(len(self.open), dtype=np.int32)
        self.values = tuple(table.by_value)
        self.events = self._events(groups)

    def run(self, members: Sequence[MemberInput], learned: Floats) -> list[Shortlist]:
        """Return the shortlists of these members, in order."""
        best = self.best(members, learned, self.settings.shortlist)
        return [self._shortlist(member, best, row) for row, member in enumerate(members)]

    def best(self, members: Sequence[MemberInput], learned: Floats, k: int) -> fused.Best:
        """Return the ``k`` best open events of each member and role; nobody of them is paused."""
        best = fused.empty(len(members), k)
        if members and len(self.open):
            fused.match_block(self.events, self._members(members, learned), best, _LATER_CODES)
        return best

    def _events(self, groups: Columns) -> Gathering:
        table, chosen, weights = self.table, self.open, self.weights
        values = np.zeros((len(table.events), len(self.values)), dtype=bool)
        for number, value in enumerate(self.values):
            values[table.by_value[value], number] = True
        offers = np.zeros(len(table.events), dtype=np.int32)
        for bit, need in enumerate(_NEEDS):
            offers[columns_of(table.by_need, (need,))] |= 1 << bit
        constant = weights[Part.REGULARITY] * table.regularity + weights[Part.BELONGING] * table.belonging
        constant += self.settings.small_groups * self.scale * table.lift
        return gather(
            Open(
                slot=table.slots[chosen].astype(np.int32),
                point=table.points[chosen],
                online=table.online[chosen],
                closed=table.newcomers[chosen] <= 0,
                about=_single(np.hstack([table.about, values])[chosen]),
                offers=offers[chosen],
                group=groups[chosen].astype(np.int32),
                constant=_single(constant[chosen]),
                situation=table.situations[chosen],
                assumed=table.assumed[chosen] > 0,
                hosted=table.hosted[chosen],
            )
        )

    def _members(self, members: Sequence[MemberInput], learned: Floats) -> fused.Members:
        interest = self.weights[Part.INTEREST] * (1 - self.settings.declared_share)
        means = np.array([member.comfort.mean for member in members])
        triangles = np.array([member.comfort.covariance for member in members])
        barred = [self._barred(member) for member in members]
        personal = [self._personal(member) for member in members]
        numbers = np.array([self._numbers(member) for member in members])
        belief = beliefs.wrapped(means, triangles)
        return fused.Members(
            energy=_single(np.array([self._energy(member) for member in members])),
            point=np.array(
                [unit_vector(each.preferences.latitude, each.preferences.longitude) for each in members]
            ),
            reach=np.array([_reach(member) for member in members]),
            tastes=filled(np.array([self._tastes(member) for member in members])),
            needs=_single(np.array([self._needs(member) for member in members])),
            learned=_single(learned * interest),
            belief=belief,
            single=beliefs.below(numbers[:, 0], belief),
            strange=beliefs.with_unfamiliar(triangles),
            numbers=numbers,
            recent=_single(np.array([_recent(member) for member in members])),
            barred_from=_ends([len(columns) for columns, _ in barred]),
            barred=_joined([columns for columns, _ in barred]),
            barred_code=_joined([codes for _, codes in barred]),
            special_from=_ends([len(columns) for columns, _ in personal]),
            special=_joined([columns for columns, _ in personal]),
            personal=_single(np.concatenate([rows for _, rows in personal])),
        )

    def _energy(self, member: MemberInput) -> Floats:
        energy = np.array(member.preferences.energy, dtype=np.float64)
        weighted: Floats = self.weights[Part.ENERGY] * energy / 2
        return np.where(energy >= self.settings.least_energy, weighted, -1.0)

    def _tastes(self, member: MemberInput) -> Floats:
        named = member.preferences.interests
        weight = self.table.weight
        interests = np.array([named.get(slug, 0.0) * weight[slug] for slug in self.table.by_interest])
        share = self.weights[Part.INTEREST] * self.settings.declared_share
        asked = interests.sum()
        mine = member.preferences.values
        values = np.array([(value in mine) / max(len(mine), 1) for value in self.values])
        return np.concatenate(
            [share * interests / asked if asked > 0 else interests, self.weights[Part.VALUES] * values]
        )

    def _needs(self, member: MemberInput) -> Floats:
        wanted = [need for need in member.preferences.needs if need is not Need.NOT_SURE]
        fit = np.full(1 << len(_NEEDS), 0.0 if wanted else NEUTRAL)
        masks = np.arange(len(fit))
        for rank, need in reversed(list(enumerate(wanted))):
            fit[masks & (1 << _NEEDS.index(need)) > 0] = NEXT_NEED**rank
        weighted: Floats = fit * self.weights[Part.NEED]
        return weighted

    def _numbers(self, member: MemberInput) -> list[float]:
        pace, settings = member.pace, self.settings
        lift = settings.novelty * (2 if plateau(pace) else 1)
        return [
            drive(min(pace.limit, settings.ceiling)),
            -float(ndtri(min(pace.risk_now, settings.ceiling_probability))),
            drive(OVERWHELMING),
            -float(ndtri(OVERWHELMING_RISK)),
            pace.risk,
            drive(pace.target),
            drive(pace.target - settings.gentler_by),
            float(_bearable(np.array(pace.target - settings.gentler_by / 2))),
            member.comfort.intercept - 0.05 * (member.comfort.bias - 40),
            lift if any(attempt.attended for attempt in pace.recent) else 0.0,
            self.weights[Part.LADDER],
            settings.right_sized_floor,
            settings.right_sized_width,
            PEAK_SD**2,
        ]

    def _barred(self, member: MemberInput) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the open columns that something about the member bars, and the first reason for each."""
        codes = np.zeros(len(self.table.events), dtype=np.int32)
        for reason in _PERSONAL:
            if _concerns(reason, member, self.table):
                hit = LIMITS[reason](member, self.table, self.settings, self.now, None)  # type: ignore[arg-type]
                codes[hit & (codes == 0)] = CODES[reason]
        codes = codes[self.open]
        columns = np.flatnonzero(codes).astype(np.int32)
        return columns, codes[columns]

    def _personal(self, member: MemberInput) -> tuple[NDArray[np.int32], Floats]:
        """Return the open columns where visits, people met, plans or past attempts count, and how."""
        last = [attempt for attempt in member.pace.recent if attempt.attended][-3:]
        repeated = {attempt.kind for attempt in last} if len(last) == 3 else set()
        known = member.visits or member.knows or member.meet_again
        tired = any(attempt.tiring for attempt in member.pace.recent if attempt.attended)
        if not (known or member.planned or len(repeated) == 1 or tired):
            return np.empty(0, dtype=np.int32), np.empty((0, len(_PLAIN)))
        rows = np.tile(_PLAIN, (len(self.table.events), 1))
        rows[:, 0] = self.weights[Part.FAMILIAR] * familiarity(member, self.table)
        rows[:, 4] = _bearable(budget_left(member, self.table, self.settings))
        for group, visits in member.visits.items():
            if group in self.table.by_group and visits:
                rows[self.table.by_group[group], 1] = FAMILIARITY**visits
                rows[self.table.by_group[group], 2] = 1
        if len(repeated) == 1:
            rows[columns_of(self.table.by_group, repeated), 3] = 0.5
        if tired:
            rows[:, 3] *= 1 - self.settings.masking * fatigue(member, seen_by(member, self.table)[0])
        rows = rows[self.open]
        columns = np.flatnonzero((rows != _PLAIN).any(axis=1)).astype(np.int32)
        return columns, rows[columns]

    def _shortlist(self, member: MemberInput, best: fused.Best, row: int) -> Shortlist:
        counted = {reason: int(best.excluded[row, code]) for reason, code in CODES.items()}
        counted[Exclusion.HORIZON] = int(self.outside.sum())
        counted[Exclusion.PLACES] = int(self.full.sum())
        return Shortlist(
            member=member,
            roles={role: self._ranked(member, best, row, number) for number, role in enumerate(_ROLES)},
            excluded={reason: number for reason, number in counted.items() if number},
            possible=int(best.excluded[row, 0]),
            visited=visited_by(member),
        )

    def _ranked(self, member: MemberInput, best: fused.Best, row: int, role: int) -> Ranked:
        found = best.column[row, role] >= 0
        columns = self.open[best.column[row, role][found]]
        scores = best.score[row, role][found].astype(np.float64)
        order = np.arange(len(columns))
        ranking = rerank(Ranking(0, order, scores), similarity(self.table, columns), self.settings.diversity)
        order = ranking.events
        kept = best.kept[row, role][found][order].astype(np.float64)
        level, spread = kept[:, 5], kept[:, 6]
        limit = drive(min(member.pace.limit, self.settings.ceiling))
        return Ranked(
            ranking=Ranking(0, columns[order], ranking.scores),
            parts=self._parts(member, columns[order], kept),
            level=level,
            suds=suds(level),
            overwhelm=ndtr((level - limit) / spread),
        )

    def _parts(self, member: MemberInput, columns: Columns, kept: Floats) -> Floats:
        """Return the parts (8, k) behind the weighted numbers kept; a part without weight is 0."""
        values = shared_values(member, self.table)[columns]
        weighted: Mapping[Part, Floats] = {
            Part.INTEREST: kept[:, 0] - self.weights[Part.VALUES] * values,
            Part.NEED: kept[:, 1],
            Part.LADDER: kept[:, 2],
            Part.FAMILIAR: kept[:, 3],
            Part.ENERGY: kept[:, 4],
        }
        plain = {
            Part.VALUES: values,
            Part.REGULARITY: self.table.regularity[columns],
            Part.BELONGING: self.table.belonging[columns],
        }
        divided = {
            part: rows / self.weights[part] if self.weights[part] else np.zeros(len(columns))
            for part, rows in weighted.items()
        }
        return np.stack([(plain | divided)[part] for part in PARTS])


def _concerns(reason: Exclusion, member: MemberInput, table: EventTable) -> bool:
    """Return whether a limit can hit anything, so that most members skip most of them."""
    preferences = member.preferences
    return {
        Exclusion.ALREADY_GOING: bool(member.planned) or member.id in table.by_going,
        Exclusion.DECLINED: bool(member.declined),
        Exclusion.NOT_A_FIT: bool(member.history),
        Exclusion.AVOIDED: bool(preferences.avoid),
        Exclusion.ACCESS: bool(preferences.access_needs),
        Exclusion.APART: bool(member.apart),
        Exclusion.NEWCOMERS: bool(member.planned),
        Exclusion.WEEKLY_CAP: bool(member.planned),
        Exclusion.REST_GAP: bool(member.planned),
    }[reason]


def _bearable(suds: Floats) -> Floats:
    """Return the drive (n,) behind a number of SUDS, without an end where every or no outing is below it."""
    drives: Floats = 50 + 22 * logit(np.clip(suds / 100, 0, 1))
    return drives


def _reach(member: MemberInput) -> float:
    preferences = member.preferences
    if preferences.online_only:
        return -1.0
    placed = preferences.latitude is not None and preferences.longitude is not None
    return chord_within(preferences.radius_km) if placed else np.inf


def _recent(member: MemberInput) -> Floats:
    recent = np.zeros((3, FEATURE_COUNT))
    last = [attempt for attempt in member.pace.recent if attempt.attended][-3:]
    for row, attempt in enumerate(last):
        values = np.array(attempt.situation.values)
        recent[row] = values / np.linalg.norm(values)
    return recent


def _single(values: NDArray[np.generic]) -> Single:
    return np.ascontiguousarray(values, dtype=np.float32)


def _ends(lengths: Sequence[int]) -> NDArray[np.int32]:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)


def _joined(rows: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    return np.concatenate(rows).astype(np.int32)
