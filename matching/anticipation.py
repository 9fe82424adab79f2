"""What every event of a run would feel like for one member: the comfort model over all columns at once.

The numbers are those of ``matching.outlook``, which chooses rungs; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from matching.advice import plateau
from matching.features import UNFAMILIAR, EventTable, Floats, columns_of
from matching.gaussian import PEAK_SD, unpack
from matching.inputs import MemberInput
from matching.outlook import OVERWHELMING_RISK, suds
from matching.pace import OVERWHELMING, Attempt
from matching.settings import MatchingSettings
from matching.situations import FAMILIARITY, UNSTATED_VARIANCE, drive

_REMEMBERED = 3
#: From this cosine on two situations are of a kind: what one cost says something about the other.
_OF_A_KIND = 0.85


@dataclass(frozen=True, kw_only=True, slots=True)
class Anticipation:
    """One member's view of n events; sealed: kept in memory for the run and never logged."""

    mean: Floats  #: (n,) drive
    spread: Floats  #: (n,) s.d. of a reported peak, drive
    suds: Floats  #: (n,) anticipated SUDS, 0-100
    overwhelm: Floats  #: (n,) P(peak > the member's ceiling)
    severe: Floats  #: (n,) P(peak is overwhelming), whatever the member's ceiling
    attend: Floats  #: (n,) P(they would go), 0-1
    caution: Floats  #: (n,) 1 far under the ceiling, 0 at it
    variety: Floats  #: (n,) 0-1, less for more of the same kind of step
    ease: Floats  #: (n,) 0-1, less for what is like outings that were tiring to fit in
    allowed: float  #: largest ``overwhelm`` that is still possible

    def too_much(self) -> NDArray[np.bool_]:
        """Return which events pass the ceiling; a number that is not one counts as passing it."""
        return ~((self.overwhelm <= self.allowed) & (self.severe <= OVERWHELMING_RISK))


def anticipate(member: MemberInput, table: EventTable, settings: MatchingSettings) -> Anticipation:
    """Return what each event would feel like.

    The ceiling is the stricter of the member's own and the community's, in both its numbers.
    """
    belief = unpack(member.comfort)
    situations, visits = seen_by(member, table)
    mean = situations @ belief.mean
    variance = np.einsum("ij,ij->i", situations @ belief.covariance, situations)
    variance += UNSTATED_VARIANCE * (table.assumed @ (belief.mean**2 + np.diag(belief.covariance)))
    spread = np.sqrt(variance + PEAK_SD**2)
    anticipated = suds(mean)
    overwhelm = ndtr((mean - drive(min(member.pace.limit, settings.ceiling))) / spread)
    return Anticipation(
        mean=mean,
        spread=spread,
        suds=anticipated,
        overwhelm=overwhelm,
        severe=ndtr((mean - drive(OVERWHELMING)) / spread),
        attend=_attend(member, table, anticipated=anticipated, visits=visits),
        caution=np.sqrt(np.clip(1 - overwhelm / member.pace.risk, 0, 1)),
        variety=_variety(member, table, situations=situations, novelty=settings.novelty),
        ease=1 - settings.masking * fatigue(member, situations),
        allowed=min(member.pace.risk_now, settings.ceiling_probability),
    )


def seen_by(member: MemberInput, table: EventTable) -> tuple[Floats, Floats]:
    """Return the situations (n, 16) as this member meets them, and how often they have been there (n,).

    Each visit to a group leaves four fifths of its share of strangers.
    """
    visits = np.zeros(len(table.events))
    for group, times in member.visits.items():
        if group in table.by_group:
            visits[table.by_group[group]] = times
    situations = table.situations.copy()
    situations[:, UNFAMILIAR] *= FAMILIARITY**visits
    return situations, visits


def _attend(member: MemberInput, table: EventTable, *, anticipated: Floats, visits: Floats) -> Floats:
    """Return P(attend): a personal intercept, less for harder, more for a host and a known place."""
    odds = member.comfort.intercept - 0.05 * (anticipated + member.comfort.bias - 40) + 0.3 * table.hosted
    attend: Floats = expit(odds + 0.3 * (visits > 0))
    return attend


def _variety(member: MemberInput, table: EventTable, *, situations: Floats, novelty: float) -> Floats:
    """Lift another kind of step than the last three, twice as much on a plateau; halve a fourth of a kind."""
    last = [attempt for attempt in member.pace.recent if attempt.attended][-_REMEMBERED:]
    if not last:
        return np.ones(len(table.events))
    lift = novelty * (2 if plateau(member.pace) else 1)
    new = np.clip((1 - _likeness(situations, last).max(axis=1)) / 0.3, 0, 1)
    variety: Floats = (1 + lift * new) / (1 + lift)
    kinds = {attempt.kind for attempt in last}
    if len(last) == _REMEMBERED and len(kinds) == 1:
        variety[columns_of(table.by_group, kinds)] /= 2
    return variety


def fatigue(member: MemberInput, situations: Floats) -> Floats:
    """Return how tiring it would be to fit in (n,), 0-1, by the member's own word on its kind (R79).

    What they said of several is averaged, so that an easier time later counts for the kind again; 0 where
    they said nothing of the kind.
    """
    said = [each for each in member.pace.recent if each.attended and each.tiring is not None]
    if not any(each.tiring for each in said):
        return np.zeros(len(situations))
    alike = np.clip((_likeness(situations, said) - _OF_A_KIND) / (1 - _OF_A_KIND), 0, 1)
    tiring = np.array([each.tiring for each in said], dtype=np.float64)
    found: Floats = alike @ tiring / np.maximum(alike.sum(axis=1), 1)
    return found


def _likeness(situations: Floats, attempts: list[Attempt]) -> Floats:
    """Return the cosines (n, k) of each situation with those of some attempts."""
    past = np.array([attempt.situation.values for attempt in attempts])
    norms = np.linalg.norm(situations, axis=1)[:, None] * np.linalg.norm(past, axis=1)[None, :]
    likeness: Floats = situations @ past.T / norms
    return likeness
