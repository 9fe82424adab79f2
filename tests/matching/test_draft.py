from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import comfort
from matching.draft import changes, draft
from matching.inputs import Need
from matching.practice import SMALLEST
from matching.rungs import KINDS
from tests import strategies

ANSWERS = (30.0, 40.0, 50.0, 55.0, 80.0, 90.0)
needs = st.lists(st.sampled_from(Need), max_size=3, unique=True)


def anticipated(answers: list[float | None] | tuple[float, ...]) -> dict[str, float]:
    member = comfort.start(answers).comfort
    return {kind.id: comfort.anticipate(member, kind.situation).suds for kind in KINDS}


@pytest.mark.requirement("R14")
@given(strategies.answers, needs, st.integers(0, 20))
@settings(max_examples=60, deadline=None)
def test_a_draft_has_five_to_ten_rising_rungs_from_what_is_calm(
    answers: list[float | None], wanted: list[Need], length: int
) -> None:
    found = anticipated(answers)
    rungs = draft(wanted, ["chess"], found, length=length)
    heights = [rung.anticipated for rung in rungs]
    assert 5 <= len(rungs) <= 10
    assert heights == sorted(heights)
    assert len({rung.kind for rung in rungs}) == len(rungs)
    relevant = [kind for kind in KINDS if not wanted or wanted[0] in kind.needs or wanted[0] is Need.NOT_SURE]
    assert heights[0] <= max(40, min(found[kind.id] for kind in relevant))


@pytest.mark.requirement("R13")
def test_a_different_need_gives_a_different_first_ladder() -> None:
    found = anticipated(ANSWERS)
    ladders = {need: tuple(rung.kind for rung in draft([need], ["chess"], found)) for need in Need}
    assert len(set(ladders.values())) == len(ladders)
    assert "real_talk" in ladders[Need.CONFIDANT]
    assert "real_talk" not in ladders[Need.GROUP_INVOLVEMENT]


@pytest.mark.requirement("R30")
def test_neighbouring_rungs_differ_in_few_features() -> None:
    """On average fewer than between neighbours of all kinds merely ordered by how hard they are."""
    found = anticipated(ANSWERS)
    drafted = changes(draft([], ["chess"], found))
    plain = changes(draft([], ["chess"], found, kinds=sorted(KINDS, key=lambda kind: found[kind.id])[-7:]))
    assert sum(drafted) / len(drafted) < 4
    assert sum(drafted) < sum(plain)


def test_interests_take_turns_in_the_labels() -> None:
    rungs = draft([Need.CONFIDANT], ["chess", "plants"], anticipated(ANSWERS))
    assert rungs[0].label == "Read along in a small online chess group"
    assert rungs[1].label == "Write one message in an online plants group"
    assert draft([Need.CONFIDANT], [], anticipated(ANSWERS))[0].label == "Read along in a small online group"


def test_every_kind_reads_well_with_and_without_an_interest() -> None:
    for kind in (*KINDS, *SMALLEST):
        plain = kind.named()
        assert "{" not in plain + kind.named("chess")
        assert "  " not in plain
        assert plain.split()[-1] not in {"on", "about"}
        assert "something you like group" not in plain
    assert next(kind for kind in KINDS if kind.id == "short_talk").named() == (
        "Give a short talk about something you like"
    )


def test_every_kind_is_named_once_and_serves_a_need() -> None:
    assert len({kind.id for kind in KINDS}) == len({kind.label for kind in KINDS}) == len(KINDS)
    assert all(kind.needs for kind in KINDS)
    for need in set(Need) - {Need.NOT_SURE}:
        assert sum(need in kind.needs for kind in KINDS) >= 5
