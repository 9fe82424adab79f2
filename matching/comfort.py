"""The comfort model: what a situation would feel like for one member, how sure we are, and the next step.

The whole ladder without a database: ``start`` from six answers, ``next_step`` among candidates or else
``practise`` from home, ``learn`` from what happened. States go in and come out; nothing is kept here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from matching import gaussian, ladder, practice, steps
from matching.advice import Decision, Standing
from matching.gaussian import Belief
from matching.given import (
    Given,
    answers_of,
    attended_of,
    candidate_of,
    candidates_of,
    comfort_of,
    state_of,
    suds_of,
)
from matching.inputs import FEATURES, Comfort, Situation, SituationFeature
from matching.outlook import suds
from matching.pace import CALM, Attempt, Candidate, Leaving, Pace, Proposal, State
from matching.situations import FEATURE_WORDS, QUESTIONS, Certainty, drive, squash

START_BIAS, START_INTERCEPT = 10.0, 1.5
UNREMARKABLE = Leaving()


@dataclass(frozen=True, kw_only=True, slots=True)
class Anticipation:
    """What a situation would feel like at its worst point, in SUDS."""

    suds: float
    low: float  #: 80 % interval of the peak
    high: float
    level: float  #: the same as a drive
    sd: float  #: of the peak, drive
    certainty: Certainty

    def risk_above(self, suds: float) -> float:
        """Return the probability of a peak above this many SUDS."""
        return float(ndtr((self.level - drive(suds)) / self.sd))


def start(answers: Iterable[float | None] = (), *, pace: Pace | None = None) -> State:
    """Return the state of a new member from up to six answers, 0-100, in the order of ``QUESTIONS``.

    None is a question skipped: it only leaves the model less sure.
    """
    belief = gaussian.prior()
    for question, answer in zip(QUESTIONS, answers_of(answers), strict=False):
        if answer is None:
            continue
        level = drive(answer - START_BIAS)
        belief = gaussian.observe(belief, question.situation, level=level, noise=gaussian.ANSWER_SD**2)
    empty = Comfort(mean=(0.0,) * len(FEATURES), covariance=(0.0,) * len(gaussian.ROWS))
    comfort = replace(gaussian.pack(empty, belief), bias=START_BIAS, intercept=START_INTERCEPT)
    return State(comfort=comfort, pace=pace or Pace())


def choose(
    states: Sequence[State], candidates: Iterable[Given], visits: NDArray[np.int_] | None = None
) -> list[tuple[Proposal, ...]]:
    """Return for each of many members what :func:`next_steps` gives, in one call.

    ``visits`` (members, candidates) replaces those of the candidates: how often each member has been there.
    """
    return steps.choose([state_of(each) for each in states], candidates_of(candidates), visits)


def next_steps(state: State, candidates: Iterable[Given]) -> tuple[Proposal, ...]:
    """Return up to three proposals among the candidates: two right-sized and one gentler, best first.

    Empty where nothing is under the member's ceiling, ``state.pace``: then :func:`practise` is the answer.
    """
    return choose([state], candidates)[0]


def next_step(state: State, candidates: Iterable[Given]) -> Proposal | None:
    """Return the best next step among the candidates, or None; ``index`` is its place in the list given.

    No outing is ever above the ceiling. Where nothing is under it, a preparation step *from home* may be
    returned, with that role: see :func:`matching.steps.prepare` for how far that goes.
    """
    listed = candidates_of(candidates)
    return next(iter(next_steps(state, listed)), None) or steps.prepare(state, listed)


def practise(state: State) -> Candidate | None:
    """Return a small step from home for when no candidate is a next step, or None.

    The same ceiling holds for it, and it is learnt from like any other: with it somebody for whom every
    outing is too much finds a way on.
    """
    found = next_steps(state, practice.STEPS)
    return practice.STEPS[found[0].index] if found else None


def learn(
    state: State,
    given: Given,
    *,
    attended: bool,
    predicted: float | None = None,
    peak: float | None = None,
    leaving: Leaving = UNREMARKABLE,
    at: datetime | None = None,
) -> State:
    """Return the state after one attempt, gone to or not; SUDS are 0-100, None where nobody said.

    Declining is no attempt: learn nothing from it.
    """
    candidate = candidate_of(given)
    situation, comfort = candidate.as_met(), state_of(state).comfort
    before = index_of(comfort)
    attempt = Attempt(
        situation=situation,
        kind=candidate.kind,
        anticipated=anticipate(comfort, situation).suds,
        predicted=suds_of(predicted, "predicted"),
        peak=suds_of(peak, "peak"),
        attended=attended_of(attended),
        end=leaving.end,
        left_early=leaving.early,
        safety_behaviours=leaving.safety_behaviours,
        tiring=leaving.tiring,
        index=before.suds,
        index_sd=before.sd,
        at=at,
    )
    learnt = _updated(comfort, attempt, goes=attendance(comfort, candidate))
    return replace(state, comfort=learnt, pace=ladder.record(state.pace, attempt))


def restart(state: State, answers: Iterable[float | None]) -> State:
    """Return the state of a member who answers the six questions anew.

    Their own choices and what is held stay as they are, and the attempts remembered are learnt again.
    """
    comfort = start(answers).comfort
    for attempt in state.pace.recent:
        again = Candidate(id="", situation=attempt.situation, kind=attempt.kind)
        comfort = _updated(comfort, attempt, goes=attendance(comfort, again))
    return replace(state, comfort=replace(comfort, attempts=state.comfort.attempts))


def _updated(comfort: Comfort, attempt: Attempt, *, goes: float) -> Comfort:
    """Return the comfort after drift, the member's own prediction and the peak, in this order.

    ``goes`` is how probable it was that they go.
    """
    belief = gaussian.drift(gaussian.unpack(comfort))
    bias = comfort.bias
    if attempt.predicted is not None:
        level = drive(attempt.predicted - bias)
        belief = gaussian.observe(belief, attempt.situation, level=level, noise=gaussian.PREDICTION_SD**2)
    if attempt.peak is not None:
        belief = _felt(belief, attempt.situation, attempt.peak)
        if attempt.predicted is not None:
            bias += 0.15 * (attempt.predicted - attempt.peak - bias)
    return replace(
        gaussian.pack(comfort, belief),
        bias=bias,
        intercept=comfort.intercept + 0.25 * (attempt.attended - goes),
        attempts=comfort.attempts + 1,
    )


def _felt(belief: Belief, situation: Situation, peak: float) -> Belief:
    """Observe a peak; one at the end of the scale says less about where it really was."""
    doubled = 2 if peak <= 5 or peak >= 95 else 1
    return gaussian.observe(belief, situation, level=drive(peak), noise=doubled * gaussian.PEAK_SD**2)


def anticipate(comfort: Comfort | State, given: Given) -> Anticipation:
    """Return what a situation would feel like at its worst point."""
    situation = candidate_of(given).as_met()
    level, variance = gaussian.predict(gaussian.unpack(comfort_of(comfort)), situation)
    sd = math.sqrt(variance + gaussian.PEAK_SD**2)
    low, high = squash(level - 1.2816 * sd), squash(level + 1.2816 * sd)
    sure = Certainty.GOOD if variance < 60 else Certainty.FAIR if variance < 150 else Certainty.ROUGH
    return Anticipation(suds=squash(level), low=low, high=high, level=level, sd=sd, certainty=sure)


def attendance(comfort: Comfort, candidate: Candidate) -> float:
    """Return the probability that the member goes."""
    expects = anticipate(comfort, candidate).suds + comfort.bias
    eased = 0.3 * candidate.welcomed + 0.3 * (candidate.visits > 0)
    return 1 / (1 + math.exp(-(comfort.intercept - 0.05 * (expects - 40) + eased)))


@dataclass(frozen=True, kw_only=True, slots=True)
class ComfortIndex:
    """How hard the six asked situations would be on average; falling is growing comfort."""

    suds: float
    sd: float  #: how unsure, SUDS points


_PANEL = np.array([question.situation.values for question in QUESTIONS])


def index_of(comfort: Comfort | State) -> ComfortIndex:
    """Return the comfort index: the mean anticipated SUDS of the six questions (s.d. by the delta method)."""
    mean, covariance = gaussian.unpack(comfort_of(comfort))
    share = suds(_PANEL @ mean) / 100
    slope = ((100 / 22) * share * (1 - share)) @ _PANEL / len(_PANEL)
    return ComfortIndex(suds=float(100 * share.mean()), sd=math.sqrt(float(slope @ covariance @ slope)))


def standing(state: State, given: Given) -> Standing:
    """Return how a rung stands, for ``ladder.settled`` and ``ladder.advance``."""
    found = anticipate(state.comfort, given)
    return Standing(
        kind=candidate_of(given).kind,
        anticipated=found.suds,
        calm=1 - found.risk_above(CALM),
        risk=found.risk_above(state.pace.limit),
    )


def signpost(state: State) -> Decision | None:
    """Return why somebody to talk to is to be suggested, or None."""
    now = index_of(state.comfort)
    return ladder.signpost(state.pace, index=now.suds, index_sd=now.sd)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One side of a situation and what it adds for this member."""

    feature: SituationFeature
    words: str
    points: float  #: drive points, above 0 harder


def explain(comfort: Comfort | State, given: Given, most: int = 3) -> tuple[Part, ...]:
    """Return what makes a situation hard for this member, largest first; the constant is left out."""
    values = candidate_of(given).as_met().values
    parts = [
        Part(feature=feature, words=FEATURE_WORDS[feature], points=weight * value)
        for feature, weight, value in zip(FEATURES, comfort_of(comfort).mean, values, strict=True)
        if feature is not SituationFeature.CONSTANT and weight * value >= 1
    ]
    return tuple(sorted(parts, key=lambda part: (-part.points, part.feature))[:most])
