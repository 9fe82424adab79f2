"""Somebody at one's side, over the pages: what they see, that it is listed, that it ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from domain import ladders, sealed
from domain.ladder_records import RungBody
from domain.models import Mail, Member, Support
from matching.situations import situation_of
from tests.web.conftest import ORIGIN, csrf, post
from web import clock

SignedIn = Callable[..., FlaskClient]


def get(client: FlaskClient, path: str) -> TestResponse:
    return client.get(path, base_url=ORIGIN)


def text(response: TestResponse) -> str:
    return " ".join(response.get_data(as_text=True).split())


def invite(client: FlaskClient, **changes: Any) -> TestResponse:
    until = date.today() + timedelta(days=30)  # noqa: DTZ011  (the page counts in local days)
    fields = {"name": "Noor", "items": ["ladder"], "until": until.isoformat(), "may_propose": "y"}
    return client.post(
        "/supporters/new", data={"csrf_token": csrf(client), **fields | changes}, base_url=ORIGIN
    )


def accept_path(page: str) -> str:
    found = re.search(rf"{ORIGIN}(/supporting/accept/[\w-]+)", page)
    assert found
    return found[1]


@pytest.fixture
def ann(signed_in: SignedIn, rows: Session) -> FlaskClient:
    client = signed_in("ann@example.com", display_name="Ann")
    member = rows.scalars(select(Member)).one()
    step = RungBody(label="Say hello to the postman", situation=situation_of([1.0, *[None] * 15]))
    ladders.draft(rows, member=member.id, rungs=[step], now=clock.now())
    rows.commit()
    return client


@pytest.fixture
def noor(signed_in: SignedIn) -> FlaskClient:
    return signed_in("noor@example.com", display_name="Noor")


def support(ann: FlaskClient, noor: FlaskClient, **changes: Any) -> str:
    """Invite and accept; return the supporter's path."""
    path = accept_path(text(invite(ann, **changes)))
    assert "Somebody trusts you" in text(get(noor, path))
    answer = post(noor, path)
    assert answer.status_code == 303
    return str(answer.location)


@pytest.mark.requirement("R85", "R92")
def test_a_supporter_sees_what_the_member_previews_and_each_look_is_listed(
    ann: FlaskClient, noor: FlaskClient, rows: Session
) -> None:
    path = support(ann, noor)
    own = f"/supporters/{rows.scalars(select(Support.id)).one()}/"
    rows.commit()
    preview = text(get(ann, own))
    assert "Say hello to the postman" in preview
    assert "They have not looked so far." in preview
    assert "postman" not in text(get(noor, path)), "nothing before a look is noted"
    assert post(noor, f"{path}look").status_code == 303
    seen = text(get(noor, path))
    shown = re.search(r"<h3>The ladder</h3>.*?</ol>", seen)
    assert shown
    assert shown[0] in preview
    assert "They have not looked so far." not in text(get(ann, own))


@pytest.mark.requirement("R85", "R92")
def test_goals_are_shown_as_previewed_where_they_were_chosen(
    ann: FlaskClient, noor: FlaskClient, rows: Session
) -> None:
    post(ann, "/goals/", template="new_conversation", times="2", asked="1")
    path = support(ann, noor, items=["goals"])
    own = f"/supporters/{rows.scalars(select(Support.id)).one()}/"
    rows.commit()
    preview = text(get(ann, own))
    post(noor, f"{path}look")
    seen = text(get(noor, path))
    for page in (preview, seen):
        assert "2 new conversations a week" in page
        assert "0 so far this week" in page
        assert "postman" not in page


@pytest.mark.requirement("R92", "C06")
def test_ending_it_bites_at_the_next_request(ann: FlaskClient, noor: FlaskClient, rows: Session) -> None:
    path = support(ann, noor)
    post(noor, f"{path}look")
    own = rows.scalars(select(Support.id)).one()
    rows.commit()
    assert post(ann, f"/supporters/{own}/revoke").status_code == 303
    assert get(noor, path).status_code == 404
    for step in ("look", "notes", "steps"):
        answer = post(noor, f"{path}{step}", topic="boundaries", words="x", **{"step-words": "x"})
        assert answer.status_code == 404
    assert "Nobody has asked you" in text(get(noor, "/supporting/"))


@pytest.mark.requirement("R85")
def test_two_topics_and_a_step_that_waits(ann: FlaskClient, noor: FlaskClient, rows: Session) -> None:
    path = support(ann, noor)
    assert post(noor, f"{path}notes", topic="looks", words="x").status_code == 422
    assert post(noor, f"{path}notes", topic="boundaries", words="You said no kindly.").status_code == 303
    assert post(noor, f"{path}steps", **{"step-words": "Wave back"}).status_code == 303
    own = f"/supporters/{rows.scalars(select(Support.id)).one()}/"
    rows.commit()
    page = text(get(ann, own))
    assert "You said no kindly." in page
    found = re.search(r'action="(/supporters/notes/[0-9a-f]{32}/take)"', page)
    assert found
    assert post(noor, found[1]).status_code == 404
    assert "Wave back" not in text(get(ann, "/ladder/"))
    assert post(ann, found[1]).status_code == 303
    assert "Wave back" in text(get(ann, "/ladder/"))


def test_without_leave_no_step_is_proposed(ann: FlaskClient, noor: FlaskClient) -> None:
    path = support(ann, noor, may_propose="")
    assert "Propose a step" not in text(get(noor, path))
    assert post(noor, f"{path}steps", **{"step-words": "Wave back"}).status_code == 403


def test_an_invitation_can_be_mailed_and_is_not_shown_then(ann: FlaskClient, rows: Session) -> None:
    page = text(invite(ann, email="noor@example.org"))
    assert "/supporting/accept/" not in page
    mail = rows.scalars(select(Mail)).one()
    body = sealed.unseal(rows, mail)
    assert body["to"] == "noor@example.org"
    assert "/supporting/accept/" in body["text"]


@pytest.mark.parametrize(
    "changes",
    [{"name": ""}, {"items": []}, {"until": "2020-01-01"}, {"until": "2999-01-01"}, {"email": "noor"}],
)
def test_what_is_missing_is_said(ann: FlaskClient, rows: Session, changes: dict[str, Any]) -> None:
    answer = invite(ann, **changes)
    assert answer.status_code == 422
    assert "There is a problem" in text(answer)
    assert rows.scalars(select(Support)).all() == []


@pytest.mark.requirement("C03")
def test_a_grant_is_nobody_elses(
    ann: FlaskClient, noor: FlaskClient, rows: Session, signed_in: SignedIn
) -> None:
    path = support(ann, noor)
    own = rows.scalars(select(Support.id)).one()
    rows.commit()
    other = signed_in("other@example.com")
    for each in (path, f"/supporters/{own}/"):
        assert get(other, each).status_code == 404
    assert get(noor, f"/supporters/{own}/").status_code == 404
    assert get(other, "/supporting/accept/nothing").status_code == 404
