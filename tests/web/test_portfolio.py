"""The portfolio's page: repeating pairings, changed and taken out, and what fits today."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import NotebookEntry
from tests.web.conftest import ORIGIN, post
from tests.web.loop_rows import still

__all__ = ["still"]

WALK = {"what": "Kim next door", "together": "A walk round the block", "repeats": "Tuesdays at ten"}
TABLE = {"what": "The knitting table", "repeats": "Every Thursday evening", "energy": "3"}


def page(client: FlaskClient, **asked: str) -> str:
    return client.get("/portfolio/", base_url=ORIGIN, query_string=asked).get_data(as_text=True)


def entry_id(rows: Session) -> str:
    found = rows.scalars(select(NotebookEntry.id)).one()
    rows.rollback()
    return str(found)


def test_a_walk_and_a_weekly_table_are_kept_with_their_day(member_client: FlaskClient) -> None:
    assert "Begin with one" in page(member_client)
    assert post(member_client, "/notebook/person", energy="1", **WALK).status_code == 303
    assert post(member_client, "/notebook/activity", **TABLE).status_code == 303
    html = page(member_client)
    assert all(words in html for words in (*WALK.values(), TABLE["what"], TABLE["repeats"]))


@pytest.mark.requirement("R48")
def test_an_entry_is_changed_and_taken_out(member_client: FlaskClient, rows: Session) -> None:
    post(member_client, "/notebook/activity", **TABLE)
    entry = entry_id(rows)
    form = member_client.get(f"/notebook/entries/{entry}", base_url=ORIGIN).get_data(as_text=True)
    assert TABLE["what"] in form
    assert re.search(r'<input[^>]*checked[^>]*value="3"', form)
    assert post(member_client, f"/notebook/entries/{entry}", what="", energy="3").status_code == 422
    assert post(member_client, f"/notebook/entries/{entry}", what="Darts", energy="3").status_code == 303
    assert "Darts" in page(member_client)
    assert post(member_client, f"/notebook/entries/{entry}/remove").status_code == 303
    assert "Begin with one" in page(member_client)


@pytest.mark.requirement("R49")
def test_what_fits_today_is_asked_and_answered(member_client: FlaskClient, rows: Session) -> None:
    post(member_client, "/notebook/activity", **TABLE)
    assert "I did this" not in page(member_client)
    assert "A quiet day is a day, too." in page(member_client, energy="1", mood="either")
    assert "I did this" in page(member_client, energy="3", mood="doing")
    entry = entry_id(rows)
    for _ in range(2):
        assert post(member_client, f"/portfolio/{entry}/did").status_code == 303
    assert "Last time:" in page(member_client)


@pytest.mark.parametrize("asked", [{"energy": "9"}, {"energy": "1", "mood": "x"}, {"energy": ""}])
def test_a_question_that_makes_no_sense_is_left_unanswered(
    member_client: FlaskClient, asked: dict[str, str]
) -> None:
    post(member_client, "/notebook/activity", **TABLE)
    answer = member_client.get("/portfolio/", base_url=ORIGIN, query_string=asked)
    assert answer.status_code == 200
    assert "I did this" not in answer.get_data(as_text=True)
