"""Each hard limit alone, against an event that is otherwise possible."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from matching import comfort
from matching.anticipation import anticipate
from matching.candidates import CODES, LIMITS, Exclusion, count, exclusions, shown
from matching.features import tabulate
from matching.inputs import EventInput, History, MemberInput, Planned, Preferences
from matching.pace import Pace
from matching.settings import MatchingSettings
from tests.matching import town
from tests.matching.town import NOW

SETTINGS = MatchingSettings()


def excluded(member: MemberInput, event: EventInput) -> Exclusion | None:
    table = tabulate([event], fair_showings=20)
    codes = exclusions(
        member,
        table,
        settings=SETTINGS,
        now=NOW.timestamp(),
        anticipation=anticipate(member, table, SETTINGS),
    )
    return {code: reason for reason, code in CODES.items()}.get(int(codes[0]))


def outing(*, days: float, occurrence: str = "other", anticipated: float = 40) -> Planned:
    starts = NOW + timedelta(days=days)
    return Planned(
        occurrence=occurrence, starts_at=starts, ends_at=starts + timedelta(hours=1), anticipated=anticipated
    )


def prefer(**facts: Any) -> dict[str, Any]:
    return {"preferences": Preferences(**facts)}


HERE = {"latitude": 43.7, "longitude": -79.4}
FAR = {"latitude": 43.9, "longitude": -79.4}  # 22 km to the north
NEVER = (0,) * 21
TWICE = Pace(weekly_cap=2, rest_hours=0)

CASES: list[tuple[Exclusion | None, dict[str, Any], dict[str, Any]]] = [
    (None, {}, {}),
    (Exclusion.PAUSED, {"paused": True}, {}),
    (Exclusion.HORIZON, {}, {"starts_at": NOW + timedelta(days=29)}),
    (Exclusion.HORIZON, {}, {"starts_at": NOW + timedelta(hours=1)}),
    (Exclusion.PLACES, {}, {"places_left": 0}),
    (Exclusion.ALREADY_GOING, {}, {"going": frozenset({"m1"})}),
    (Exclusion.ALREADY_GOING, {"planned": (outing(days=9, occurrence="e1"),)}, {}),
    (Exclusion.DECLINED, {"declined": frozenset({"e1"})}, {}),
    (Exclusion.NOT_A_FIT, {"history": (History(group="g1", not_a_fit=True),)}, {}),
    (None, {"history": (History(group="g1", joined=True),)}, {}),
    (Exclusion.AVOIDED, prefer(avoid=frozenset({"pub"})), {"interests": frozenset({"pub", "quiz"})}),
    (Exclusion.ACCESS, prefer(access_needs=frozenset({"step-free"})), {}),
    (None, prefer(access_needs=frozenset({"step-free"})), {"access": frozenset({"step-free", "quiet"})}),
    (Exclusion.APART, {"apart": frozenset({"x"})}, {"going": frozenset({"x"})}),
    (Exclusion.APART, {"apart": frozenset({"x"})}, {"people": frozenset({"x"})}),
    (Exclusion.NEWCOMERS, {}, {"newcomers_left": 0}),
    (None, {"visits": {"g1": 1}}, {"newcomers_left": 0}),
    (Exclusion.WEEKLY_CAP, {"planned": (outing(days=5),)}, {}),
    (Exclusion.REST_GAP, {"planned": (outing(days=8),)}, {"starts_at": NOW + timedelta(days=6.5)}),
    (Exclusion.TIME, prefer(energy=NEVER), {}),
    (Exclusion.DISTANCE, prefer(**HERE, radius_km=10.0), FAR),
    (None, prefer(**HERE, radius_km=25.0), FAR),
    (None, prefer(**HERE, radius_km=1.0), {}),
    (Exclusion.DISTANCE, prefer(online_only=True), HERE),
    (
        Exclusion.WEEKLY_DISTRESS,
        {"planned": (outing(days=5, anticipated=100),), "state": comfort.start((25,) * 6, pace=TWICE)},
        {},
    ),
]


@pytest.mark.requirement("R06", "R15", "R16", "R46", "R93")
@pytest.mark.parametrize(("reason", "member", "event"), CASES)
def test_each_limit_excludes_for_its_own_reason(
    reason: Exclusion | None, member: dict[str, Any], event: dict[str, Any]
) -> None:
    assert excluded(town.member(**member), town.event(**event)) is reason


@pytest.mark.requirement("R06")
def test_what_would_be_too_much_is_above_the_ceiling() -> None:
    stage = town.calm_situation(observed=1, talking=1, group_size=1, unfamiliar=1, no_host=1)

    assert excluded(town.member(), town.event(situation=stage)) is Exclusion.CEILING


@pytest.mark.requirement("R06")
def test_a_member_can_lower_their_ceiling() -> None:
    state = comfort.start((25, 35, 40, 45, 60, 65), pace=Pace(limit=30))

    assert excluded(town.member(state=state), town.event()) is Exclusion.CEILING


@pytest.mark.requirement("R16")
def test_without_a_cap_a_week_nothing_is_proposed() -> None:
    state = comfort.start((25,) * 6, pace=Pace(weekly_cap=0))

    assert excluded(town.member(state=state), town.event()) is Exclusion.WEEKLY_CAP


def test_every_reason_has_its_limit_in_order() -> None:
    assert tuple(LIMITS) == tuple(Exclusion)


def test_counts_add_up_and_leave_out_what_did_not_happen() -> None:
    member = town.members(1, seed=5)[0]
    table = tabulate(town.events(200), fair_showings=20)
    codes = exclusions(
        member,
        table,
        settings=SETTINGS,
        now=NOW.timestamp(),
        anticipation=anticipate(member, table, SETTINGS),
    )
    counts = count(codes)

    assert sum(counts.values()) + (codes == 0).sum() == 200
    assert all(counts.values())


def test_who_is_kept_apart_is_never_shown() -> None:
    told = shown({Exclusion.APART: 2, Exclusion.PLACES: 1, Exclusion.TIME: 4})

    assert told == {"not_open": 3, "time": 4}
