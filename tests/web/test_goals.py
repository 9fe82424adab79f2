"""Small goals on their page: partial credit in words, a smaller option, nothing to lose."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import Goal
from tests.conftest import NOW
from tests.web.conftest import ORIGIN, post
from tests.web.loop_rows import at, still

__all__ = ["still"]


def page(client: FlaskClient) -> str:
    return client.get("/goals/", base_url=ORIGIN).get_data(as_text=True)


def goal_id(rows: Session) -> str:
    found = rows.scalars(select(Goal.id)).one()
    rows.rollback()
    return str(found)


@pytest.mark.requirement("R82", "R87", "R86")
def test_a_goal_is_set_with_what_it_is_for_and_counts_part_of_itself(
    member_client: FlaskClient, rows: Session
) -> None:
    answer = post(
        member_client, "/goals/", template="new_conversation", times="2", value="curiosity", asked="1"
    )
    assert answer.status_code == 303
    html = page(member_client)
    assert "2 new conversations a week" in html
    assert "For: Curiosity" in html
    assert "Nothing yet, and there is time." in html
    post(member_client, f"/goals/{goal_id(rows)}/talked")
    assert "1 of 2 is something." in page(member_client)
    post(member_client, f"/goals/{goal_id(rows)}/talked")
    assert "You did what you set out to do." in page(member_client)


@pytest.mark.requirement("R86")
def test_a_goal_that_asks_much_is_offered_smaller_first_and_may_be_kept(member_client: FlaskClient) -> None:
    offered = post(member_client, "/goals/", template="new_conversation", times="7")
    assert offered.status_code == 409
    assert "How about 1 instead of 7?" in offered.get_data(as_text=True)
    assert "new conversations a week" not in page(member_client)
    assert (
        post(member_client, "/goals/", template="new_conversation", times="7", asked="1").status_code == 303
    )
    assert "7 new conversations a week" in page(member_client)


@pytest.mark.requirement("R82")
def test_both_templates_stand_together_in_their_own_words(member_client: FlaskClient) -> None:
    post(member_client, "/goals/", template="new_conversation", times="1")
    post(member_client, "/goals/", template="known_event", times="2")
    html = page(member_client)
    assert "One new conversation a week" in html
    assert "A known event twice a month" in html


@pytest.mark.requirement("R10", "R86")
def test_weeks_that_passed_are_told_without_a_run_of_them_and_a_smaller_goal_is_offered(
    member_client: FlaskClient, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(member_client, "/goals/", template="new_conversation", times="3", asked="1")
    post(member_client, f"/goals/{goal_id(rows)}/talked")
    at(monkeypatch, NOW + timedelta(weeks=3))
    html = page(member_client)
    assert "Week of 1 June: 1" in html
    assert "Week of 8 June: quiet" in html
    assert not re.search(r"(?i)streak|in a row|missed|failed", html)
    assert post(member_client, f"/goals/{goal_id(rows)}/smaller", times="1").status_code == 303
    assert "One new conversation a week" in page(member_client)


def test_a_goal_is_put_away_and_bad_answers_are_said(member_client: FlaskClient, rows: Session) -> None:
    assert post(member_client, "/goals/", times="2").status_code == 422
    assert post(member_client, "/goals/", template="new_conversation", times="8").status_code == 422
    assert post(member_client, "/goals/", template="known_event", times="1").status_code == 303
    assert post(member_client, f"/goals/{goal_id(rows)}/away").status_code == 303
    assert "Put it away" not in page(member_client)
    assert post(member_client, f"/goals/{'0' * 32}/away").status_code == 404
