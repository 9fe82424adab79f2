"""A column of new events says who could get one of them, as a full run would."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose

from matching.column import NONE, Column, column_of
from matching.features import tabulate
from matching.pace import Role
from matching.packing import shortlists
from matching.settings import MatchingSettings
from matching.taste import taste_of
from tests.matching import town
from tests.matching.town import NOW

EVERYTHING = MatchingSettings(diversity=0, shortlist=100)
MEMBERS = town.members(120, seed=5, groups=20)
EVENTS = town.events(90, seed=6, groups=20)
NEW = frozenset({"e00003", "e00017", "e00044"})


@pytest.fixture(scope="module", name="column")
def _column() -> Column:
    return column_of(NEW, MEMBERS, EVENTS, settings=EVERYTHING, now=NOW)


def full() -> list[dict[Role, dict[str, float]]]:
    """Return every possible event's score for each member and role, by a run over all events."""
    table = tabulate(EVENTS, fair_showings=EVERYTHING.fair_showings)
    taste = taste_of(table, EVERYTHING)
    found = shortlists(
        MEMBERS,
        table,
        settings=EVERYTHING,
        now=NOW.timestamp(),
        learned=taste.affinity(MEMBERS),
        groups=taste.of_event,
    )
    return [
        {
            role: {
                table.events[column].id: score
                for column, score in zip(ranked.ranking.events, ranked.ranking.scores, strict=True)
            }
            for role, ranked in each.roles.items()
        }
        for each in found
    ]


def test_the_column_scores_as_the_full_pass(column: Column) -> None:
    possible = 0
    for row, roles in enumerate(full()):
        for role, scores in roles.items():
            best = max((scores[each] for each in NEW if each in scores), default=NONE)
            assert_allclose(column.scores[role][row], best, atol=1e-6)
            possible += best > NONE

    assert 40 < possible < 2 * len(MEMBERS)


def test_who_enters_is_who_has_a_new_event_among_the_best(column: Column) -> None:
    standing = [
        {
            role: sorted((s for each, s in scores.items() if each not in NEW), reverse=True)
            for role, scores in roles.items()
        }
        for roles in full()
    ]
    bars = {
        role: np.array([each[role][2] if len(each[role]) > 2 else NONE for each in standing])
        for role in column.scores
    }
    changed = {
        member.id
        for member, roles in zip(MEMBERS, full(), strict=True)
        if any(NEW & set(sorted(scores, key=lambda each: -scores[each])[:3]) for scores in roles.values())
    }

    assert set(column.entering(bars)) == changed
    assert 5 < len(changed) < 100


def test_nobody_who_is_paused_or_for_whom_nothing_is_new_enters(column: Column) -> None:
    paused = [dataclasses.replace(member, paused=True) for member in MEMBERS[:5]]
    room = {role: np.full(5, NONE) for role in column.scores}

    assert column_of(NEW, paused, EVENTS, settings=EVERYTHING, now=NOW).entering(room) == ()
    assert column_of({"gone"}, MEMBERS[:5], EVENTS, settings=EVERYTHING, now=NOW).entering(room) == ()
    assert column_of(NEW, [], EVENTS, settings=EVERYTHING, now=NOW).members == ()
