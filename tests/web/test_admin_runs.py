"""Matching runs for admins: how they went, added up, and never what one member's run found."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from domain.models import MatchingRun, Member, RunStatus
from domain.models.base import new_id
from tests import factories
from tests.conftest import NOW


def run(
    rows: Session, member: Member, *, excluded: dict[str, int] | None = None, **facts: object
) -> MatchingRun:
    defaults: dict[str, object] = {
        "reason": "profile",
        "status": RunStatus.FINISHED,
        "requested_at": NOW,
        "started_at": NOW + timedelta(seconds=2),
        "finished_at": NOW + timedelta(seconds=5),
        "outcome": {"possible": 4321, "excluded": excluded or {}, "proposals": 3},
    }
    row = MatchingRun(member=member.id, **defaults | facts)
    rows.add(row)
    rows.flush()
    return row


def page_of(client: FlaskClient, path: str = "/admin/runs/") -> str:
    page = client.get(path).get_data(as_text=True)
    return page[page.index("<main") : page.index("</main>")]


def test_no_run_yet_is_said(admin_client: FlaskClient) -> None:
    assert "No run like this yet." in page_of(admin_client)


@pytest.mark.requirement("C04")
def test_a_run_says_how_it_went_and_nothing_of_its_member(admin_client: FlaskClient, rows: Session) -> None:
    member = factories.member(rows, display_name="Somebody Known", email="known@example.com")
    row = run(rows, member, excluded={"ceiling": 987})
    rows.commit()
    page = page_of(admin_client)
    assert f'<th scope="row">{row.id[-6:]}</th><td>{member.id[-6:]}</td><td>profile</td>' in page
    assert "<td>2 seconds</td>" in page
    assert "<td>3 seconds</td>" in page
    for kept in ("Somebody Known", "known@example.com", member.id, "4321", "987"):
        assert kept not in page
    assert "once ten members have been matched" in page


def test_exclusions_are_added_up_over_ten_members(admin_client: FlaskClient, rows: Session) -> None:
    for _ in range(10):
        member = factories.member(rows)
        run(
            rows, member, id=f"00{new_id()[2:]}", excluded={"distance": 100}
        )  # older: only the latest of each counts
        run(rows, member, excluded={"distance": 7, "ceiling": 2})
    rows.commit()
    page = page_of(admin_client)
    assert re.search(r"too far away</th><td>70</td>", page)
    assert re.search(r"too much at once</th><td>20</td>", page)


def test_runs_can_be_chosen_by_how_they_went(admin_client: FlaskClient, rows: Session) -> None:
    done, failed = factories.member(rows), factories.member(rows)
    run(rows, done)
    run(rows, failed, status=RunStatus.FAILED, failure="TimeoutError", outcome=None)
    rows.commit()
    page = page_of(admin_client, "/admin/runs/?status=failed")
    assert "failed (TimeoutError)" in page
    assert failed.id[-6:] in page
    assert done.id[-6:] not in page
    assert page_of(admin_client, "/admin/runs/?status=nonsense").count(done.id[-6:]) == 1


@pytest.mark.requirement("C51")
def test_a_page_holds_fifty(admin_client: FlaskClient, rows: Session) -> None:
    member = factories.member(rows)
    for _ in range(51):
        run(rows, member)
    rows.commit()
    assert page_of(admin_client).count(f"<td>{member.id[-6:]}</td>") == 50
    assert page_of(admin_client, "/admin/runs/?page=2").count(f"<td>{member.id[-6:]}</td>") == 1
    assert "No run like this yet." in page_of(admin_client, "/admin/runs/?page=999999999999999999999")
