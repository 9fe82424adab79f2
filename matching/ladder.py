"""The rules of the exposure ladder: how one attempt changes what is aimed for next. Light."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from matching.advice import (
    Decision,
    Reason,
    Standing,
    accept_raise,
    advance,
    overcommitted,
    plateau,
    second_outing,
    settled,
    signpost,
)
from matching.pace import (
    CALM,
    HIGHEST_LIMIT,
    HIGHEST_RISK,
    LEFT_IN_DISTRESS,
    LOWEST_TARGET,
    OVERWHELMING,
    REMEMBERED,
    TARGETS,
    Attempt,
    Candidate,
    Leaving,
    Pace,
    Proposal,
    Role,
    State,
    Stride,
)

__all__ = [
    "CALM",
    "OVERWHELMING",
    "Attempt",
    "Candidate",
    "Decision",
    "Leaving",
    "Pace",
    "Proposal",
    "Reason",
    "Role",
    "Standing",
    "State",
    "Stride",
    "Verdict",
    "accept_raise",
    "advance",
    "asks_check_in",
    "choose_stride",
    "overcommitted",
    "plateau",
    "record",
    "second_outing",
    "settled",
    "signpost",
    "surprise",
    "tighten",
    "verdict",
]


class Verdict(StrEnum):
    """What an attempt means for the pace; never shown as a mark."""

    SET_BACK = "set_back"
    GOOD = "good"
    NEUTRAL = "neutral"
    NO_SHOW = "no_show"


def surprise(attempt: Attempt) -> float | None:
    """Return predicted minus peak: above 0 it went better than expected; None where one is missing."""
    if attempt.predicted is None or attempt.peak is None:
        return None
    return attempt.predicted - attempt.peak


def verdict(attempt: Attempt) -> Verdict:
    """Return what an attempt means for the pace.

    A set-back is a peak of 80 or more, one of 30 above expectation, or leaving in distress. A peak that
    stayed calm is never one, whatever was expected.
    """
    if not attempt.attended:
        return Verdict.NO_SHOW
    if attempt.peak is None:
        return Verdict.NEUTRAL
    last = attempt.peak if attempt.end is None and attempt.left_early else attempt.end
    distressed = last is not None and last >= LEFT_IN_DISTRESS
    above = attempt.peak > CALM and attempt.peak - attempt.expectation >= 30
    if attempt.overwhelming or above or distressed:
        return Verdict.SET_BACK
    return Verdict.GOOD if attempt.peak <= max(LEFT_IN_DISTRESS, attempt.expectation) else Verdict.NEUTRAL


def choose_stride(pace: Pace, stride: Stride) -> Pace:
    """Return the pace with the member's own choice; while a set-back is held the target does not rise."""
    target = TARGETS[stride]
    return replace(pace, stride=stride, target=min(pace.target, target) if pace.holding else target)


def tighten(pace: Pace, *, limit: float = HIGHEST_LIMIT, risk: float = HIGHEST_RISK) -> Pace:
    """Return the pace with the lower of its own and the given ceiling; nothing can lift a member's own."""
    return replace(pace, limit=min(pace.limit, limit), risk=min(pace.risk, risk))


def record(pace: Pace, attempt: Attempt) -> Pace:
    """Return the pace after an attempt; a harder one never leads to a higher target.

    A set-back lowers the target by 15, halves the risk allowed for two attended attempts and takes the weekly
    cap back to 1; then each good attempt gives 6 back. Every second no-show in a row lowers it by 8.
    Declining is no attempt and is not recorded.
    """
    known = replace(pace, recent=(*pace.recent, attempt)[-REMEMBERED:])
    match verdict(attempt):
        case Verdict.SET_BACK:
            lower = max(LOWEST_TARGET, pace.target - 15)
            return replace(known, target=lower, holding=2, weekly_cap=min(pace.weekly_cap, 1), no_shows=0)
        case Verdict.NO_SHOW:
            return _missed(known)
        case Verdict.GOOD if not pace.holding:
            return replace(known, target=min(TARGETS[pace.stride], pace.target + 6), no_shows=0)
        case _:
            reported = attempt.peak is not None
            return replace(known, holding=max(0, pace.holding - reported), no_shows=0)


def _missed(pace: Pace) -> Pace:
    missed = pace.no_shows + 1
    if missed % 2:
        return replace(pace, no_shows=missed)
    lower = max(LOWEST_TARGET, pace.target - 8)
    return replace(pace, no_shows=missed, target=lower, weekly_cap=min(pace.weekly_cap, 1))


def asks_check_in(pace: Pace) -> bool:
    """Return whether a friendly question is due instead of a further push: three no-shows in a row."""
    return pace.no_shows >= 3
