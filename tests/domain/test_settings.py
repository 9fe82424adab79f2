"""Settings versions: added and never changed, one in force."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import outbox, settings
from domain.database import Sessions, reading, writing
from domain.errors import Conflict, Invalid, NotFound
from domain.models import BulkRun, SettingsVersion
from matching.settings import MatchingSettings
from tests import factories
from tests.conftest import NOW

CHANGED = MatchingSettings(diversity=0.6).to_json()


def activate(session: Session, *, expected: int = 1, body: dict[str, float] = CHANGED) -> BulkRun:
    return settings.activate(
        session, author=None, body=body, note="more variety", expected=expected, now=NOW + timedelta(hours=1)
    )


def test_the_first_version_is_made_of_the_defaults(session: Session) -> None:
    version, current = settings.in_force(session)
    assert (version.number, current) == (1, MatchingSettings())
    assert settings.in_force(session)[0] is version


def test_looking_stores_nothing(sessions: Sessions) -> None:
    with reading(sessions) as session:
        assert settings.in_force(session)[0].number == 1
    with reading(sessions) as session:
        assert settings.history(session) == []


def test_activating_retires_the_one_before_and_matches_everybody(session: Session) -> None:
    first, _ = settings.in_force(session)
    for _ in range(3):
        factories.member(session)
    bulk = activate(session)
    version, current = settings.in_force(session)
    assert (version.number, current.diversity, version.note) == (2, 0.6, "more variety")
    assert (first.in_force, first.retired_at) == (None, NOW + timedelta(hours=1))
    assert (bulk.total, bulk.settings_version) == (3, version.id)
    assert outbox.due(session) == {"bulk": 1}


def test_two_in_force_are_refused_by_the_table(session: Session) -> None:
    settings.in_force(session)
    session.add(SettingsVersion(number=2, body={}, note="x", created_at=NOW, activated_at=NOW, in_force=True))
    with pytest.raises(IntegrityError):
        session.flush()


def test_who_looked_at_another_version_is_told_so(session: Session) -> None:
    settings.in_force(session)
    activate(session)
    with pytest.raises(Conflict, match="Version 2"):
        activate(session, expected=1)


@pytest.mark.parametrize("note", ["", "   ", "x" * 401])
def test_a_change_says_why(session: Session, note: str) -> None:
    with pytest.raises(Invalid) as refused:
        settings.activate(session, author=None, body=CHANGED, note=note, expected=1, now=NOW)
    assert set(refused.value.problems) == {"note"}


def test_values_out_of_bounds_are_named(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        activate(session, body=CHANGED | {"diversity": 2, "horizon": 0})
    assert set(refused.value.problems) == {"diversity", "horizon"}
    assert session.scalars(select(SettingsVersion)).all() == []


def test_a_draft_shows_what_it_would_change(session: Session) -> None:
    settings.in_force(session)
    drafted = settings.draft(session, body=CHANGED)
    assert drafted.changes == {"diversity": (0.3, 0.6)}


def test_rolling_back_adds_a_copy(session: Session) -> None:
    settings.in_force(session)
    activate(session)
    settings.roll_back(session, author=None, number=1, note="too much", expected=2, now=NOW + timedelta(2))
    assert [version.number for version in settings.history(session)] == [3, 2, 1]
    assert settings.in_force(session)[1] == MatchingSettings()
    with pytest.raises(NotFound):
        settings.roll_back(session, author=None, number=9, note="x", expected=3, now=NOW)


def test_a_committed_version_survives(sessions: Sessions) -> None:
    with writing(sessions) as session:
        settings.in_force(session)
        activate(session)
    with reading(sessions) as session:
        assert settings.in_force(session)[0].number == 2
