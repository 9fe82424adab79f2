"""The desk: lanes, messages given up, decided once with a reason, and which processes are heard of."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events, heartbeats, outbox
from domain.models import MessageState, OutboxAudit, OutboxMessage
from tests import factories
from tests.web.conftest import ORIGIN, csrf
from web import clock


def given_up(rows: Session) -> OutboxMessage:
    member = factories.member(rows)
    outbox.record(rows, events.ComfortAnswered(member=member.id))
    message = rows.scalars(select(OutboxMessage)).one()
    message.state, message.attempts, message.last_error = MessageState.DEAD, 8, "TimeoutError"
    rows.commit()
    return message


def decide(client: FlaskClient, message: OutboxMessage, **fields: str) -> int:
    data = {"csrf_token": csrf(client), **fields}
    return client.post(f"/admin/desk/messages/{message.id}", data=data, base_url=ORIGIN).status_code


def test_every_lane_is_there_when_nothing_waits(admin_client: FlaskClient) -> None:
    page = admin_client.get("/admin/desk/").get_data(as_text=True)
    for lane in events.Lane:
        assert re.search(
            rf'<th scope="row">{lane}<span.*?</th><td>0</td><td>0</td><td>0</td><td>0</td><td>–</td>', page
        )
    assert "No process has been heard of" in page


def test_lanes_and_heartbeats_are_counted(admin_client: FlaskClient, rows: Session) -> None:
    message = given_up(rows)
    heartbeats.beat(rows, kind="worker", name="worker:here:12", now=clock.now())
    rows.commit()
    page = admin_client.get("/admin/desk/").get_data(as_text=True)
    assert re.search(
        rf'<th scope="row">{message.lane}<span.*?</th><td>0</td><td>0</td><td>0</td><td>1</td>', page
    )
    assert "8 tries, last: TimeoutError" in page
    assert "worker:here:12" in page
    assert ", silent" not in page
    assert message.body["member"] not in page


def test_who_waits_long_is_seen_and_what_to_do_about_it(admin_client: FlaskClient, rows: Session) -> None:
    outbox.record(rows, events.RsvpChanged(occurrence="o", member="m"))
    rows.commit()
    assert "handrail drain" not in admin_client.get("/admin/desk/").get_data(as_text=True)
    rows.scalars(select(OutboxMessage)).one().created_at -= 61
    rows.commit()
    assert "handrail drain" in admin_client.get("/admin/desk/").get_data(as_text=True)


def test_more_than_fit_are_counted(admin_client: FlaskClient, rows: Session) -> None:
    for number in range(101):
        outbox.record(rows, events.RsvpChanged(occurrence="o", member=f"m{number}"))
    for message in rows.scalars(select(OutboxMessage)):
        message.state = MessageState.DEAD
    rows.commit()
    assert "The oldest 100 of 101." in admin_client.get("/admin/desk/").get_data(as_text=True)


def test_a_reason_is_asked_for(admin_client: FlaskClient, rows: Session) -> None:
    message = given_up(rows)
    assert decide(admin_client, message, action="replay", reason=" ") == 422
    assert decide(admin_client, message, reason="Because") == 422
    assert decide(admin_client, message, action="burn", reason="Because") == 422
    rows.expire_all()
    assert message.state == MessageState.DEAD


@pytest.mark.parametrize(
    ("action", "state"), [("replay", MessageState.READY), ("discard", MessageState.DISCARDED)]
)
@pytest.mark.requirement("C47")
def test_a_decision_is_taken_once_and_kept(
    admin_client: FlaskClient, rows: Session, action: str, state: MessageState
) -> None:
    message = given_up(rows)
    assert decide(admin_client, message, action=action, reason="The server was away.") == 303
    assert decide(admin_client, message, action=action, reason="The server was away.") == 409
    rows.expire_all()
    assert message.state == state
    kept = rows.scalars(select(OutboxAudit)).one()
    assert (kept.action, kept.reason) == (action, "The server was away.")
    rows.commit()
    assert "The server was away." in admin_client.get("/admin/desk/").get_data(as_text=True)


@pytest.mark.parametrize(
    ("fields", "left", "said"), [({}, 2, "Decided. The"), ({"alike": "y"}, 0, "Decided about 3.")]
)
def test_those_like_it_are_decided_with_it_where_asked_for(
    admin_client: FlaskClient, rows: Session, fields: dict[str, str], left: int, said: str
) -> None:
    """An outage of hours gives up hundreds: nobody should have to open each."""
    for number in range(4):
        outbox.record(rows, events.RsvpChanged(occurrence="o", member=f"m{number}"))
    for number, each in enumerate(rows.scalars(select(OutboxMessage))):
        each.state, each.last_error = MessageState.DEAD, "TimeoutError" if number else "KeyError"
    rows.commit()
    message = rows.scalars(select(OutboxMessage).where(OutboxMessage.last_error == "TimeoutError")).first()
    assert message is not None
    rows.commit()
    page = admin_client.get(f"/admin/desk/messages/{message.id}").get_data(as_text=True)
    assert "2 more are of this kind" in page
    assert decide(admin_client, message, action="replay", reason="The server is back.", **fields) == 303
    rows.expire_all()
    dead = rows.scalars(select(OutboxMessage).where(OutboxMessage.state == MessageState.DEAD)).all()
    assert len(dead) == left + 1
    assert {each.last_error for each in dead} == {"KeyError", *["TimeoutError"] * min(left, 1)}
    assert len(rows.scalars(select(OutboxAudit)).all()) == 3 - left
    rows.commit()
    assert said in admin_client.get("/admin/desk/").get_data(as_text=True)


def test_a_message_that_is_not_there(admin_client: FlaskClient) -> None:
    assert admin_client.get(f"/admin/desk/messages/{'0' * 32}").status_code == 404
