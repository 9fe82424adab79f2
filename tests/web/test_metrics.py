"""Figures: who may read them, what they say, and that they name nobody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from domain import events, fits, heartbeats, outbox
from domain.fits import Fitted
from domain.models import OutboxMessage
from tests.web.conftest import ORIGIN, web_config
from web import clock
from web.app import create_app
from web.db import db

TOKEN = "a token only operators have"


@pytest.fixture
def app(own_app: Flask) -> Flask:
    return own_app


@pytest.fixture
def guarded(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = create_app(web_config(sqlite_url, tmp_path, metrics_token=TOKEN, proxy_hops=1))
    yield made
    with made.app_context():
        db.engine.dispose()


def figures(client: FlaskClient) -> str:
    answer = client.get("/metrics", base_url=ORIGIN)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    return answer.get_data(as_text=True)


def test_requests_are_counted_by_route_and_status(client: FlaskClient) -> None:
    client.get("/confirm/a-secret-token-in-a-path", base_url=ORIGIN)
    client.get("/nowhere", base_url=ORIGIN)
    text = figures(client)
    assert 'handrail_requests_total{method="GET",route="/confirm/<token>",status="200"} 1.0' in text
    assert 'route="none",status="404"} 1.0' in text
    assert 'handrail_request_seconds_bucket{le="+Inf",route="/confirm/<token>"} 1.0' in text
    assert "secret-token" not in text


def test_methods_that_are_made_up_are_one_figure(client: FlaskClient) -> None:
    """Otherwise anybody could fill the memory, and the folder of figures, a line at a time."""
    for number in range(20):
        client.open("/nowhere", method=f"FIND{number}", base_url=ORIGIN)
    text = figures(client)
    assert "FIND" not in text
    assert 'handrail_requests_total{method="other",route="none",status="404"} 20.0' in text


def test_lanes_processes_and_runs_come_from_the_database(client: FlaskClient, rows: Session) -> None:
    for number in range(3):
        outbox.record(rows, events.RsvpChanged(occurrence="o", member=f"m{number}"))
    (taken,) = outbox.take(rows, events.Lane.DEFAULT)
    outbox.close(rows, taken)
    (failing,) = outbox.take(rows, events.Lane.DEFAULT)
    outbox.fail(rows, failing, ZeroDivisionError())
    heartbeats.beat(rows, kind="worker", name="one", now=clock.now())
    rows.commit()
    text = figures(client)
    for line in (
        "handrail_database_up 1.0",
        'handrail_lane_ready{lane="default"} 1.0',
        'handrail_lane_later{lane="default"} 1.0',
        'handrail_lane_dead{lane="default"} 0.0',
        'handrail_attempts{attempts="1"} 1.0',
        'handrail_failures{error="ZeroDivisionError"} 1.0',
        'handrail_processes{kind="worker"} 1.0',
        'handrail_processes{kind="relay"} 0.0',
    ):
        assert line in text.splitlines()


def test_the_age_of_the_model_is_there_once_there_is_one(client: FlaskClient, rows: Session) -> None:
    assert "handrail_model_age" not in figures(client)
    now = clock.now() - timedelta(hours=30)
    fit = fits.request(rows, reason=fits.NIGHTLY, now=now)
    fits.finish(rows, fit.id, Fitted(sizes={}, version="a", data=b"a"), now=now)
    rows.commit()
    found = re.search(r"^handrail_model_age (\S+)$", figures(client), re.MULTILINE)
    assert found
    assert 108_000 <= float(found[1]) < 110_000


def test_a_lease_that_ended_is_seen(client: FlaskClient, rows: Session) -> None:
    outbox.record(rows, events.RsvpChanged(occurrence="o", member="m"))
    rows.commit()
    (first,) = outbox.take(rows, events.Lane.DEFAULT)
    row = rows.get_one(OutboxMessage, first.id)
    row.lease_until = 1.0
    rows.commit()
    assert "handrail_expired 1.0" in figures(client)
    outbox.take(rows, events.Lane.DEFAULT)
    rows.commit()
    assert "handrail_expired 0.0" in figures(client)
    assert "handrail_taken_over 1.0" in figures(client)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"X-Forwarded-For": "127.0.0.1"}, 404),
        ({"Forwarded": "for=127.0.0.1"}, 404),
        ({"Authorization": f"Bearer {TOKEN}"}, 200),
    ],
)
def test_without_a_token_only_this_computer_reads_them(
    client: FlaskClient, headers: dict[str, str], status: int
) -> None:
    assert client.get("/metrics", base_url=ORIGIN, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("address", "token", "status"),
    [
        ("203.0.113.9", TOKEN, 200),
        ("203.0.113.9", "another", 404),
        ("203.0.113.9", "", 404),
        ("127.0.0.1", "", 200),
        ("not an address", "", 404),
    ],
)
def test_others_need_the_token(guarded: Flask, address: str, token: str, status: int) -> None:
    headers = {"X-Forwarded-For": address, "Authorization": f"Bearer {token}"}
    assert guarded.test_client().get("/metrics", base_url=ORIGIN, headers=headers).status_code == status


def test_without_the_database_requests_are_still_counted(tmp_path: Path) -> None:
    app = create_app(web_config(f"sqlite:///{tmp_path}/absent/handrail.db", tmp_path))
    text = figures(app.test_client())
    assert "handrail_database_up 0.0" in text
    assert not re.search("^handrail_lane", text, re.MULTILINE)
    assert app.test_client().get("/readyz", base_url=ORIGIN).status_code == 503
    assert app.test_client().get("/readyz", base_url=ORIGIN).get_json()["database"] == "unreachable"
    with app.app_context():
        db.engine.dispose()


def test_nobody_is_named(client: FlaskClient, signed_in: Callable[..., FlaskClient]) -> None:
    signed_in("canary@example.com", display_name="Canary").get("/profile/", base_url=ORIGIN)
    assert "anary" not in figures(client)
