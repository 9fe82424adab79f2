from __future__ import annotations

import json
import math
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import DotProduct

from matching import comfort, gaussian
from matching.inputs import FEATURES, TRIANGLE, Comfort, Situation, SituationFeature
from matching.ladder import Candidate, Leaving, Pace, State, Stride
from matching.rungs import KINDS
from matching.situations import QUESTIONS, LadderError, situation, squash
from tests import strategies

WALK = situation(group_size=0.4, unfamiliar=1, duration=0.25, talking=0.2, in_person=1)
PARTY = QUESTIONS[5].situation
ANSWERS = (30.0, 40.0, 50.0, 55.0, 80.0, 90.0)

histories = st.lists(
    st.tuples(strategies.situations(), st.none() | strategies.suds, st.none() | strategies.suds), max_size=12
)


def lived(state: State, history: list[tuple[Situation, float | None, float | None]]) -> State:
    for place, predicted, peak in history:
        state = comfort.learn(state, place, predicted=predicted, peak=peak, attended=peak is not None)
    return state


def test_a_new_member_without_answers_is_the_table() -> None:
    state = comfort.start()
    assert state.comfort.mean[:3] == (10.0, 7.0, 12.0)
    assert gaussian.unpack(state.comfort).covariance[5, 5] == 11.0**2
    assert (state.comfort.bias, state.comfort.intercept, state.comfort.attempts) == (10.0, 1.5, 0)


def test_anticipation_by_hand_without_answers() -> None:
    """Reading along with strangers: 10 + 12 = 22 drive; variance 14^2 + 9^2 + 13^2 = 446."""
    found = comfort.anticipate(comfort.start().comfort, situation(unfamiliar=1))
    assert found.level == pytest.approx(22)
    assert found.sd == pytest.approx(math.sqrt(446))
    assert found.suds == pytest.approx(100 / (1 + math.exp(28 / 22)))
    assert found.low == pytest.approx(squash(22 - 1.2816 * math.sqrt(446)))


def test_one_attended_peak_by_hand() -> None:
    """Only the constant takes part: variance 196, as drift adds nothing to a stranger's; residual 50 - 10."""
    alone = situation()
    after = comfort.learn(comfort.start(), alone, peak=50, attended=True)
    gain = 196 / (196 + 169)
    assert after.comfort.mean[0] == pytest.approx(10 + gain * 40)
    assert gaussian.unpack(after.comfort).covariance[0, 0] == pytest.approx(196 * (1 - gain))


def test_a_prediction_counts_less_the_usual_anticipation() -> None:
    """Predicted 60, of which 10 are the bias: an observation of 50 with variance 17^2."""
    after = comfort.learn(comfort.start(), situation(), predicted=60, attended=False)
    assert after.comfort.mean[0] == pytest.approx(10 + 196 / (196 + 289) * 40)


def test_one_bad_night_is_one_night() -> None:
    """Drive(96) is 119.9, a residual of 110; it counts as 2.5 s.d., with the far end's doubled variance."""
    after = comfort.learn(comfort.start(), situation(), peak=100, attended=True)
    total = 196 + 2 * 169
    assert after.comfort.mean[0] == pytest.approx(10 + 196 / total * 2.5 * math.sqrt(total))


def test_the_bias_follows_what_is_expected_against_what_is_found() -> None:
    after = comfort.learn(comfort.start(), WALK, predicted=70, peak=40, attended=True)
    assert after.comfort.bias == pytest.approx(10 + 0.15 * (30 - 10))
    unchanged = comfort.learn(comfort.start(), WALK, predicted=70, attended=False)
    assert unchanged.comfort.bias == 10


def test_going_and_not_going_move_the_attendance_intercept() -> None:
    state = comfort.start(ANSWERS)
    goes = comfort.attendance(state.comfort, Candidate(id="walk", situation=WALK))
    went = comfort.learn(state, WALK, peak=30, attended=True)
    missed = comfort.learn(state, WALK, attended=False)
    assert went.comfort.intercept == pytest.approx(1.5 + 0.25 * (1 - goes))
    assert missed.comfort.intercept == pytest.approx(1.5 - 0.25 * goes)


def test_a_no_show_still_tells_how_hard_it_looked() -> None:
    state = comfort.start(ANSWERS)
    after = comfort.learn(state, WALK, predicted=95, attended=False)
    assert comfort.anticipate(after.comfort, WALK).suds > comfort.anticipate(state.comfort, WALK).suds


@given(
    st.lists(st.tuples(strategies.situations(), st.floats(30, 70)), min_size=1, max_size=8),
    strategies.situations(),
)
@settings(max_examples=40, deadline=None)
def test_the_posterior_is_that_of_scikit_learn(seen: list[tuple[Situation, float]], asked: Situation) -> None:
    """An independent implementation of the same model: a Gaussian process with a dot-product kernel."""
    sd = np.sqrt(gaussian.PRIOR_VARIANCE)
    stated = [Situation(values=place.values) for place, _ in seen]
    levels = [
        gaussian.PRIOR_MEAN @ place.values + (peak - 50) / 4
        for place, (_, peak) in zip(stated, seen, strict=True)
    ]
    noise = [(17.0 if k % 2 else 13.0) ** 2 for k in range(len(seen))]
    belief = gaussian.prior()
    for place, level, variance in zip(stated, levels, noise, strict=True):
        belief = gaussian.observe(belief, place, level=float(level), noise=variance)
    rows = np.array([place.values for place in stated])
    oracle = GaussianProcessRegressor(
        kernel=DotProduct(sigma_0=0.0, sigma_0_bounds="fixed"), alpha=np.array(noise), optimizer=None
    ).fit(rows * sd, np.array(levels) - rows @ gaussian.PRIOR_MEAN)
    x = np.array([asked.values])
    mean, deviation = oracle.predict(x * sd, return_std=True)
    found, variance = gaussian.predict(belief, Situation(values=asked.values))
    assert found == pytest.approx(float(mean[0] + (x @ gaussian.PRIOR_MEAN)[0]), abs=1e-6)
    assert math.sqrt(variance) == pytest.approx(float(deviation[0]), abs=1e-5)


@pytest.mark.requirement("R06")
def test_the_state_is_a_proper_gaussian_after_ten_thousand_updates() -> None:
    rng = np.random.default_rng(1)
    state = comfort.start(ANSWERS)
    places = [situation_of_row(rng.random(15)) for _ in range(50)]
    for step in range(10_000):
        state = comfort.learn(
            state,
            places[step % 50],
            predicted=float(rng.integers(0, 101)),
            peak=float(rng.integers(0, 101)),
            attended=True,
        )
    covariance = gaussian.unpack(state.comfort).covariance
    assert np.array_equal(covariance, covariance.T)
    assert np.linalg.eigvalsh(covariance).min() > 0
    assert (np.diag(covariance) <= gaussian.PRIOR_VARIANCE + 1e-9).all()
    assert np.isfinite(state.comfort.mean).all()


def situation_of_row(rest: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Situation:
    return Situation(values=(1.0, *map(float, rest)))


@given(answers=strategies.answers, history=histories)
@settings(max_examples=60, deadline=None)
def test_any_history_leaves_a_proper_gaussian(
    answers: list[float | None], history: list[tuple[Situation, float | None, float | None]]
) -> None:
    state = lived(comfort.start(answers), history)
    covariance = gaussian.unpack(state.comfort).covariance
    assert np.linalg.eigvalsh(covariance).min() > 0
    assert len(state.comfort.covariance) == TRIANGLE
    assert state.comfort.attempts == len(history)


@given(answers=strategies.answers, place=strategies.situations())
@settings(max_examples=80, deadline=None)
def test_skipping_questions_only_leaves_it_less_sure(answers: list[float | None], place: Situation) -> None:
    stated = Situation(values=place.values)
    full = [50.0 if answer is None else answer for answer in answers]
    fewer = gaussian.predict(gaussian.unpack(comfort.start(answers).comfort), stated)[1]
    more = gaussian.predict(gaussian.unpack(comfort.start(full).comfort), stated)[1]
    assert more <= fewer + 1e-9


@given(st.permutations(range(4)))
@settings(max_examples=24, deadline=None)
def test_the_order_of_observations_does_not_matter(order: list[int]) -> None:
    seen = [(WALK, 40.0), (PARTY, 70.0), (QUESTIONS[2].situation, 55.0), (QUESTIONS[4].situation, 60.0)]
    straight, shuffled = gaussian.prior(), gaussian.prior()
    for (place, level), index in zip(seen, order, strict=True):
        straight = gaussian.observe(straight, place, level=level, noise=169)
        shuffled = gaussian.observe(shuffled, seen[index][0], level=seen[index][1], noise=169)
    assert np.allclose(straight.mean, shuffled.mean)
    assert np.allclose(straight.covariance, shuffled.covariance)


def test_the_order_of_unrelated_attempts_does_not_matter_beyond_drift() -> None:
    """Three attempts in every order: anticipations within a point of each other, as drift is small."""
    seen = [(WALK, 35.0, 30.0), (QUESTIONS[2].situation, 55.0, 45.0), (QUESTIONS[4].situation, 65.0, 60.0)]
    found = [
        comfort.anticipate(lived(comfort.start(ANSWERS), list(order)).comfort, PARTY).suds
        for order in permutations(seen)
    ]
    assert max(found) - min(found) < 1


@given(strategies.answers, strategies.situations(), st.floats(0, 95), st.floats(0, 5))
@settings(max_examples=60, deadline=None)
def test_a_harder_peak_never_makes_it_look_easier(
    answers: list[float | None], place: Situation, peak: float, more: float
) -> None:
    state = comfort.start(answers)
    if (peak <= 5) != (peak + more <= 5) or (peak >= 95) != (peak + more >= 95):
        return  # the far ends of the scale count half as much, on purpose
    low = comfort.learn(state, place, peak=peak, attended=True)
    high = comfort.learn(state, place, peak=peak + more, attended=True)
    assert (
        comfort.anticipate(high.comfort, place).level >= comfort.anticipate(low.comfort, place).level - 1e-9
    )


def test_a_missing_fact_takes_the_middle_and_widens_the_interval() -> None:
    member = comfort.start(ANSWERS).comfort
    values: list[float | None] = list(WALK.values)
    place = FEATURES.index(SituationFeature.OBSERVED)
    values[place] = 0.5
    stated = comfort.anticipate(member, values)
    values[place] = None
    missing = comfort.anticipate(member, values)
    assert missing.level == stated.level
    assert missing.sd > stated.sd
    weight = member.mean[place] ** 2 + gaussian.unpack(member).covariance[place, place]
    assert missing.sd**2 - stated.sd**2 == pytest.approx(weight / 12)


def test_a_missing_fact_teaches_less() -> None:
    unsure = Situation(
        values=WALK.values, assumed=frozenset({SituationFeature.OBSERVED, SituationFeature.TALKING})
    )
    state = comfort.start(ANSWERS)
    from_sure = comfort.learn(state, WALK, peak=70, attended=True)
    from_unsure = comfort.learn(state, unsure, peak=70, attended=True)
    before = comfort.anticipate(state.comfort, WALK).level
    assert (
        comfort.anticipate(from_sure.comfort, WALK).level
        > comfort.anticipate(from_unsure.comfort, WALK).level
    )
    assert comfort.anticipate(from_unsure.comfort, WALK).level > before


def test_certainty_grows_with_what_is_known() -> None:
    assert comfort.anticipate(comfort.start().comfort, WALK).certainty == "rough"
    state = comfort.start(ANSWERS)
    for _ in range(8):
        state = comfort.learn(state, WALK, predicted=40, peak=35, attended=True)
    assert comfort.anticipate(state.comfort, WALK).certainty == "good"


def test_risk_above_falls_with_the_limit() -> None:
    found = comfort.anticipate(comfort.start(ANSWERS).comfort, PARTY)
    assert found.risk_above(50) > found.risk_above(75) > found.risk_above(90)
    assert found.risk_above(found.suds) == pytest.approx(0.5)


def test_the_explanation_names_the_largest_parts_first() -> None:
    parts = comfort.explain(
        comfort.start().comfort, situation(observed=1, talking=1, unfamiliar=0.5, alcohol=1)
    )
    assert [(part.feature, round(part.points)) for part in parts] == [
        ("observed", 28),
        ("talking", 8),
        ("unfamiliar", 6),
    ]
    assert parts[0].words == "being looked at"


@pytest.mark.requirement("C28")
@given(strategies.answers, histories)
@settings(max_examples=30, deadline=None)
def test_a_state_comes_back_from_json(
    answers: list[float | None], history: list[tuple[Situation, float | None, float | None]]
) -> None:
    state = lived(comfort.start(answers), history)
    assert State.from_json(json.loads(json.dumps(state.to_json()))) == state
    assert Comfort.from_json(json.loads(json.dumps(state.comfort.to_json()))) == state.comfort


def test_nothing_sealed_shows_in_a_repr() -> None:
    state = comfort.learn(
        comfort.start([88] * 6), WALK, predicted=87, peak=86, leaving=Leaving(end=85), attended=True
    )
    assert not any(secret in repr(state) for secret in ("88", "87", "86", "85", "mean=", "peak", "recent"))


def test_the_index_falls_as_comfort_grows() -> None:
    state = comfort.start(ANSWERS)
    before = comfort.index_of(state.comfort)
    for question in QUESTIONS[:4]:
        state = comfort.learn(state, question.situation, predicted=40, peak=15, attended=True)
    after = comfort.index_of(state.comfort)
    assert after.suds < before.suds
    assert after.sd < before.sd


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: comfort.start([50] * 7), "6 questions"),
        (lambda: comfort.start([101]), "0 to 100"),
        (lambda: comfort.learn(comfort.start(), WALK, peak=120, attended=True), "0 to 100"),
        (lambda: comfort.learn(comfort.start(), WALK, peak=20, attended=False), "did not go"),
        (
            lambda: comfort.learn(comfort.start(), WALK, peak=20, leaving=Leaving(end=30), attended=True),
            "worst point",
        ),
        (lambda: comfort.next_step(comfort.start(), [[1.0] * 15]), "16 features"),
        (lambda: comfort.next_step(comfort.start(), [[0.0] * 16]), "constant"),
        (lambda: comfort.next_step(comfort.start(), [[1.0, 1.5, *[0.0] * 14]]), "between 0 and 1"),
        (lambda: comfort.start([float("nan")]), "0 to 100"),
    ],
)
def test_misuse_is_refused_in_words(wrong: object, says: str) -> None:
    assert callable(wrong)
    with pytest.raises(LadderError, match=says):
        wrong()


def test_a_wrong_number_of_weights_is_refused() -> None:
    with pytest.raises(ValueError, match="16 weights"):
        Comfort(mean=(1.0,), covariance=(1.0,))


def test_coverage_of_the_intervals() -> None:
    """On people and evenings as the model assumes them, four peaks in five fall inside the 80 % interval."""
    rng, inside = np.random.default_rng(7), []
    for _ in range(100):
        weights = gaussian.PRIOR_MEAN + np.sqrt(gaussian.PRIOR_VARIANCE) * rng.standard_normal(16)
        felt = [
            squash(float(weights @ each.situation.values) + 18 * rng.standard_normal()) for each in QUESTIONS
        ]
        state = comfort.start([min(100.0, each + 10) for each in felt])
        for kind in rng.permutation(len(KINDS))[:8]:
            place = KINDS[kind].situation
            peak = squash(float(weights @ place.values) + 13 * rng.standard_normal())
            found = comfort.anticipate(state.comfort, place)
            inside.append(found.low <= peak <= found.high)
            state = comfort.learn(state, place, peak=peak, attended=True)
    assert 0.77 <= np.mean(inside) <= 0.86


def test_the_ten_lines_of_the_manual_run() -> None:
    manual = (Path(__file__).parents[2] / "docs/explanation/ladder.md").read_text(encoding="utf-8")
    lines = manual.split("```python\n")[1].split("```")[0]
    seen: list[object] = []

    def outing(chosen: object) -> tuple[bool, int, int]:
        seen.append(chosen)
        return len(seen) % 4 != 0, 50, 35

    names = {"walk": WALK, "games": QUESTIONS[3].situation.values, "party": PARTY, "outing": outing}
    exec(lines, names)  # noqa: S102
    state = names["state"]
    assert isinstance(state, State)
    assert state.comfort.attempts == len(seen) == 26
    assert comfort.index_of(state.comfort).suds < comfort.index_of(comfort.start(ANSWERS).comfort).suds


@pytest.mark.requirement("R01")
def test_answering_anew_keeps_the_members_choices_and_what_was_lived() -> None:
    own = Pace(stride=Stride.GENTLE, target=42, limit=60, risk=0.05, weekly_cap=0)
    state = comfort.start([80] * 6, pace=own)
    state = comfort.learn(state, WALK, predicted=60, peak=85, attended=True)
    state = comfort.learn(state, PARTY, predicted=90, attended=False)
    same, anew = comfort.restart(state, [80] * 6), comfort.restart(state, [40] * 6)
    assert same == state
    assert anew.pace == state.pace
    assert anew.comfort.attempts == 2
    assert comfort.index_of(anew.comfort).suds < comfort.index_of(state.comfort).suds
    assert (
        comfort.anticipate(anew.comfort, WALK).suds
        > comfort.anticipate(comfort.start([40] * 6).comfort, WALK).suds
    )


def test_arrays_will_do() -> None:
    """Whoever has NumPy arrays may pass them; the state stays plain."""
    rows = np.array([kind.situation.values for kind in KINDS])
    state = comfort.start(np.array([30, 40, 50, 55, 80, 90]).tolist())
    found = comfort.next_step(state, list(rows))
    assert found is not None
    report = np.array([50, 35])
    after = comfort.learn(state, rows[found.index], attended=np.True_, predicted=report[0], peak=report[1])  # type: ignore[arg-type]
    assert State.from_json(json.loads(json.dumps(after.to_json()))) == after
