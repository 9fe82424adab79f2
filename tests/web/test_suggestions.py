"""Suggestions: three cards in words, answers equally easy, and a search that says how far it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import heartbeats, reflections, runs
from domain.models import Answer, MatchingRun, Reflection, Suggestion
from matching.practice import ON_PAPER
from tests.conftest import NOW
from tests.web.conftest import post
from tests.web.loop_rows import account_of, at, outing, still, suggested  # noqa: F401

EMAIL = "member@example.com"


def text(client: FlaskClient, path: str = "/suggestions/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def heard(rows: Session) -> None:
    heartbeats.beat(rows, kind="worker", name="worker/matching/here/1", now=NOW)
    rows.commit()


@pytest.mark.requirement("R06", "R38", "R62")
def test_a_card_says_what_takes_pressure_off_and_why_this_one(
    member_client: FlaskClient, rows: Session
) -> None:
    suggested(rows, account_of(rows, EMAIL), outing(rows, price=0))
    page = text(member_client)
    for words in (
        "Slow walk by the river",
        "18:30",
        "About 6 others",
        "A little, if you like",
        "Quiet",
        "Free",
        "Step-free: not stated",
        "Maureen",
        "You like walking.",
        "a bit hard",
    ):
        assert words in page, words
    assert "12 Mill Lane" not in page
    assert "Mill House" not in page
    assert "44" not in page.split('class="pressure"')[1][:300], "how it may feel is said in words"


@pytest.mark.requirement("R19")
def test_the_gentler_one_is_for_a_tough_day(member_client: FlaskClient, rows: Session) -> None:
    suggested(rows, account_of(rows, EMAIL), outing(rows), kind="gentler")
    assert "for a tough day" in text(member_client)


@pytest.mark.parametrize(("said", "peak"), [("35", 35), ("", None)])
def test_where_nothing_is_right_sized_there_is_a_step_from_home(
    member_client: FlaskClient, rows: Session, said: str, peak: int | None
) -> None:
    """It counts, whether or not one says how hard it was; twice is once."""
    row = suggested(rows, account_of(rows, EMAIL), None, kind="preparation")
    assert "Write one message in an online group" in text(member_client)
    for _ in range(2):
        assert post(member_client, f"/suggestions/{row.id}/done", peak=said).status_code == 303
    rows.expire_all()
    assert rows.get_one(Suggestion, row.id).answer == Answer.YES
    (kept,) = rows.scalars(select(Reflection)).all()
    body = reflections.read(rows, kept)
    assert (body.practice, body.peak, body.attended) == ("online_message", peak, True)
    assert "Small steps at home count too" in text(member_client)


def test_how_hard_a_step_from_home_was_is_a_number_from_0_to_100(
    member_client: FlaskClient, rows: Session
) -> None:
    row = suggested(rows, account_of(rows, EMAIL), None, kind="preparation")
    post(member_client, f"/suggestions/{row.id}/done", peak="120")
    rows.expire_all()
    assert rows.get_one(Suggestion, row.id).answer is None
    assert "Choose a number from 0 to 100" in text(member_client)


def test_where_even_that_is_too_much_nobody_is_met_and_nothing_is_asked(
    member_client: FlaskClient, rows: Session
) -> None:
    row = suggested(rows, account_of(rows, EMAIL), None, kind="preparation", practice=ON_PAPER)
    page = text(member_client)
    assert "Write down what you expect there." in page
    assert 'href="/profile/comfort"' in page
    assert "how hard" not in page.split(f"suggestion-{row.id}")[1].split("</article>")[0].lower()
    assert post(member_client, f"/suggestions/{row.id}/done").status_code == 303
    assert rows.scalars(select(Reflection)).all() == []


def test_left_out_is_told_in_words_with_numbers(member_client: FlaskClient, rows: Session) -> None:
    suggested(rows, account_of(rows, EMAIL), outing(rows))
    page = text(member_client)
    assert "12 were further than you like to go." in page
    assert "1 had no place open." in page


@pytest.mark.requirement("R43")
def test_not_this_one_is_one_tap_and_costs_nothing(member_client: FlaskClient, rows: Session) -> None:
    row = suggested(rows, account_of(rows, EMAIL), outing(rows))
    response = post(member_client, f"/suggestions/{row.id}/not-this-one")
    assert response.status_code == 303
    rows.expire_all()
    assert rows.get_one(Suggestion, row.id).answer == Answer.NOT_NOW
    page = text(member_client)
    assert "Slow walk by the river" not in page
    assert "We are looking for another one" in page


@pytest.mark.requirement("R46")
def test_not_a_fit_says_first_what_it_does(member_client: FlaskClient, rows: Session) -> None:
    row = suggested(rows, account_of(rows, EMAIL), outing(rows))
    assert "we will not suggest “Tuesday walkers” again" in text(
        member_client, f"/suggestions/{row.id}/not-a-fit"
    )
    post(member_client, f"/suggestions/{row.id}/not-a-fit")
    rows.expire_all()
    assert rows.get_one(Suggestion, row.id).answer == Answer.NOT_A_FIT


@pytest.mark.requirement("R01")
def test_yes_decides_nothing_but_leads_to_what_it_means(member_client: FlaskClient, rows: Session) -> None:
    occurrence = outing(rows)
    row = suggested(rows, account_of(rows, EMAIL), occurrence)
    response = post(member_client, f"/suggestions/{row.id}/yes")
    assert response.location.startswith(f"/occurrences/{occurrence.id}/yes")
    rows.expire_all()
    assert rows.get_one(Suggestion, row.id).answer is None


def test_while_the_worker_works_the_page_asks_again_and_stops_when_done(
    member_client: FlaskClient, rows: Session
) -> None:
    heard(rows)
    member = account_of(rows, EMAIL)
    assert post(member_client, "/suggestions/look").status_code == 303
    page = text(member_client)
    assert 'hx-get="/suggestions/progress"' in page
    assert "load delay:300ms" in page
    assert "load delay:1s" in text(member_client, "/suggestions/progress")
    suggested(rows, member, outing(rows))
    fragment = text(member_client, "/suggestions/progress")
    assert "hx-trigger" not in fragment
    assert "One idea is ready." in fragment
    assert "<html" not in fragment


def test_looking_twice_is_one_search(member_client: FlaskClient, rows: Session) -> None:
    for _ in range(2):
        post(member_client, "/suggestions/look")
    assert len(rows.scalars(select(MatchingRun)).all()) == 1


def test_without_script_looking_again_refreshes_by_itself(member_client: FlaskClient, rows: Session) -> None:
    heard(rows)
    post(member_client, "/suggestions/look")
    assert 'href="/suggestions/?again=1"' in text(member_client)
    assert member_client.get("/suggestions/?again=1").headers["Refresh"] == "3"
    assert "Refresh" not in member_client.get("/suggestions/").headers


def test_a_search_nobody_works_on_is_put_off_kindly(
    member_client: FlaskClient, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(member_client, "/suggestions/look")
    at(monkeypatch, NOW + timedelta(minutes=5))
    heartbeats.beat(rows, kind="worker", name="worker/mail/here/1", now=NOW + timedelta(minutes=5))
    rows.commit()
    page = text(member_client, "/suggestions/progress")
    assert "taking longer than usual" in page, "a worker that only writes mails finds nothing"
    assert "load delay:10s" in page
    assert "found-said" not in page, "nothing has come that could be said"


def test_a_late_search_leaves_what_is_being_answered_alone(
    member_client: FlaskClient, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    suggested(rows, account_of(rows, EMAIL), outing(rows))
    post(member_client, "/suggestions/look")
    at(monkeypatch, NOW + timedelta(minutes=5))
    page = text(member_client)
    assert "taking longer than usual" in page
    assert "hx-trigger" not in page


def test_a_failed_search_says_so_without_blame(member_client: FlaskClient, rows: Session) -> None:
    run = runs.request(rows, member=account_of(rows, EMAIL), reason="asked", now=NOW)
    runs.give_up(rows, run.id, failure="ValueError", now=NOW)
    rows.commit()
    page = text(member_client)
    assert "It was on our side" in page
    assert "ValueError" not in page


def test_nothing_yet_is_an_empty_page_with_a_way_on(member_client: FlaskClient) -> None:
    page = text(member_client)
    assert "Nothing waiting for an answer" in page
    assert "/events/" in page


def test_another_member_s_suggestion_is_not_there(
    member_client: FlaskClient, organizer_client: FlaskClient, rows: Session
) -> None:
    row = suggested(rows, account_of(rows, "organizer@example.com"), outing(rows))
    assert "Slow walk by the river" not in text(member_client)
    for verb in ("yes", "not-this-one", "not-a-fit", "done"):
        assert post(member_client, f"/suggestions/{row.id}/{verb}").status_code == 404
    rows.expire_all()
    assert rows.get_one(Suggestion, row.id).answer is None
