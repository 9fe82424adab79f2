"""The directory: what an entry needs, who sees which, and that every change is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import directory
from domain.directory import ServiceDraft
from domain.errors import Invalid, NotFound
from domain.models import Approach, AuditEntry, Service, ServiceKind
from tests import factories
from tests.conftest import NOW

ROOMS = ServiceDraft(
    name="Talking Rooms",
    kind=ServiceKind.COUNSELLING,
    about="One person to talk with.",
    begin="Call them.",
    cost="Free",
    locality="Larkford",
    phone="01632 960114",
)


def add(session: Session, name: str, *approaches: Approach, **more: Any) -> Service:
    draft = replace(ROOMS, name=name, approaches=approaches, **more)
    return directory.add(session, admin=None, draft=draft, now=NOW)


def names(page: directory.Page) -> list[str]:
    return [each.name for each in page.services]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"about": "x" * 281}, "about"),
        ({"phone": None}, "phone"),
        ({"phone": "call me"}, "phone"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": 'https://a.example" onclick="'}, "url"),
        ({"locality": None}, "locality"),
    ],
)
def test_what_nobody_could_use_is_refused(session: Session, change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        directory.add(session, admin=None, draft=replace(ROOMS, **change), now=NOW)
    assert set(refusal.value.problems) == {field}
    assert session.scalars(select(Service)).all() == []


@pytest.mark.requirement("R90")
def test_each_approach_is_a_filter(session: Session) -> None:
    gradual, thoughts, good = Approach
    add(session, "Steps", gradual)
    add(session, "Thoughts", thoughts)
    add(session, "Both", gradual, thoughts, online=True, kind=ServiceKind.SELF_HELP)
    add(session, "Neither")
    assert names(directory.look(session)) == ["Both", "Neither", "Steps", "Thoughts"]
    assert names(directory.look(session, approaches=[gradual])) == ["Both", "Steps"]
    assert names(directory.look(session, approaches=[thoughts])) == ["Both", "Thoughts"]
    assert names(directory.look(session, approaches=[good])) == []
    assert names(directory.look(session, approaches=[gradual, thoughts])) == ["Both", "Steps", "Thoughts"]
    assert names(directory.look(session, approaches=[gradual], online=True)) == ["Both"]
    assert names(directory.look(session, kind=ServiceKind.SELF_HELP)) == ["Both"]


def test_a_long_directory_comes_in_pages(session: Session) -> None:
    for number in range(directory.PAGE_LENGTH + 1):
        add(session, f"Rooms {number:02d}")
    first, second = (directory.look(session, page=each) for each in (1, 99))
    assert (len(first.services), first.pages) == (directory.PAGE_LENGTH, 2)
    assert (names(second), second.number) == ([f"Rooms {directory.PAGE_LENGTH:02d}"], 2)


@pytest.mark.requirement("R89")
def test_an_admin_changes_it_takes_it_out_and_puts_it_back_and_each_is_kept(session: Session) -> None:
    admin, later = factories.account(session).id, NOW + timedelta(days=200)
    row = add(session, "Talking Rooms", Approach.GRADUAL_EXPOSURE)
    draft = replace(ROOMS, name="Listening Rooms", approaches=(Approach.COGNITIVE_RESTRUCTURING,))
    directory.change(session, admin=admin, service=row, draft=draft, now=later)
    (shown,) = directory.look(session).services
    assert (shown.name, shown.checked_at) == ("Listening Rooms", later)
    assert [each.approach for each in shown.approaches] == [Approach.COGNITIVE_RESTRUCTURING]
    for _ in range(2):
        directory.retire(session, admin=admin, service=row, now=later)
    assert names(directory.look(session)) == []
    assert [each.id for each in directory.kept(session)] == [row.id]
    for _ in range(2):
        directory.restore(session, admin=admin, service=row, now=later)
    assert names(directory.look(session)) == ["Listening Rooms"]
    noted = session.scalars(select(AuditEntry).where(AuditEntry.about == f"service:{row.id}")).all()
    assert [each.reason for each in noted] == ["added", "changed", "taken out", "put back"]


def test_what_was_looked_up_longest_ago_comes_first_for_an_admin(session: Session) -> None:
    admin = factories.account(session).id
    old, new, gone = (add(session, name) for name in ("Old", "New", "Gone"))
    directory.change(session, admin=admin, service=new, draft=ROOMS, now=NOW + timedelta(days=1))
    directory.retire(session, admin=admin, service=gone, now=NOW)
    assert [each.id for each in directory.kept(session)] == [old.id, new.id, gone.id]


def test_one_that_is_not_there(session: Session) -> None:
    with pytest.raises(NotFound):
        directory.named(session, service="0" * 32)
