"""The fictional town: what it offers can be found by somebody who would like it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from domain import comforts, groups, schedule
from handrail.town import read_town
from matching.comfort import start
from matching.retrace import retrace
from matching.settings import MatchingSettings
from matching.situations import QUESTIONS
from tests import factories
from tests.conftest import NOW
from workers.loading import load_members
from workers.loading_events import load_events

SETTINGS = MatchingSettings()


@pytest.mark.requirement("R31")
@pytest.mark.parametrize(
    ("name", "title", "interest"),
    [
        ("Pages", "Monthly book club", "books"),
        ("Slow Walkers", "Half-day hike with a picnic", "hiking"),
        ("Green Gym", None, "volunteering"),
    ],
)
def test_books_hikes_and_volunteering_are_found_by_who_likes_them(
    session: Session, name: str, title: str | None, interest: str
) -> None:
    town = read_town((NOW - timedelta(days=NOW.weekday())).date())
    for draft, announced in town.groups:
        if draft.name in {name, "The Quiet Table"}:
            group = groups.found(session, organizer=factories.account(session).id, draft=draft, now=NOW)
            for each in announced:
                schedule.publish(session, group=group, draft=each, now=NOW)
    row = factories.member(session, interests={interest: 1.0})
    comforts.store(session, row.id, start([20.0] * len(QUESTIONS)), NOW)  # a talk of nine is not too much
    upcoming = load_events(session, now=NOW, days=SETTINGS.horizon)
    own = load_members(session, [row.id], situations={}, now=NOW)
    found = retrace(own, upcoming, member=row.id, settings=SETTINGS, model=None, now=NOW, seed=1)
    wanted = {each.id for each in upcoming if title is None or each.title == title}
    about = {each.id for each in upcoming if interest in each.interests}
    assert wanted & about - found.excluded.keys(), "it is possible"
    assert about & {each.event for each in found.result.proposals}, "something of the kind is proposed"
