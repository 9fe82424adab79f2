"""The parts of a score, each checked by hand or by what must always hold."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.anticipation import anticipate
from matching.features import tabulate
from matching.inputs import EventInput, MemberInput, Need, Preferences
from matching.pace import Attempt
from matching.score import (
    PARTS,
    Part,
    declared_affinity,
    familiarity,
    ladder_fit,
    need_fit,
    parts_of,
    shared_values,
    total,
    weigh,
)
from matching.settings import MatchingSettings
from tests.matching import town

SETTINGS = MatchingSettings()


def part(function: Any, member: MemberInput, *events: EventInput) -> list[float]:
    return [float(each) for each in function(member, tabulate(events, fair_showings=20))]


def numbered(**facts: Any) -> EventInput:
    return town.event(group=facts["id"], **facts)


@given(
    mine=st.dictionaries(st.sampled_from(town.TAGS), st.floats(0, 1), max_size=8),
    theirs=st.lists(st.frozensets(st.sampled_from(town.TAGS), max_size=6), min_size=1, max_size=6),
    more=st.sampled_from(town.TAGS),
)
def test_one_more_shared_interest_never_lowers_a_score(
    mine: dict[str, float], theirs: list[frozenset[str]], more: str
) -> None:
    member = town.member(preferences=Preferences(interests={**mine, more: 0.7}))
    before = [numbered(id=f"e{n}", interests=tags) for n, tags in enumerate(theirs)]
    after = [numbered(id="e0", interests=theirs[0] | {more}), *before[1:]]
    scores = []
    for events in (before, after):
        table = tabulate(events, fair_showings=20)
        parts = parts_of(
            member,
            table,
            settings=SETTINGS,
            anticipation=anticipate(member, table, SETTINGS),
            learned=np.zeros(len(events)),
        )
        scores.append(total(parts, table, SETTINGS)[0])

    assert scores[1] >= scores[0] - 1e-12


def test_a_rare_shared_interest_counts_more_than_a_common_one() -> None:
    member = town.member(preferences=Preferences(interests={"tea": 1.0, "owls": 1.0}))
    tea = [numbered(id=f"e{n}", interests=frozenset({"tea"})) for n in range(3)]
    owls = numbered(id="e9", interests=frozenset({"owls"}))

    *common, rare = part(declared_affinity, member, *tea, owls)
    assert rare > max(common)
    assert rare + common[0] == pytest.approx(1)


def test_interests_that_no_event_offers_change_nothing() -> None:
    event = town.event(interests=frozenset({"tea"}))

    for interests in ({"tea": 1.0}, {"tea": 1.0, "gliding": 1.0}):
        member = town.member(preferences=Preferences(interests=interests))
        assert part(declared_affinity, member, event) == [1.0]


def test_with_nothing_said_the_parts_are_defined() -> None:
    assert part(declared_affinity, town.member(), town.event()) == [0.0]
    assert part(need_fit, town.member(), town.event()) == [0.5]
    assert part(shared_values, town.member(), town.event()) == [0.0]


@pytest.mark.requirement("R11")
def test_the_need_wanted_most_counts_most() -> None:
    member = town.member(preferences=Preferences(needs=(Need.CONFIDANT, Need.NOT_SURE, Need.DAYTIME_CHAT)))
    offers = [{Need.CONFIDANT, Need.DAYTIME_CHAT}, {Need.DAYTIME_CHAT}, {Need.GROUP_INVOLVEMENT}]
    events = [town.event(id=f"e{n}", offers=frozenset(each)) for n, each in enumerate(offers)]

    assert part(need_fit, member, *events) == [1.0, 0.75, 0.0]


@pytest.mark.requirement("R76")
def test_values_count_by_the_share_of_mine() -> None:
    member = town.member(preferences=Preferences(values=frozenset({"nature", "learning"})))

    assert part(shared_values, member, town.event(values=frozenset({"nature", "fame"}))) == [0.5]


@pytest.mark.requirement("R54", "R55")
def test_a_place_and_people_met_before_feel_familiar() -> None:
    event = town.event(people=frozenset({"a", "b"}))
    stranger, met, again, visitor = (
        part(familiarity, town.member(**facts), event)[0]
        for facts in (
            {},
            {"knows": frozenset({"a"})},
            {"knows": frozenset({"a"}), "meet_again": frozenset({"a"})},
            {"visits": {"g1": 2}},
        )
    )

    assert stranger == 0
    assert met == pytest.approx(0.2)
    assert again == pytest.approx(0.36)
    assert visitor == pytest.approx(0.51)


@pytest.mark.requirement("R53")
def test_weekly_and_small_beats_rare_and_large() -> None:
    weekly = town.event(id="a", gatherings_per_month=4.3)
    rare = town.event(
        id="b", situation=town.calm_situation(group_size=1, unfamiliar=0.8, talking=0.3, in_person=1)
    )
    member = town.member()
    table = tabulate([weekly, rare], fair_showings=20)
    parts = parts_of(
        member,
        table,
        settings=SETTINGS,
        anticipation=anticipate(member, table, SETTINGS),
        learned=np.zeros(2),
    )

    assert parts[PARTS.index(Part.REGULARITY)].tolist() == [1.0, 0.0]
    small, large = total(parts, table, SETTINGS)
    assert small > large


def test_the_ladder_part_is_best_near_the_target() -> None:
    member = town.member()
    table = tabulate(town.events(300, seed=8), fair_showings=20)
    anticipation = anticipate(member, table, SETTINGS)
    gentle = ladder_fit(anticipation, target=20, settings=SETTINGS)
    bold = ladder_fit(anticipation, target=60, settings=SETTINGS)

    assert anticipation.suds[gentle.argmax()] < anticipation.suds[bold.argmax()]


def test_every_part_and_score_lies_between_0_and_1() -> None:
    table = tabulate(town.events(200), fair_showings=20)
    for member in town.members(20):
        parts = parts_of(
            member,
            table,
            settings=SETTINGS,
            anticipation=anticipate(member, table, SETTINGS),
            learned=np.linspace(0, 1, 200),
        )
        scores = total(parts, table, SETTINGS)
        assert parts.shape == (8, 200)
        assert ((parts >= 0) & (parts <= 1 + 1e-12)).all()
        assert ((scores >= 0) & (scores <= 1 + 1e-12)).all()


def test_weights_count_in_proportion() -> None:
    double = MatchingSettings.from_json(
        {f"{name}_weight": value / 2 for name, value in SETTINGS.weights().items()}
    )

    assert weigh(double) == pytest.approx(weigh(SETTINGS))
    assert weigh(SETTINGS).sum() == pytest.approx(1)


@pytest.mark.requirement("R79", "R46")
def test_what_was_tiring_to_fit_in_lowers_its_kind_and_no_other_until_it_is_easier() -> None:
    crowd = town.calm_situation(group_size=1.0, unfamiliar=1.0, talking=0.8, unstructured=1.0, in_person=1.0)
    walk = town.calm_situation(group_size=0.4, talking=0.3, in_person=1.0)
    table = tabulate(
        [town.event(id="e1", situation=crowd), town.event(id="e2", situation=walk)], fair_showings=20
    )
    settings = MatchingSettings(novelty=0)

    def fits(*tiring: float) -> list[float]:
        tried = tuple(Attempt(situation=crowd, anticipated=50, attended=True, tiring=each) for each in tiring)
        plain = town.member()
        member = dataclasses.replace(plain, pace=dataclasses.replace(plain.pace, recent=tried))
        seen = anticipate(member, table, settings)
        return [float(each) for each in ladder_fit(seen, target=50, settings=settings)]

    hard, easy = fits()
    assert fits(1) == pytest.approx([hard / 2, easy])
    assert fits(1, 0) == pytest.approx([hard * 0.75, easy])
    assert fits(0, 0) == pytest.approx([hard, easy])
