"""Groups led by a professional: shown once an admin has found it so, for a year, never after a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import facilitation
from domain.errors import Conflict, Invalid, NotFound
from domain.facilitation import FacilitationDraft
from domain.models import AuditEntry, Facilitation, Group, ServiceKind
from tests import factories
from tests.conftest import NOW

REED = FacilitationDraft(
    kind=ServiceKind.GROUP_THERAPY, name="Dr Reed", profession="Psychologist", register="Register, 4711"
)
LATER = NOW + timedelta(days=2)


@pytest.fixture
def group(session: Session) -> Group:
    return factories.group(session)


def decide(session: Session, row: Facilitation, *, verified: bool = True, now: datetime = LATER) -> None:
    admin = factories.account(session).id
    facilitation.decide(
        session, admin=admin, facilitation=row.id, asked_at=row.asked_at, verified=verified,
        reason="Found in the register.", now=now,
    )  # fmt: skip


def shown(session: Session, group: Group, now: datetime = LATER) -> str | None:
    row = facilitation.shown(session, group=group.id, now=now)
    return row.name if row else None


@pytest.mark.requirement("R94")
def test_it_is_shown_only_after_an_admin_has_looked_it_up(session: Session, group: Group) -> None:
    row = facilitation.ask(session, group=group.id, draft=REED, now=NOW)
    assert [each.id for each, _ in facilitation.waiting(session, now=NOW)] == [row.id]
    assert shown(session, group) is None
    decide(session, row)
    assert shown(session, group) == "Dr Reed"
    assert facilitation.waiting(session, now=LATER) == []
    entry = session.scalars(select(AuditEntry).where(AuditEntry.about == f"group:{group.id}")).one()
    assert (entry.action, entry.reason) == ("facilitator_checked", "Found in the register.")


@pytest.mark.requirement("R94")
def test_what_was_not_found_is_not_shown_and_the_organizer_reads_why(session: Session, group: Group) -> None:
    row = facilitation.ask(session, group=group.id, draft=REED, now=NOW)
    decide(session, row, verified=False)
    assert shown(session, group) is None
    assert row.reason == "Found in the register."
    assert facilitation.waiting(session, now=LATER) == []


@pytest.mark.parametrize(
    "change", [{"name": "Dr Rush"}, {"profession": "Trainer"}, {"kind": ServiceKind.SKILLS_TRAINING}]
)
def test_a_change_wants_a_new_look_and_the_same_again_does_not(
    session: Session, group: Group, change: dict[str, Any]
) -> None:
    row = facilitation.ask(session, group=group.id, draft=REED, now=NOW)
    decide(session, row)
    facilitation.ask(session, group=group.id, draft=replace(REED, name=" Dr Reed "), now=LATER)
    assert shown(session, group) == "Dr Reed"
    facilitation.ask(session, group=group.id, draft=replace(REED, **change), now=LATER)
    assert shown(session, group) is None
    assert [each.id for each, _ in facilitation.waiting(session, now=LATER)] == [row.id]


def test_after_a_year_it_wants_another_look(session: Session, group: Group) -> None:
    row = facilitation.ask(session, group=group.id, draft=REED, now=NOW)
    decide(session, row)
    end = LATER + facilitation.HOLDS
    assert shown(session, group, end - timedelta(seconds=1)) == "Dr Reed"
    assert shown(session, group, end) is None
    assert [each.id for each, _ in facilitation.waiting(session, now=end)] == [row.id]
    decide(session, row, now=end)
    assert shown(session, group, end) == "Dr Reed"


def test_nobody_decides_about_what_they_have_not_seen_or_twice(session: Session, group: Group) -> None:
    row = facilitation.ask(session, group=group.id, draft=REED, now=NOW)
    admin = factories.account(session).id
    facilitation.ask(session, group=group.id, draft=replace(REED, name="Dr Rush"), now=LATER)
    with pytest.raises(Conflict):
        facilitation.decide(
            session, admin=admin, facilitation=row.id, asked_at=NOW, verified=True, reason="Found.", now=LATER
        )
    decide(session, row, verified=False)
    with pytest.raises(Conflict):
        decide(session, row)
    assert shown(session, group) is None


def test_taken_back_it_is_gone_and_closed_groups_wait_for_nobody(session: Session, group: Group) -> None:
    decide(session, facilitation.ask(session, group=group.id, draft=REED, now=NOW))
    for _ in range(2):
        facilitation.withdraw(session, group=group.id)
    assert shown(session, group) is None
    facilitation.ask(session, group=group.id, draft=REED, now=NOW)
    group.closed_at = LATER
    session.flush()
    assert facilitation.waiting(session, now=LATER) == []


def test_what_nobody_could_look_up_is_refused(session: Session, group: Group) -> None:
    with pytest.raises(Invalid) as refusal:
        facilitation.ask(
            session,
            group=group.id,
            draft=replace(REED, name="R", register=" ", kind=ServiceKind.COUNSELLING),
            now=NOW,
        )
    assert set(refusal.value.problems) == {"name", "register", "kind"}
    with pytest.raises(NotFound):
        facilitation.named(session, facilitation="0" * 32)
