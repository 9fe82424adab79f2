"""What the ladder advises: settled, advance, plateau, how much a week, somebody to talk to. Light.

Every answer is a Decision: a reason and the numbers a page needs to put it into words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from matching.inputs import Planned
from matching.pace import CALM, MOST_PER_WEEK, Attempt, Pace

PLATEAU_LENGTH, PLATEAU_MOVEMENT = 6, 1.0
SURE = 0.80
BETWEEN_RAISES = timedelta(days=7)


class Reason(StrEnum):
    """Why something is advised or held back (stored as these words)."""

    TWO_CALM = "two_calm"  #: settled: two calm attempts in a row without safety behaviours
    CALM_SURE = "calm_sure"  #: settled: the model is sure enough that it stays calm
    NOT_SETTLED = "not_settled"
    READY = "ready"  #: the next rung may be proposed
    RAISED_THIS_WEEK = "raised_this_week"
    HELD_AFTER_SET_BACK = "held_after_set_back"
    ABOVE_CEILING = "above_ceiling"
    SUPPORT_FIRST = "support_first"  #: increases pause while somebody to talk to is being suggested
    MAINTENANCE = "maintenance"  #: the top rung is settled: keep what is good, no exit
    WEEKLY_CAP = "weekly_cap"
    REST_GAP = "rest_gap"
    WEEKLY_DISTRESS = "weekly_distress"
    FOUR_CALM = "four_calm"  #: a second outing a week may be offered
    MORE_CALM_FIRST = "more_calm_first"
    OVERWHELMED_TWICE = "overwhelmed_twice"
    GETTING_HARDER = "getting_harder"
    HARD_PLATEAU = "hard_plateau"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """An answer with its reason; ``numbers`` are what a page may say about it."""

    allowed: bool
    reason: Reason
    numbers: Mapping[str, float] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How one rung stands for one member, from ``matching.comfort.standing``."""

    kind: str
    anticipated: float = field(repr=False)  #: SUDS
    calm: float = field(repr=False)  #: probability that the peak stays at or under 40
    risk: float = field(repr=False)  #: probability of a peak above the member's limit


def settled(pace: Pace, rung: Standing) -> Decision:
    """Return whether a rung has lost its grip: comfort evidence, never time or count alone (R08)."""
    tries = [attempt for attempt in _attended(pace) if attempt.kind == rung.kind]
    calm = [attempt.calm for attempt in tries[-2:]]
    numbers = {
        "calm_in_a_row": _in_a_row(tries),
        "calm_probability": rung.calm,
        "anticipated": rung.anticipated,
    }
    if calm == [True, True]:
        return Decision(allowed=True, reason=Reason.TWO_CALM, numbers=numbers)
    sure = rung.calm >= SURE
    return Decision(allowed=sure, reason=Reason.CALM_SURE if sure else Reason.NOT_SETTLED, numbers=numbers)


def _in_a_row(attempts: Sequence[Attempt]) -> int:
    hard = [place for place, attempt in enumerate(reversed(attempts)) if not attempt.calm]
    return hard[0] if hard else len(attempts)


def advance(
    pace: Pace, rung: Standing, next_rung: Standing | None, *, now: datetime, support: Decision | None = None
) -> Decision:
    """Return whether the next rung may be proposed; the member decides (R01).

    At most one raise in seven days, none while a set-back is held or ``support`` is being suggested, none
    above the ceiling. ``next_rung`` None is the top of the ladder: settled, it leads to maintenance (R97).
    """
    evidence = settled(pace, rung)
    if support is not None:
        return Decision(allowed=False, reason=Reason.SUPPORT_FIRST)
    if pace.holding:
        return Decision(allowed=False, reason=Reason.HELD_AFTER_SET_BACK, numbers={"attempts": pace.holding})
    if not evidence.allowed:
        return evidence
    if next_rung is None:
        return Decision(allowed=True, reason=Reason.MAINTENANCE, numbers=evidence.numbers)
    if pace.raised_at is not None and now - pace.raised_at < BETWEEN_RAISES:
        days = (pace.raised_at + BETWEEN_RAISES - now) / timedelta(days=1)
        return Decision(allowed=False, reason=Reason.RAISED_THIS_WEEK, numbers={"days": days})
    numbers = {**evidence.numbers, "next_anticipated": next_rung.anticipated}
    fits = next_rung.risk <= pace.risk
    return Decision(allowed=fits, reason=Reason.READY if fits else Reason.ABOVE_CEILING, numbers=numbers)


def accept_raise(pace: Pace, *, now: datetime) -> Pace:
    """Return the pace after the member said yes to a higher rung; the next seven days hold no other."""
    return replace(pace, raised_at=now)


def plateau(pace: Pace) -> bool:
    """Return whether six attended attempts brought the comfort index down by less than one point."""
    attended = _attended(pace)
    if len(attended) <= PLATEAU_LENGTH:
        return False
    return attended[-1 - PLATEAU_LENGTH].index - attended[-1].index < PLATEAU_MOVEMENT


def signpost(pace: Pace, *, index: float, index_sd: float) -> Decision | None:
    """Return why somebody to talk to is to be suggested, or None; nothing about it is stored.

    Overwhelmed twice in the last five attended; comfort worse by more than 5 with 90 % certainty; or no
    movement over ten attempts with a mean peak of 55 or more. ``index`` is the comfort index now.
    """
    attended = _attended(pace)
    hard = sum(attempt.overwhelming for attempt in attended[-5:])
    if hard >= 2:
        return Decision(allowed=True, reason=Reason.OVERWHELMED_TWICE, numbers={"times": hard})
    if not attended:
        return None
    first = attended[0]
    worse, doubt = index - first.index, (index_sd**2 + first.index_sd**2) ** 0.5
    if worse > 5 and worse > 1.28 * doubt:
        return Decision(allowed=True, reason=Reason.GETTING_HARDER, numbers={"points": worse})
    peaks = [attempt.peak for attempt in attended[-10:] if attempt.peak is not None]
    flat = len(attended) >= 10 and attended[-10].index - index < PLATEAU_MOVEMENT
    if flat and peaks and (mean := sum(peaks) / len(peaks)) >= 55:
        return Decision(allowed=True, reason=Reason.HARD_PLATEAU, numbers={"peak": mean})
    return None


def second_outing(pace: Pace) -> Decision:
    """Return whether a second outing a week may be offered: the last four attended were calm on average.

    The cap itself changes only with the member's consent.
    """
    peaks = [attempt.peak for attempt in _attended(pace)[-4:] if attempt.peak is not None]
    mean = sum(peaks) / len(peaks) if peaks else 0.0
    calm = len(peaks) == 4 and mean <= CALM and not pace.holding and pace.weekly_cap < MOST_PER_WEEK
    reason = Reason.FOUR_CALM if calm else Reason.MORE_CALM_FIRST
    return Decision(allowed=calm, reason=reason, numbers={"attempts": len(peaks), "peak": mean})


def overcommitted(
    pace: Pace, planned: Sequence[Planned], outing: Planned, *, zone: tzinfo = UTC
) -> tuple[Decision, ...]:
    """Return every reason against one more outing, none of them if it fits (R16); the member may still go.

    Weeks begin on Monday in the member's ``zone``. ``planned`` are all outings said yes to around that week.
    """
    others = [each for each in planned if each.occurrence != outing.occurrence]
    week = [each for each in others if _week(each, zone) == _week(outing, zone)]
    distress = sum(each.anticipated for each in [*week, outing])
    rest = min((_hours_between(each, outing) for each in others), default=float("inf"))
    found: dict[Reason, tuple[bool, Mapping[str, float]]] = {
        Reason.WEEKLY_CAP: (len(week) >= pace.weekly_cap, {"planned": len(week), "cap": pace.weekly_cap}),
        Reason.REST_GAP: (rest < pace.rest_hours, {"hours": rest, "rest": pace.rest_hours}),
        Reason.WEEKLY_DISTRESS: (
            distress > pace.weekly_distress,
            {"points": distress, "most": pace.weekly_distress},
        ),
    }
    return tuple(
        Decision(allowed=False, reason=reason, numbers=numbers)
        for reason, (too_much, numbers) in found.items()
        if too_much
    )


def _week(outing: Planned, zone: tzinfo) -> tuple[int, int]:
    return outing.starts_at.astimezone(zone).isocalendar()[:2]


def _hours_between(one: Planned, other: Planned) -> float:
    gap = max(one.starts_at, other.starts_at) - min(one.ends_at, other.ends_at)
    return max(0.0, gap / timedelta(hours=1))


def _attended(pace: Pace) -> list[Attempt]:
    return [attempt for attempt in pace.recent if attempt.attended]
