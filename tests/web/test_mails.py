"""The page about mails, and stopping the weekly letter from a mail program."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import digests
from domain.models import Digest, Member, OutboxMessage
from tests.web.conftest import ORIGIN, post

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def page(client: FlaskClient) -> str:
    return client.get("/account/mails/", base_url=ORIGIN).get_data(as_text=True)


def test_the_letter_is_asked_for_changed_and_stopped(member_client: FlaskClient, rows: Session) -> None:
    assert "You do not get it now." in page(member_client)
    assert post(member_client, "/account/mails/letter", weekday="2", hour="9").status_code == 303
    assert "It comes each Wednesday, at 9 in the morning." in page(member_client)
    assert post(member_client, "/account/mails/letter", weekday="5", hour="18").status_code == 303
    assert "It comes each Saturday, at 6 in the evening." in page(member_client)
    (digest,) = rows.scalars(select(Digest))
    timers = rows.scalars(select(OutboxMessage).where(OutboxMessage.kind == "digest_due")).all()
    assert digest.due_at is not None
    assert [each.body["at"] for each in timers][-1] == digest.due_at.isoformat()
    rows.rollback()
    assert post(member_client, "/account/mails/none").status_code == 303
    assert "You do not get it now." in page(member_client)


def test_a_day_that_is_none_is_said(member_client: FlaskClient, rows: Session) -> None:
    answer = post(member_client, "/account/mails/letter", weekday="9", hour="3")
    assert answer.status_code == 422
    assert "There is a problem" in answer.get_data(as_text=True)
    assert rows.scalars(select(Digest)).all() == []


def token(rows: Session) -> str:
    member = rows.scalars(select(Member)).one()
    digests.choose(rows, member=member, weekday=6, hour=18, now=member.created_at)
    made = digests.stop_token(rows, member.id)
    rows.commit()
    return made


def wanted(rows: Session) -> bool:
    rows.expire_all()
    found = rows.scalars(select(Digest)).one().wanted
    rows.rollback()
    return found


def test_a_mail_program_stops_it_without_session_or_page(
    app: Flask, signed_in: Callable[..., FlaskClient], rows: Session
) -> None:
    signed_in()
    link = f"/mails/stop/{token(rows)}"
    program = app.test_client()
    for _again in range(2):
        answer = program.post(link, data=ONE_CLICK, base_url=ORIGIN)
        assert answer.status_code == 200
        assert "No more letters" in answer.get_data(as_text=True)
        assert not wanted(rows)


def test_following_the_link_stops_nothing_but_shows_the_button(
    app: Flask, signed_in: Callable[..., FlaskClient], rows: Session
) -> None:
    signed_in()
    link = f"/mails/stop/{token(rows)}"
    answer = app.test_client().get(link, base_url=ORIGIN)
    assert answer.status_code == 200
    assert f'action="{link}"' in answer.get_data(as_text=True)
    assert "robin@example.com" not in answer.get_data(as_text=True)
    assert wanted(rows)


def test_a_changed_token_stops_nothing(
    app: Flask, signed_in: Callable[..., FlaskClient], rows: Session
) -> None:
    signed_in()
    good = token(rows)
    member, _, mark = good.partition(".")
    for bad in (f"{member}.{'0' * 64}", f"{'0' * 32}.{mark}", member, f"{member}.", f"{good}0"):
        assert app.test_client().post(f"/mails/stop/{bad}", base_url=ORIGIN).status_code == 404
    assert wanted(rows)
