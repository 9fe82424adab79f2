"""What went otherwise than hoped: a calm page, a number, a way on; never a trace."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask, Response, abort, after_this_request
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError, OperationalError

from domain.errors import Conflict, Invalid, NotAllowed, NotFound
from domain.policies import Audience
from tests.web.conftest import ORIGIN
from web.auth import audience
from web.db import db

RAISED = (
    (NotFound(), 404),
    (NotAllowed("This is for somebody else."), 403),
    (Conflict("It is full now."), 409),
    (Invalid({"name": "Enter a name."}), 422),
    (IntegrityError("INSERT", {}, Exception("unique canary")), 409),
    (OperationalError("SELECT", {}, Exception("locked canary")), 503),
    (RuntimeError("canary in a message"), 500),
)


@pytest.fixture
def app(own_app: Flask) -> Flask:
    return own_app


def raising(app: Flask, error: Exception) -> None:
    @audience(Audience.ANYONE)
    def fail() -> str:
        raise error

    app.add_url_rule("/fail", "fail", fail)


@pytest.mark.requirement("C57", "R95")
@pytest.mark.parametrize(("error", "status"), RAISED, ids=lambda value: str(value)[:20])
def test_each_becomes_a_calm_page(app: Flask, client: FlaskClient, error: Exception, status: int) -> None:
    raising(app, error)
    answer = client.get("/fail", base_url=ORIGIN)
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert re.search(r'class="reference">[0-9a-f]{8}<', page)
    assert 'href="/help"' in page
    assert 'href="/"' in page
    assert "Traceback" not in page
    assert "canary" not in page


def test_what_the_domain_says_is_shown(app: Flask, client: FlaskClient) -> None:
    raising(app, Conflict("It is full now."))
    assert "It is full now." in client.get("/fail", base_url=ORIGIN).get_data(as_text=True)


def test_a_collision_at_the_very_end_is_told_as_one(app: Flask, client: FlaskClient) -> None:
    @audience(Audience.ANYONE)
    def fail() -> str:
        @after_this_request
        def commit(_response: Response) -> Response:
            raise IntegrityError("INSERT", {}, Exception("unique"))

        return "so far so good"

    app.add_url_rule("/fail", "fail", fail)
    assert client.get("/fail", base_url=ORIGIN).status_code == 409


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 418, 429])
def test_each_status_has_a_page(app: Flask, client: FlaskClient, status: int) -> None:
    @audience(Audience.ANYONE)
    def fail() -> str:
        abort(status)

    app.add_url_rule("/fail", "fail", fail)
    answer = client.get("/fail", base_url=ORIGIN)
    assert answer.status_code == status
    assert "<h1>" in answer.get_data(as_text=True)


@pytest.mark.requirement("C55", "C57")
def test_what_failed_is_logged_with_its_number_and_nothing_typed(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    raising(app, RuntimeError("it broke"))
    page = client.get("/fail?typed=canary", base_url=ORIGIN).get_data(as_text=True)
    number = re.search(r'class="reference">([0-9a-f]{8})<', page)
    assert number
    assert number[1] in caplog.text
    assert "canary" not in caplog.text


def test_without_a_database_there_still_is_a_page(app: Flask, member_client: FlaskClient) -> None:
    with app.app_context():
        db.engine.dispose()
        file = Path(str(db.engine.url.database))
    file.write_bytes(b"no longer a database, whatever it was before" * 200)
    for extra in ("-wal", "-shm"):
        file.with_name(file.name + extra).unlink(missing_ok=True)
    answer = member_client.get("/help", base_url=ORIGIN)
    assert answer.status_code == 500
    assert 'href="/help"' in answer.get_data(as_text=True)
