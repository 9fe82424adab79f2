"""What one reflection teaches: the new comfort state, and what moves on the ladder because of it. No rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.change_reasons import ChangeReason
from domain.ladder_records import ChangeBody, ChangeKind, LadderView, RungBody, RungState, RungView
from domain.reflections import ReflectionBody
from matching import advice, easing
from matching.comfort import learn, signpost, standing
from matching.inputs import FEATURES, Situation
from matching.ladder import Verdict, verdict
from matching.pace import MOST_PER_WEEK, Attempt, Candidate, Leaving, State

AS_EXPECTED = 10.0  #: SUDS points either way that count as what was expected


@dataclass(frozen=True, kw_only=True, slots=True)
class Outing:
    """What the outing was."""

    occurrence: str
    situation: Situation = field(repr=False)
    starts_at: datetime
    visits: int  #: to this group, before


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """One change to the ladder; one that proposes waits for the member."""

    body: ChangeBody
    proposes: bool = False
    settles: str | None = None  #: id of a rung


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """The state afterwards and what moves."""

    state: State = field(repr=False)
    moves: tuple[Move, ...] = field(repr=False)


def learn_from(
    state: State,
    outing: Outing,
    body: ReflectionBody,
    *,
    ladder: LadderView | None,
    outings_a_week: int,
    now: datetime,
) -> Lesson:
    """Return what a reflection teaches; ``outings_a_week``: how many the member has agreed to."""
    rung = nearest(ladder, outing.situation) if ladder else None
    candidate = Candidate(
        id=outing.occurrence,
        situation=outing.situation,
        kind=kind_of(rung) if rung else "",
        visits=outing.visits,
    )
    after = learn(
        state,
        candidate,
        attended=body.attended,
        predicted=body.predicted,
        peak=body.peak,
        leaving=Leaving(
            end=body.end, early=body.left_early, safety_behaviours=tuple(map(str, body.safety_behaviours))
        ),
        at=outing.starts_at,
    )
    if outings_a_week >= MOST_PER_WEEK and advice.second_outing(after.pace).allowed:
        after = replace(after, pace=replace(after.pace, weekly_cap=MOST_PER_WEEK))
    attempt = after.pace.recent[-1]
    moves = [Move(body=_learnt(attempt, rung))]
    if ladder is not None:
        moves += _moves(after, attempt, ladder, now)
    return Lesson(state=after, moves=tuple(moves))


def kind_of(rung: RungView) -> str:
    """Return the word by which attempts at a rung are known; a member's own rungs are each their own kind."""
    return rung.body.kind if rung.body.kind != "own" else f"own:{rung.id}"


def nearest(ladder: LadderView, situation: Situation) -> RungView | None:
    """Return the rung an outing is most like, the gentler of two."""

    def distance(rung: RungView) -> float:
        pairs = zip(rung.body.situation.values, situation.values, strict=True)
        return sum((one - other) ** 2 for one, other in pairs)

    return min(ladder.rungs, key=distance, default=None)


def _learnt(attempt: Attempt, rung: RungView | None) -> ChangeBody:
    about = rung.id if rung else None
    if not attempt.attended:
        return ChangeBody(kind=ChangeKind.LEARNT, rung=about, reason=ChangeReason.DID_NOT_GO)
    if attempt.peak is None:
        return ChangeBody(kind=ChangeKind.LEARNT, rung=about, reason=ChangeReason.WENT)
    surprise = attempt.expectation - attempt.peak
    reason = ChangeReason.AS_EXPECTED
    if abs(surprise) > AS_EXPECTED:
        reason = ChangeReason.EASIER if surprise > 0 else ChangeReason.HARDER
    numbers = {"expected": round(attempt.expectation), "found": round(attempt.peak)}
    return ChangeBody(kind=ChangeKind.LEARNT, rung=about, reason=reason, numbers=numbers)


def _moves(state: State, attempt: Attempt, ladder: LadderView, now: datetime) -> list[Move]:
    """Return what moves: gentler after a set-back, else settled rungs and, with evidence, the next one."""
    if verdict(attempt) is Verdict.SET_BACK:
        return [_gentler(state, ladder)] if ladder.now else []
    settled = _settled(state, ladder)
    moves = [_settles(rung, decision) for rung, decision in settled]
    if proposal := _advance(state, ladder, {rung.id for rung, _ in settled}, now):
        moves.append(proposal)
    elif advice.plateau(state.pace):
        about = ladder.now.id if ladder.now else None
        moves.append(
            Move(body=ChangeBody(kind=ChangeKind.OTHER_KIND, rung=about, reason=ChangeReason.PLATEAU))
        )
    return moves


def _settled(state: State, ladder: LadderView) -> list[tuple[RungView, advice.Decision]]:
    """Return the rungs the member works at that have lost their grip just now."""
    candidates = [rung for rung in ladder.rungs if rung.reached and rung.state is not RungState.SETTLED]
    decided = [(rung, advice.settled(state.pace, _standing(state, rung))) for rung in candidates]
    return [(rung, decision) for rung, decision in decided if decision.allowed]


def _settles(rung: RungView, decision: advice.Decision) -> Move:
    twice = decision.reason is advice.Reason.TWO_CALM
    numbers = {} if twice else {"probability": round(decision.numbers["calm_probability"], 2)}
    body = ChangeBody(
        kind=ChangeKind.SETTLED,
        rung=rung.id,
        reason=ChangeReason.CALM_TWICE if twice else ChangeReason.CALM_SURE,
        numbers=numbers,
    )
    return Move(body=body, settles=rung.id)


def _advance(state: State, ladder: LadderView, settled: set[str], now: datetime) -> Move | None:
    """Return a proposal of the next rung, once every rung worked at has settled."""
    opened = [rung for rung in ladder.rungs if rung.state is not RungState.SETTLED and rung.id not in settled]
    worked = [rung for rung in ladder.rungs if rung.reached]
    following = next((rung for rung in opened if not rung.reached), None)
    if following is None or not worked or any(rung.reached for rung in opened):
        return None
    decision = advice.advance(
        state.pace,
        _standing(state, worked[-1]),
        _standing(state, following),
        now=now,
        support=signpost(state),
    )
    if decision.reason is not advice.Reason.READY:
        return None
    body = ChangeBody(
        kind=ChangeKind.ADVANCE,
        rung=worked[-1].id,
        to=following.id,
        reason=ChangeReason.READY,
        numbers={"next_anticipated": round(decision.numbers["next_anticipated"])},
    )
    return Move(body=body, proposes=True)


def _gentler(state: State, ladder: LadderView) -> Move:
    """Return a proposal of a gentler step: the rung below, or a smaller version of the lowest."""
    current = ladder.now
    if current is None:
        raise ValueError("there is no step to ease")
    below = list(ladder.rungs[: ladder.rungs.index(current)])
    if below:
        body = ChangeBody(
            kind=ChangeKind.STEP_DOWN, rung=current.id, to=below[-1].id, reason=ChangeReason.FELT_TOO_MUCH
        )
        return Move(body=body, proposes=True)
    weights = dict(zip(FEATURES, state.comfort.mean, strict=True))
    eased = easing.one_change(current.body.situation, weights)
    words = [easing.EASING_WORDS[each] for each in eased.easings]
    smaller = RungBody(label=_label(current, words), situation=eased.situation, kind=current.body.kind)
    body = ChangeBody(
        kind=ChangeKind.SPLIT,
        rung=current.id,
        new=smaller,
        reason=ChangeReason.FELT_TOO_MUCH,
        words=tuple(map(str, eased.easings)),
    )
    return Move(body=body, proposes=True)


def _label(rung: RungView, easings: Sequence[str]) -> str:
    return f"{rung.label}. {easings[0]}" if easings else rung.label


def _standing(state: State, rung: RungView) -> advice.Standing:
    return standing(state, Candidate(id=rung.id, situation=rung.body.situation, kind=kind_of(rung)))
