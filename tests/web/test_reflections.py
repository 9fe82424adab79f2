"""Looking back: once, short, own; what moved when it has been taken in; kindness when it was hard."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from domain import heartbeats, ladders, reflections
from domain.ladders import ChangeBody, ChangeKind, RungBody
from domain.models import Member, Reflection, Rsvp
from matching.rungs import KINDS
from tests.conftest import NOW
from tests.web.conftest import post
from tests.web.loop_rows import account_of, at, outing, said_yes, still  # noqa: F401

EMAIL = "member@example.com"
AFTER = NOW + timedelta(days=2)


@pytest.fixture
def been(member_client: FlaskClient, rows: Session, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of an answer to an outing that is over; 70 was expected."""
    row = said_yes(rows, account_of(rows, EMAIL), outing(rows), expected=70)
    at(monkeypatch, AFTER)
    return str(row.id)


def text(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def keep(client: FlaskClient, rsvp: str, **fields: Any) -> TestResponse:
    return post(client, f"/outings/{rsvp}/reflection", **({"went": "stayed"} | fields))


def heard(rows: Session) -> None:
    heartbeats.beat(rows, kind="worker", name="worker/matching/here/1", now=AFTER)
    rows.commit()


@pytest.mark.requirement("R83", "R33", "R28")
def test_the_page_asks_briefly_and_not_twice(member_client: FlaskClient, been: str) -> None:
    page = text(member_client, f"/outings/{been}/reflection")
    for words in (
        "What felt easy?",
        "What was challenging?",
        "What would you change next time?",
        "expected 70",
    ):
        assert words in page, words
    assert 'name="predicted"' not in page
    assert page.count("<textarea") == 3
    assert page.count('name="wins"') == 3
    assert "Leave quickly" in page


def test_what_was_said_is_kept(member_client: FlaskClient, rows: Session, been: str) -> None:
    response = keep(
        member_client,
        been,
        peak="45",
        end="20",
        easy="Walking",
        safety="on_phone",
        wins="kind_word",
        again="maybe",
        welcome="mostly",
        masking="very",
    )
    assert response.status_code == 303
    body = reflections.read(rows, rows.scalars(select(Reflection)).one())
    assert (body.predicted, body.peak, body.end, body.easy) == (70, 45, 20, "Walking")
    assert (body.safety_behaviours, body.small_wins, body.meet_again) == (
        ("on_phone",),
        ("kind_word",),
        "maybe",
    )
    assert (body.welcome, body.counted) == ("mostly", True)
    page = text(member_client, response.location)
    assert "You expected 70. The hardest moment was 45." in page
    assert "easier than you thought" in page
    assert "Outings of this kind now come later" in page


@pytest.mark.requirement("R27")
def test_a_second_one_is_gently_closed(member_client: FlaskClient, rows: Session, been: str) -> None:
    keep(member_client, been, peak="45")
    response = keep(member_client, been, peak="90")
    assert response.status_code == 303
    page = text(member_client, response.location)
    assert "It can rest now" in page
    assert "<textarea" not in page
    assert reflections.read(rows, rows.scalars(select(Reflection)).one()).peak == 45


@pytest.mark.requirement("R35")
def test_leaving_early_and_not_going_are_met_warmly(
    member_client: FlaskClient, rows: Session, been: str
) -> None:
    response = keep(member_client, been, went="not", peak="60")
    assert "Nothing is lost" in text(member_client, response.location)
    assert rows.scalars(select(Rsvp.attended)).one() is False


@pytest.mark.requirement("R35")
def test_leaving_early_counts(member_client: FlaskClient, been: str) -> None:
    response = keep(member_client, been, went="early", peak="45")
    assert "You left when it was right for you" in text(member_client, response.location)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"went": ""}, "Choose one. Each of them is fine."),
        ({"peak": "101"}, "Choose a number from 0 to 100"),
        ({"peak": "30", "end": "60"}, "The end is harder than the hardest moment"),
        ({"easy": "x" * 501}, "A few lines are enough here."),
    ],
)
def test_what_cannot_be_comes_back_with_what_was_typed(
    member_client: FlaskClient, rows: Session, been: str, fields: dict[str, str], problem: str
) -> None:
    response = keep(member_client, been, **{"adjust": "Come later"} | fields)
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert page.count(problem) == 2, "in the summary and at the field"
    assert "Come later" in page
    assert rows.scalars(select(Reflection)).all() == []


@pytest.mark.requirement("R84")
def test_what_moved_is_shown_when_it_has_been_taken_in(
    member_client: FlaskClient, rows: Session, been: str
) -> None:
    heard(rows)
    path = keep(member_client, been, peak="30").location
    assert "load delay:300ms" in text(member_client, path)
    row, member = rows.scalars(select(Reflection)).one(), account_of(rows, EMAIL)
    kinds = [RungBody(label=label, situation=KINDS[0].situation) for label in ("Read along", "Say hello")]
    ladders.draft(rows, member=member, rungs=kinds, now=AFTER)
    view = ladders.current(rows, member=member)
    assert view is not None
    body = ChangeBody(kind=ChangeKind.ADVANCE, rung=view.rungs[0].id, to=view.rungs[1].id, reason="two_calm")
    ladders.record_change(rows, member=member, reflection=row.id, body=body, proposes=True, now=AFTER)
    row.learnt_at = AFTER
    rows.commit()
    fragment = text(member_client, f"{path}moved")
    assert "hx-trigger" not in fragment
    assert "You could go on to “Say hello”." in fragment
    assert "It stayed calm twice in a row." in fragment
    assert "Leave it as it is" in fragment


def test_without_a_worker_the_page_does_not_wait(
    member_client: FlaskClient, been: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = keep(member_client, been, peak="30").location
    at(monkeypatch, AFTER + timedelta(minutes=5))
    page = text(member_client, path)
    assert "takes a little longer" in page
    assert "hx-trigger" not in page


@pytest.mark.requirement("R39", "R40", "R42")
def test_a_hard_one_opens_kindness_and_names_no_fault(member_client: FlaskClient, been: str) -> None:
    response = keep(member_client, been, peak="90", end="70")
    assert response.location.endswith("/kindness")
    page = text(member_client, response.location)
    assert "It makes sense that it was a lot." in page
    assert "If you like, give it a name" in page
    for word in ("fail", "should have", "mistake", "wrong", "your fault"):
        assert word not in page.split("<main")[1].split("</main>")[0].lower(), word


@pytest.mark.requirement("R41")
@pytest.mark.parametrize(
    ("step", "leads_to"),
    [("gentler", "/suggestions/"), ("prepare", "/ladder/tough-day"), ("rest", "/suggestions/")],
)
def test_kindness_ends_with_a_step_the_member_chose(
    member_client: FlaskClient, rows: Session, been: str, step: str, leads_to: str
) -> None:
    path = keep(member_client, been, peak="90").location
    assert post(member_client, path).status_code == 422, "the way on is chosen, not given"
    response = post(member_client, path, step=step, feelings="tired")
    assert response.location == leads_to
    member = account_of(rows, EMAIL)
    row = rows.scalars(select(Reflection)).one()
    (change,) = ladders.after_reflection(rows, member=member, reflection=row.id)
    assert (change.body.kind, change.body.reason, change.body.words) == (
        ChangeKind.KINDNESS,
        step,
        ("tired",),
    )
    paused = rows.get_one(Member, member).paused_until
    assert (paused == AFTER + timedelta(days=7)) is (step == "rest")


def test_an_outing_that_has_not_begun_is_not_looked_back_on(
    member_client: FlaskClient, rows: Session
) -> None:
    row = said_yes(rows, account_of(rows, EMAIL), outing(rows))
    assert member_client.get(f"/outings/{row.id}/reflection").location == f"/outings/{row.id}/"
    assert keep(member_client, row.id).status_code == 409


def test_another_member_s_reflection_is_not_there(
    member_client: FlaskClient, organizer_client: FlaskClient, been: str
) -> None:
    path = keep(member_client, been, peak="90").location
    for theirs in (path, path.removesuffix("kindness"), f"{path.removesuffix('kindness')}moved"):
        assert organizer_client.get(theirs).status_code == 404
    assert organizer_client.get(f"/outings/{been}/reflection").status_code == 404
    assert keep(organizer_client, been).status_code == 404


@pytest.mark.parametrize(("went", "kept"), [("stayed", True), ("not", False)])
def test_it_was_not_as_described_is_kept(
    member_client: FlaskClient, rows: Session, been: str, went: str, kept: bool
) -> None:
    assert "It was not as it was described" in text(member_client, f"/outings/{been}/reflection")
    assert keep(member_client, been, went=went, otherwise="y").status_code == 303
    rows.expire_all()
    assert reflections.read(rows, rows.scalars(select(Reflection)).one()).otherwise is kept
