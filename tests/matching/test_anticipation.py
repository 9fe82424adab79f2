"""The event list and the ladder use the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from matching import comfort
from matching.anticipation import anticipate
from matching.features import tabulate
from matching.outlook import look_ahead
from matching.pace import Attempt, Candidate, State
from matching.settings import MatchingSettings
from tests.matching import town

SETTINGS = MatchingSettings()


@pytest.mark.requirement("R06")
def test_events_are_anticipated_as_the_ladder_anticipates_them() -> None:
    table = tabulate(town.events(60, groups=8), fair_showings=20)
    for member in town.members(15, groups=8):
        state = State(comfort=member.comfort, pace=member.pace)
        candidates = [Candidate(id=each.id, situation=each.situation) for each in table.events]
        visits = np.array([[member.visits.get(each.group, 0) for each in table.events]])
        expected = look_ahead([state], candidates, visits)
        found = anticipate(member, table, SETTINGS)

        assert_allclose(found.mean, expected.level[0])
        assert_allclose(found.spread, expected.sd[0])
        assert_allclose(found.overwhelm, expected.risk[0], atol=1e-12)
        assert_allclose(found.attend, expected.attends[0])
        assert_allclose(found.caution, expected.caution[0], atol=1e-6)
        assert not found.too_much()[expected.eligible[0]].any()
        assert found.too_much()[~expected.eligible[0]].all()


@pytest.mark.requirement("R06")
def test_the_stricter_ceiling_holds() -> None:
    member, table = town.member(), tabulate(town.events(80), fair_showings=20)
    strict = MatchingSettings(ceiling=60, ceiling_probability=0.02)

    assert (
        anticipate(member, table, strict).too_much().sum()
        > anticipate(member, table, SETTINGS).too_much().sum()
    )
    assert anticipate(member, table, strict).allowed == 0.02
    assert anticipate(member, table, MatchingSettings(ceiling_probability=0.2)).allowed == member.pace.risk


def test_another_kind_of_step_is_lifted_and_a_fourth_of_a_kind_halved() -> None:
    state = comfort.start((25, 35, 40, 45, 60, 65))
    same = town.event(id="same", group="g1")
    new = town.event(id="new", group="g2", situation=town.calm_situation(evening=1, talking=1, duration=1))
    attempt = Attempt(situation=same.situation, kind="g1", anticipated=40, attended=True)
    pace = state.pace.__class__(recent=(attempt,) * 3)
    member = town.member(state=State(comfort=state.comfort, pace=pace))
    found = anticipate(member, tabulate([same, new], fair_showings=20), SETTINGS)
    variety = dict(zip(("new", "same"), found.variety, strict=True))

    assert variety["new"] == pytest.approx(1)
    assert variety["same"] == pytest.approx(0.5 / 1.25)
