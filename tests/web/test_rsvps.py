"""Saying yes, what it means, the week that is full, and one tap to take it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import reflections, rsvps, schedule
from domain.models import Answer, Occurrence, Rsvp, Suggestion
from domain.reflections import ReflectionBody
from tests.conftest import NOW
from tests.web.conftest import post
from tests.web.loop_rows import account_of, answers, at, outing, said_yes, still, suggested  # noqa: F401

EMAIL = "member@example.com"


def text(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


@pytest.mark.requirement("R21", "R26", "R28", "R51", "R58")
def test_before_a_yes_the_page_says_what_it_means(member_client: FlaskClient, rows: Session) -> None:
    page = text(member_client, f"/occurrences/{outing(rows).id}/yes")
    for words in (
        "If you say yes",
        "take it back at any time",
        "How hard do you expect it to be",
        "experiment",
    ):
        assert words in page, words
    assert page.count("?</li>") == 3, "three neutral topics"
    assert "how they see it" in page
    assert "Pauses are fine" in page
    assert "12 Mill Lane" not in page
    assert answers(rows, account_of(rows, EMAIL)) == []


@pytest.mark.requirement("R07", "R17", "R28")
def test_a_yes_keeps_what_was_noted_and_shows_the_place(member_client: FlaskClient, rows: Session) -> None:
    occurrence, member = outing(rows), account_of(rows, EMAIL)
    suggestion = suggested(rows, member, occurrence)
    response = post(
        member_client,
        f"/occurrences/{occurrence.id}/yes",
        expected="70",
        reward="Cake",
        intentional="y",
        suggestion=suggestion.id,
    )
    assert response.status_code == 303
    row = rows.scalars(select(Rsvp)).one()
    assert (row.status, row.intentional) == ("yes", True)
    assert rsvps.plan(rows, row) == rsvps.Plan(expected=70, reward="Cake")
    rows.expire_all()
    assert rows.get_one(Suggestion, suggestion.id).answer == Answer.YES
    page = text(member_client, response.location)
    for words in ("You are going.", "12 Mill Lane", "Cake", "(70)", "I can’t make it", "calendar.ics"):
        assert words in page, words


def test_a_number_off_the_scale_comes_back_with_what_was_typed(
    member_client: FlaskClient, rows: Session
) -> None:
    response = post(member_client, f"/occurrences/{outing(rows).id}/yes", expected="170", reward="Cake")
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "There is a problem" in page
    assert 'value="Cake"' in page
    assert "<title>Error:" in page


@pytest.mark.requirement("R16", "R43")
def test_a_full_week_asks_kindly_with_a_no_prepared(member_client: FlaskClient, rows: Session) -> None:
    member, occurrence = account_of(rows, EMAIL), outing(rows, days=2)
    said_yes(rows, member, outing(rows))
    response = post(member_client, f"/occurrences/{occurrence.id}/yes", expected="40")
    page = response.get_data(as_text=True)
    assert response.status_code == 409
    assert "Is there room for it?" in page
    assert f'action="/occurrences/{occurrence.id}/no"' in page
    assert "Another time." in page
    assert answers(rows, member) == ["yes"]
    assert (
        post(member_client, f"/occurrences/{occurrence.id}/yes", expected="40", over_cap="1").status_code
        == 303
    )
    assert answers(rows, member) == ["yes", "yes"]


def test_the_prepared_no_is_kept(member_client: FlaskClient, rows: Session) -> None:
    member, occurrence = account_of(rows, EMAIL), outing(rows)
    suggestion = suggested(rows, member, occurrence)
    post(member_client, f"/occurrences/{occurrence.id}/no", suggestion=suggestion.id)
    assert answers(rows, member) == ["no"]
    assert rows.get_one(Suggestion, suggestion.id).answer == Answer.NOT_NOW


def test_one_tap_takes_it_back(member_client: FlaskClient, rows: Session) -> None:
    member = account_of(rows, EMAIL)
    row = said_yes(rows, member, outing(rows))
    response = post(member_client, f"/outings/{row.id}/cancel")
    assert response.status_code == 303
    assert answers(rows, member) == ["no"]
    page = text(member_client, response.location)
    assert "nothing is lost" in page
    assert "12 Mill Lane" not in page


def test_a_full_one_is_a_waiting_list_and_a_free_place_is_offered_not_taken(
    member_client: FlaskClient, organizer_client: FlaskClient, rows: Session
) -> None:
    member, other = account_of(rows, EMAIL), account_of(rows, "organizer@example.com")
    occurrence = outing(rows, capacity=1)
    theirs = said_yes(rows, other, occurrence)
    assert "waiting list" in text(member_client, f"/occurrences/{occurrence.id}")
    response = post(member_client, f"/occurrences/{occurrence.id}/yes")
    page = text(member_client, response.location)
    assert "You do not have to do anything" in page
    assert "12 Mill Lane" not in page
    post(organizer_client, f"/outings/{theirs.id}/cancel")
    assert "A place has come free" in text(member_client, response.location)
    assert answers(rows, member) == ["waiting"]


def test_a_cancelled_outing_says_why(member_client: FlaskClient, rows: Session) -> None:
    occurrence = outing(rows)
    row = said_yes(rows, account_of(rows, EMAIL), occurrence)
    schedule.cancel_occurrence(rows, occurrence=occurrence, reason="Too much rain", now=NOW)
    rows.commit()
    page = text(member_client, f"/outings/{row.id}/")
    assert "Too much rain" in page
    assert "12 Mill Lane" not in page


@pytest.mark.requirement("R63")
def test_what_went_well_before_is_shown_again_before_a_later_step(
    member_client: FlaskClient, rows: Session
) -> None:
    member, first = account_of(rows, EMAIL), outing(rows, title="Quiet table")
    said_yes(rows, member, first)
    body = ReflectionBody(attended=True, predicted=70, peak=45)
    reflections.record(rows, member=member, occurrence=first.id, reflection=body, now=first.ends_at)
    rows.commit()
    page = text(member_client, f"/occurrences/{outing(rows, days=14).id}/yes")
    assert "Remember “Quiet table”? You expected 70. The hardest moment was 45." in page


def test_outings_are_ahead_or_wait_for_a_word(
    member_client: FlaskClient, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = account_of(rows, EMAIL)
    said_yes(rows, member, outing(rows, title="First walk"))
    said_yes(rows, member, outing(rows, days=7, title="Second walk"))
    at(monkeypatch, NOW + timedelta(days=3))
    page = text(member_client, "/outings/")
    waiting, ahead = page.split('id="ahead-title"')
    assert "First walk" in waiting
    assert "How was it?" in waiting
    assert "Second walk" in ahead
    assert "First walk" not in ahead


def test_another_member_s_outing_is_the_same_404_as_none(
    member_client: FlaskClient, organizer_client: FlaskClient, rows: Session
) -> None:
    row = said_yes(rows, account_of(rows, "organizer@example.com"), outing(rows))
    theirs, nobodys = (member_client.get(f"/outings/{each}/") for each in (row.id, "0" * 32))
    assert theirs.status_code == nobodys.status_code == 404
    assert post(member_client, f"/outings/{row.id}/cancel").status_code == 404
    assert member_client.get(f"/outings/{row.id}/calendar.ics").status_code == 404
    assert answers(rows, row.member) == ["yes"]


def test_what_has_begun_takes_no_yes(
    member_client: FlaskClient, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    occurrence: Occurrence = outing(rows)
    at(monkeypatch, occurrence.starts_at)
    assert member_client.get(f"/occurrences/{occurrence.id}/yes").status_code == 303
    assert post(member_client, f"/occurrences/{occurrence.id}/yes").status_code == 409
