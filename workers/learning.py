"""What one reflection teaches: the new comfort state, and what moves on the ladder because of it. No rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.ladder_records import ChangeBody, ChangeKind, LadderView, RungBody, RungState, RungView
from domain.reflections import ReflectionBody
from matching import advice, easing
from matching.comfort import anticipate, learn, signpost, standing
from matching.inputs import FEATURES, Situation
from matching.ladder import Verdict, verdict
from matching.pace import MOST_PER_WEEK, Attempt, Candidate, Leaving, State

#: Reasons of changes beside those of `matching.advice` (stored as these words).
DID_NOT_GO, FELT_TOO_MUCH, PLATEAU = "did_not_go", "felt_too_much", "plateau"


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
    """Return what a reflection teaches; ``outings_a_week``: how many the member has agreed to.

    What was not as described says nothing about other outings; a hard one still makes the next smaller.
    """
    rung = nearest(ladder, outing.situation) if ladder else None
    candidate = Candidate(
        id=outing.occurrence,
        situation=_doubted(outing.situation) if body.otherwise else outing.situation,
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
            end=body.end,
            early=body.left_early,
            safety_behaviours=tuple(map(str, body.safety_behaviours)),
            tiring=None if body.masking is None or body.otherwise else body.masking.share,
        ),
        at=outing.starts_at,
    )
    if body.otherwise:
        after = replace(after, comfort=replace(state.comfort, attempts=after.comfort.attempts))
    if outings_a_week >= MOST_PER_WEEK and advice.second_outing(after.pace).allowed:
        after = replace(after, pace=replace(after.pace, weekly_cap=MOST_PER_WEEK))
    attempt = after.pace.recent[-1]
    moves, why = (
        _moves(after, attempt, ladder, now) if ladder else ([], "" if attempt.attended else DID_NOT_GO)
    )
    return Lesson(state=after, moves=(_learnt(attempt, rung, why), *moves))


def _doubted(situation: Situation) -> Situation:
    """Return a situation whose facts turned out not to be so: none of them counts as stated."""
    return replace(situation, assumed=frozenset(FEATURES[1:]))


def learn_from_practice(state: State, step: Candidate, body: ReflectionBody, *, at: datetime) -> Lesson:
    """Return what a step from home teaches; nothing on the ladder moves by it."""
    return Lesson(state=learn(state, step, attended=True, peak=body.peak, at=at), moves=())


def kind_of(rung: RungView) -> str:
    """Return the word by which attempts at a rung are known; a member's own rungs are each their own kind."""
    return rung.body.kind if rung.body.kind != "own" else f"own:{rung.id}"


def nearest(ladder: LadderView, situation: Situation) -> RungView | None:
    """Return the rung an outing is most like, the gentler of two."""

    def distance(rung: RungView) -> float:
        pairs = zip(rung.body.situation.values, situation.values, strict=True)
        return sum((one - other) ** 2 for one, other in pairs)

    return min(ladder.rungs, key=distance, default=None)


def _learnt(attempt: Attempt, rung: RungView | None, why: str) -> Move:
    """Return that the outing was taken in, with what was expected and found, and why the order stays."""
    numbers = {}
    if attempt.peak is not None:
        numbers = {"expected": round(attempt.expectation), "found": round(attempt.peak)}
    about = rung.id if rung else None
    return Move(body=ChangeBody(kind=ChangeKind.LEARNT, rung=about, reason=why, numbers=numbers))


def _moves(state: State, attempt: Attempt, ladder: LadderView, now: datetime) -> tuple[list[Move], str]:
    """Return what moves, and why nothing moves up: gentler after a set-back, else settled and a next."""
    if not attempt.attended:
        return [], DID_NOT_GO
    if verdict(attempt) is Verdict.SET_BACK:
        return _gentler(state, ladder), str(advice.Reason.HELD_AFTER_SET_BACK)
    settled = _settled(state, ladder)
    moves = [_settles(rung, decision) for rung, decision in settled]
    proposal, why = _advance(state, ladder, {rung.id for rung, _ in settled}, now)
    if proposal:
        moves.append(proposal)
    elif ladder.now and not settled and advice.plateau(state.pace):
        moves += _other_kind(state, ladder.now, ladder)
    return moves, why


def _settled(state: State, ladder: LadderView) -> list[tuple[RungView, advice.Decision]]:
    """Return the rungs the member works at that have lost their grip just now."""
    candidates = [rung for rung in ladder.rungs if rung.reached and rung.state is not RungState.SETTLED]
    decided = [(rung, advice.settled(state.pace, _standing(state, rung))) for rung in candidates]
    return [(rung, decision) for rung, decision in decided if decision.allowed]


def _settles(rung: RungView, decision: advice.Decision) -> Move:
    numbers = {"probability": round(decision.numbers["calm_probability"], 2)}
    body = ChangeBody(kind=ChangeKind.SETTLED, rung=rung.id, reason=str(decision.reason), numbers=numbers)
    return Move(body=body, settles=rung.id)


def _advance(state: State, ladder: LadderView, settled: set[str], now: datetime) -> tuple[Move | None, str]:
    """Return a proposal of the next rung once every rung worked at has settled, or why there is none."""
    opened = [rung for rung in ladder.rungs if rung.state is not RungState.SETTLED and rung.id not in settled]
    worked = [rung for rung in ladder.rungs if rung.reached]
    if not worked or any(rung.reached for rung in opened):
        return None, str(advice.Reason.NOT_SETTLED)
    following = next(iter(opened), None)
    decision = advice.advance(
        state.pace,
        _standing(state, worked[-1]),
        _standing(state, following) if following else None,
        now=now,
        support=signpost(state),
    )
    if following is None or decision.reason is not advice.Reason.READY:
        return None, str(decision.reason)
    body = ChangeBody(
        kind=ChangeKind.ADVANCE,
        rung=worked[-1].id,
        to=following.id,
        reason=str(decision.reason),
        numbers={"next_anticipated": round(decision.numbers["next_anticipated"])},
    )
    return Move(body=body, proposes=True), ""


def _other_kind(state: State, current: RungView, ladder: LadderView) -> list[Move]:
    """Return, on a plateau, another kind of step about as hard, if one is under the member's ceiling."""
    height = _standing(state, current).anticipated
    others = {
        rung.id: abs(standing.anticipated - height)
        for rung in ladder.rungs
        if rung.id != current.id and (standing := _standing(state, rung)).risk <= state.pace.risk_now
    }
    if not others:
        return []
    nearby = min(others, key=lambda rung: (others[rung], rung))
    return [Move(body=ChangeBody(kind=ChangeKind.OTHER_KIND, rung=current.id, to=nearby, reason=PLATEAU))]


def _gentler(state: State, ladder: LadderView) -> list[Move]:
    """Return a proposal of a gentler step: the next below under the ceiling, or this one made smaller.

    Where both are above the ceiling there is none: the practice step among the suggestions is the way on.
    """
    if ladder.now is None:
        return []
    current, place = ladder.now, ladder.rungs.index(ladder.now)
    below = [rung for rung in ladder.rungs[:place] if _fits(state, rung.body.situation)]
    if below:
        body = ChangeBody(kind=ChangeKind.STEP_DOWN, rung=current.id, to=below[-1].id, reason=FELT_TOO_MUCH)
        return [Move(body=body, proposes=True)]
    weights = dict(zip(FEATURES, state.comfort.mean, strict=True))
    eased = easing.one_change(current.body.situation, weights)
    words = [easing.EASING_WORDS[each] for each in eased.easings]
    smaller = RungBody(label=_label(current, words), situation=eased.situation, kind=current.body.kind)
    body = ChangeBody(
        kind=ChangeKind.SPLIT,
        rung=current.id,
        new=smaller,
        reason=FELT_TOO_MUCH,
        words=tuple(map(str, eased.easings)),
    )
    return [Move(body=body, proposes=True)] if _fits(state, eased.situation) else []


def _fits(state: State, situation: Situation) -> bool:
    """Return whether a step is under the ceiling in force."""
    return anticipate(state, situation).risk_above(state.pace.limit) <= state.pace.risk_now


def _label(rung: RungView, easings: Sequence[str]) -> str:
    return f"{rung.label}. {easings[0]}" if easings else rung.label


def _standing(state: State, rung: RungView) -> advice.Standing:
    return standing(state, Candidate(id=rung.id, situation=rung.body.situation, kind=kind_of(rung)))
