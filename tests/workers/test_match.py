"""Matching runs, from a saved profile to stored suggestions."""

from __future__ import annotations

import pytest

from domain import runs, settings, suggestions
from domain.database import Sessions, reading, writing
from domain.models import RunStatus
from tests.workers.people import LOUD, add_event, add_group, add_member
from workers.drain import drain_lanes
from workers.runtime import Runtime


def town(sessions: Sessions) -> str:
    """One member, three quiet events and a loud one; returns the member's id."""
    with writing(sessions) as session:
        group = add_group(session)
        for day in (3, 5, 9):
            add_event(session, group, title=f"Board games {day}", day=day)
        add_event(session, group, title="A party", day=4, facts=LOUD)
        return add_member(session).id


@pytest.mark.requirement("R02", "R62")
def test_a_saved_profile_becomes_suggestions_with_reasons(runtime: Runtime) -> None:
    member = town(runtime.sessions)
    assert drain_lanes(runtime) > 0
    with reading(runtime.sessions) as session:
        found = suggestions.current(session, member=member)
        assert 1 <= len(found) <= 3
        assert all(each.body["reasons"] for each in found)
        assert [each.row.position for each in found] == list(range(1, len(found) + 1))
        outing = found[0]
        assert outing.event is not None
        assert outing.event.title.startswith("Board games")
        assert 0 <= outing.body["low"] <= outing.body["anticipated"] <= outing.body["high"] <= 100
        run = runs.latest(session, member=member)
        assert run is not None
        assert (run.status, run.stage) == (RunStatus.FINISHED, None)
        assert run.settings_version == settings.in_force(session)[0].id
        assert run.outcome is not None
        assert run.outcome["proposals"] == len([each for each in found if each.occurrence])
