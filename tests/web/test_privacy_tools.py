"""A copy, leaving and coming back: after the password once more, for oneself alone."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from domain import accounts, database, export
from domain.models import Account, Export, Member, OutboxMessage
from tests import factories
from tests.conftest import KEYRING
from tests.web.conftest import ORIGIN, csrf, post, sign_in
from web import clock
from workers.drain import drain_lanes
from workers.mailer import FolderMailer
from workers.runtime import Runtime

SignedIn = Callable[..., FlaskClient]


def get(client: FlaskClient, path: str) -> TestResponse:
    return client.get(path, base_url=ORIGIN)


def text(response: TestResponse) -> str:
    return response.get_data(as_text=True)


@pytest.fixture
def work(sqlite_url: str, home: Path) -> Callable[[], None]:
    def done() -> None:
        engine = database.open_engine(sqlite_url)
        runtime = Runtime(
            sessions=database.open_sessions(engine, KEYRING),
            mailer=FolderMailer(home / "mail"),
            base_url=ORIGIN,
            mail_from="handrail@localhost",
            home=home,
        )
        drain_lanes(runtime)
        runtime.close()

    return done


@pytest.mark.requirement("C14")
@pytest.mark.parametrize("path", ["/privacy/export", "/privacy/leave", "/supporters/new"])
def test_what_matters_asks_for_the_password_once_more(signed_in: SignedIn, path: str) -> None:
    client = signed_in()
    assert get(client, path).status_code == 200
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
        for answer in (get(client, path), post(client, path)):
            assert answer.status_code == 303
            assert answer.location == f"/verify?next={path}"


def test_a_copy_is_asked_for_followed_and_taken(
    signed_in: SignedIn, rows: Session, work: Callable[[], None]
) -> None:
    client = signed_in(display_name="Ann")
    assert post(client, "/privacy/export").location == "/privacy/export"
    page = text(get(client, "/privacy/export"))
    assert "putting it together" in page
    assert "Look again" in page
    work()
    page = text(get(client, "/privacy/export/state"))
    found = re.search(r'action="(/privacy/export/[0-9a-f]{32}/file)"', page)
    assert found
    answer = post(client, found[1])
    assert answer.mimetype == "application/zip"
    assert answer.headers["Cache-Control"] == "private, no-store"
    with ZipFile(io.BytesIO(answer.data)) as archive:
        assert b"Ann" in archive.read("data.json")
    answer.close()
    assert get(client, found[1]).status_code == 405


@pytest.mark.requirement("C03")
def test_a_copy_is_its_owners_alone(signed_in: SignedIn, rows: Session, work: Callable[[], None]) -> None:
    post(signed_in("ann@example.com"), "/privacy/export")
    work()
    identity = rows.scalars(select(Export.id)).one()
    rows.commit()
    other = signed_in("ben@example.com")
    assert post(other, f"/privacy/export/{identity}/file").status_code == 404
    assert "ready" not in text(get(other, "/privacy/export"))


def leave(client: FlaskClient, when: str) -> TestResponse:
    return post(client, "/privacy/leave", when=when)


@pytest.mark.requirement("C12")
def test_leaving_signs_out_everywhere_at_once(app: Flask, signed_in: SignedIn, rows: Session) -> None:
    client, elsewhere = signed_in("ann@example.com"), app.test_client()
    sign_in(elsewhere, "ann@example.com")
    assert get(elsewhere, "/account/").status_code == 200
    answer = leave(client, "in_a_week")
    assert answer.location == "/privacy/left"
    assert "Come back after all" in text(get(client, "/privacy/left"))
    for each in (client, elsewhere):
        assert get(each, "/account/").status_code == 303
    assert sign_in(app.test_client(), "ann@example.com").status_code == 422, "the sign-in page refuses"


def test_coming_back_takes_the_password_and_then_all_is_as_it_was(
    app: Flask, signed_in: SignedIn, rows: Session
) -> None:
    leave(signed_in("ann@example.com", display_name="Ann"), "in_a_week")
    client = app.test_client()
    for email, password in (
        ("ann@example.com", "not the password"),
        ("nobody@example.com", factories.PASSWORD),
    ):
        refused = post(client, "/privacy/come-back", email=email, password=password)
        assert refused.status_code == 422
        assert "Check the address and the password" in text(refused)
    answer = post(client, "/privacy/come-back", email="Ann@example.com", password=factories.PASSWORD)
    assert answer.location == "/login"
    assert sign_in(client, "ann@example.com").status_code == 302


def test_somebody_who_is_not_leaving_learns_nothing_there(client: FlaskClient, rows: Session) -> None:
    factories.member(rows, email="ann@example.com")
    rows.commit()
    answer = post(client, "/privacy/come-back", email="ann@example.com", password=factories.PASSWORD)
    assert answer.status_code == 422


def test_leaving_for_good_leaves_no_row(signed_in: SignedIn, rows: Session, work: Callable[[], None]) -> None:
    client = signed_in("ann@example.com")
    assert leave(client, "at_once").location == "/privacy/left?for_good=1"
    work()
    assert accounts.find(rows, "ann@example.com") is None
    assert rows.scalars(select(Member)).all() == []
    assert rows.scalars(select(OutboxMessage.state).where(OutboxMessage.state == "dead")).all() == []


def test_a_choice_is_needed_to_leave(signed_in: SignedIn, rows: Session) -> None:
    client = signed_in("ann@example.com")
    assert leave(client, "").status_code == 422
    assert accounts.find(rows, "ann@example.com") is not None
    rows.commit()
    assert get(client, "/account/").status_code == 200


@pytest.mark.requirement("R95")
@pytest.mark.parametrize("path", ["/meeting-safely", "/privacy/left", "/privacy/come-back"])
def test_pages_for_everybody(client: FlaskClient, path: str) -> None:
    answer = get(client, path)
    assert answer.status_code == 200
    assert "/help" in text(answer)


JOINING = {
    "email": "young@example.com",
    "password": "a walk by the river",
    "display_name": "Yo",
    "time_zone": "Europe/London",
    "terms": "y",
}


def test_the_first_answer_about_age_counts(app: Flask, client: FlaskClient, rows: Session) -> None:
    first = post(client, "/register", **JOINING, adult="n")
    assert first.status_code == 422
    assert "18 or over" in text(first)
    second = post(client, "/register", **JOINING, adult="y")
    assert second.status_code == 422
    assert rows.scalars(select(Account)).all() == []
    rows.commit()
    assert post(app.test_client(), "/register", **JOINING, adult="y").location == "/check-mail"
    account = rows.scalars(select(Account)).one()
    assert account.adult_confirmed_at is not None


def test_a_copy_that_is_over_cannot_be_taken(
    signed_in: SignedIn, rows: Session, work: Callable[[], None]
) -> None:
    client = signed_in()
    post(client, "/privacy/export")
    work()
    row = rows.scalars(select(Export)).one()
    row.expires_at = clock.now() - timedelta(seconds=1)
    rows.commit()
    assert not export.is_ready(row, now=clock.now())
    answer = client.post(f"/privacy/export/{row.id}/file", data={"csrf_token": csrf(client)}, base_url=ORIGIN)
    assert answer.status_code == 404
    assert "no longer here" in text(answer)
