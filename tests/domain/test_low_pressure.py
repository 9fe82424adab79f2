"""The low-pressure mark: refused while something is missing, and where it would not be true."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from domain import low_pressure, schedule
from domain.errors import Invalid
from domain.low_pressure import ASKED
from domain.schedule import EventDraft
from matching.inputs import SituationFeature as F
from tests import factories
from tests.conftest import NOW

WHOLE = EventDraft(
    title="Slow walk",
    starts_local=datetime(2026, 6, 2, 18, 30),  # noqa: DTZ001  (wall time)
    duration_minutes=60,
    time_zone="Europe/London",
    arriving="By the gate.",
    leaving="Any time.",
    low_pressure=True,
    facts=dict.fromkeys(ASKED, 0.2),
)


@pytest.mark.requirement("R21")
@pytest.mark.parametrize("feature", list(ASKED))
def test_each_missing_fact_is_named(session: Session, feature: F) -> None:
    facts = {each: value for each, value in WHOLE.facts.items() if each != feature}
    draft = replace(WHOLE, facts=facts, assumed={feature: 0.2})
    with pytest.raises(Invalid) as refusal:
        schedule.publish(session, group=factories.group(session), draft=draft, now=NOW)
    assert refusal.value.problems == {"low_pressure": low_pressure.refusal([ASKED[feature]])}
    assert low_pressure.lacking(replace(draft, facts=WHOLE.facts)) == []


@pytest.mark.requirement("R21")
def test_the_mark_is_kept_with_the_event_and_taken_off_again(session: Session) -> None:
    event = schedule.publish(session, group=factories.group(session), draft=WHOLE, now=NOW)
    assert event.low_pressure
    schedule.change(session, event=event, draft=replace(WHOLE, low_pressure=False, facts={}), now=NOW)
    assert not event.low_pressure


@pytest.mark.requirement("R21")
@pytest.mark.parametrize("feature", [F.HARD_TO_LEAVE, F.OBSERVED])
def test_a_mark_that_would_not_be_true_is_refused(feature: F) -> None:
    assert len(low_pressure.lacking(replace(WHOLE, facts={**WHOLE.facts, feature: 0.8}))) == 1


@pytest.mark.parametrize("name", ["arriving", "leaving"])
def test_how_to_arrive_and_leave_must_be_said(name: str) -> None:
    assert len(low_pressure.lacking(replace(WHOLE, **{name: " "}))) == 1  # type: ignore[arg-type]
