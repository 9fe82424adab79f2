"""The page of somebody one sees: notes and days kept, changed, taken out, and a reminder asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import NotebookEntry, PersonDate, PersonNote, PersonTouch
from tests.conftest import NOW
from tests.web.conftest import ORIGIN, post
from tests.web.loop_rows import still

__all__ = ["still"]

BIRTHDAY = {"what": "Birthday", "day": "4", "month": "7", "every": "year", "remind": "eve", "hour": "18"}


def read(client: FlaskClient, path: str) -> str:
    return client.get(path, base_url=ORIGIN).get_data(as_text=True)


def only(rows: Session, column: object) -> str:
    found = rows.scalars(select(column)).one()  # type: ignore[call-overload]
    rows.rollback()
    return str(found)


@pytest.fixture
def kim(member_client: FlaskClient, rows: Session) -> str:
    """The path of somebody's page."""
    post(member_client, "/notebook/person", what="Kim next door", energy="1")
    return f"/people/{only(rows, NotebookEntry.id)}"


@pytest.mark.requirement("R69")
def test_a_small_thing_is_kept_and_taken_out_in_one_tap(
    member_client: FlaskClient, rows: Session, kim: str
) -> None:
    assert kim in read(member_client, "/portfolio/")
    assert post(member_client, f"{kim}/notes", words="Takes oat milk").status_code == 303
    assert "Takes oat milk" in read(member_client, kim)
    refused = post(member_client, f"{kim}/notes", words=" ")
    assert refused.status_code == 422
    assert "Write a word or two." in refused.get_data(as_text=True)
    note = only(rows, PersonNote.id)
    assert post(member_client, f"/people/notes/{note}/remove").status_code == 303
    assert "Takes oat milk" not in read(member_client, kim)


@pytest.mark.requirement("R69", "R70")
def test_a_day_is_kept_with_its_reminder_changed_and_taken_out(
    member_client: FlaskClient, rows: Session, kim: str
) -> None:
    assert post(member_client, f"{kim}/days", **BIRTHDAY).status_code == 303
    html = read(member_client, kim)
    assert "4 July, every year" in html
    assert "A mail comes the day before, at 6 in the evening." in html
    assert "All good wishes to you today." in html
    day = only(rows, PersonDate.id)
    form = read(member_client, f"/people/days/{day}")
    assert 'value="Birthday"' in form
    leap = BIRTHDAY | {"day": "29", "month": "2", "hard": "y", "remind": "none"}
    assert post(member_client, f"/people/days/{day}", **leap).status_code == 303
    html = read(member_client, kim)
    assert "29 February, every year; 28 February in years without it" in html
    assert "It may be a hard day." in html
    assert "A mail comes" not in html
    assert "Thinking of you today. No need to answer." in html
    assert post(member_client, f"/people/days/{day}/remove").status_code == 303
    assert "29 February" not in read(member_client, kim)


def test_once_is_the_next_time_and_stays_that_day_when_words_change(
    member_client: FlaskClient, rows: Session, kim: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(member_client, f"{kim}/days", **BIRTHDAY | {"every": "once"})
    assert f"4 July {NOW.year}" in read(member_client, kim)
    monkeypatch.setattr("web.clock.now", lambda: NOW + timedelta(days=90))
    assert "This day is over." in read(member_client, kim)
    day = only(rows, PersonDate.id)
    post(member_client, f"/people/days/{day}", **BIRTHDAY | {"every": "once", "what": "Exam"})
    assert f"4 July {NOW.year}" in read(member_client, kim)
    post(member_client, f"/people/days/{day}", **BIRTHDAY | {"every": "once", "day": "5"})
    assert f"5 July {NOW.year + 1}" in read(member_client, kim)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day": "31", "month": "4"}, "There is no such day."),
        ({"day": "31", "month": "4", "every": "once"}, "There is no such day."),
        ({"what": ""}, "Write a word or two about what day it is."),
    ],
)
def test_what_cannot_be_is_said_kindly(
    member_client: FlaskClient, kim: str, wrong: dict[str, str], said: str
) -> None:
    answer = post(member_client, f"{kim}/days", **BIRTHDAY | wrong)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_what_is_near_stands_with_people_and_places_and_the_first_page_says_no_more_than_that(
    member_client: FlaskClient, kim: str
) -> None:
    today = {"day": str(NOW.day), "month": str(NOW.month)}
    assert "a day you wanted to keep in mind" not in read(member_client, "/suggestions/")
    post(member_client, f"{kim}/days", **BIRTHDAY | today | {"what": "Operation"})
    html = read(member_client, "/portfolio/")
    assert html.index("Today") < html.index("Operation")
    first = read(member_client, "/suggestions/")
    assert "Today is a day you wanted to keep in mind." in first
    assert "Operation" not in first
    assert "Kim" not in first


@pytest.mark.requirement("R70")
def test_all_reminders_are_stopped_at_once_and_the_days_stay(
    member_client: FlaskClient, rows: Session, kim: str
) -> None:
    post(member_client, f"{kim}/days", **BIRTHDAY)
    assert "One day you wanted to keep in mind." in read(member_client, "/account/mails/")
    assert post(member_client, "/account/mails/no-reminders").status_code == 303
    assert "only if you ask for it" in read(member_client, "/account/mails/")
    assert rows.scalars(select(PersonDate.due_at)).one() is None
    rows.rollback()
    assert "4 July, every year" in read(member_client, kim)


def test_somebody_elses_person_and_things_that_are_no_person_are_not_there(
    member_client: FlaskClient, rows: Session
) -> None:
    post(member_client, "/notebook/activity", what="The library", energy="1")
    entry = only(rows, NotebookEntry.id)
    for path in (f"/people/{entry}", f"/people/{entry}/days"):
        assert member_client.get(path, base_url=ORIGIN).status_code == 404
    assert post(member_client, f"/people/{entry}/notes", words="Quiet").status_code == 404


@pytest.mark.requirement("R68")
def test_a_word_now_and_then_is_chosen_put_off_and_stopped_in_one_tap_each(
    member_client: FlaskClient, rows: Session, kim: str
) -> None:
    assert rows.scalars(select(PersonTouch)).all() == [], "off by default"
    rows.rollback()
    html = read(member_client, kim)
    assert "We were in touch" not in html
    assert post(member_client, f"{kim}/touch", every="fortnight").status_code == 303
    html = read(member_client, kim)
    assert "We were in touch" in html
    first = rows.scalars(select(PersonTouch.due_at)).one()
    rows.rollback()
    assert "Getting in touch with one person." in read(member_client, "/account/mails/")
    assert post(member_client, f"{kim}/touch", every="hourly").status_code == 303
    assert rows.scalars(select(PersonTouch.due_at)).one() == first
    rows.rollback()
    assert post(member_client, f"{kim}/in-touch").status_code == 303
    assert "Last time:" in read(member_client, "/portfolio/")
    assert post(member_client, f"{kim}/touch", every="never").status_code == 303
    assert "We were in touch" not in read(member_client, kim)
    assert rows.scalars(select(PersonTouch)).all() == []
