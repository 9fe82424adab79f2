"""Log lines: one a request with its number, as JSON; never what somebody wrote, not even in an error."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from tests.web.conftest import ORIGIN, post
from web.auth import Audience, audience
from web.logs import Lines

CANARY = "the dog is called Biscuit"


@pytest.fixture
def app(own_app: Flask) -> Flask:
    return own_app


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """What is logged, as JSON read back."""
    found: list[dict[str, Any]] = []
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines(as_json=True))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield _Reading(stream, found)
    root.removeHandler(handler)
    root.setLevel(level)


class _Reading(list[dict[str, Any]]):
    def __init__(self, stream: io.StringIO, found: list[dict[str, Any]]) -> None:
        super().__init__(found)
        self._stream = stream

    def read(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._stream.getvalue().splitlines()]

    @property
    def text(self) -> str:
        return self._stream.getvalue()


def test_a_request_is_one_line_with_the_number_the_answer_carries(client: FlaskClient, lines: Any) -> None:
    answer = client.get("/help", base_url=ORIGIN)
    (line,) = [each for each in lines.read() if each["event"] == "request"]
    assert line["request"] == answer.headers["X-Request-ID"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/help", 200)
    assert line["ms"] >= 0


def test_health_checks_and_files_fill_no_log(client: FlaskClient, lines: Any) -> None:
    for path in ("/healthz", "/static/tokens.css", "/metrics"):
        assert client.get(path, base_url=ORIGIN, buffered=True).status_code == 200
    assert lines.read() == []


def test_nothing_typed_or_asked_for_stands_in_a_log(client: FlaskClient, lines: Any) -> None:
    post(client, "/login", email="canary@example.com", password=CANARY)
    client.get(f"/occurrences/{CANARY}?q={CANARY}", base_url=ORIGIN, headers={"User-Agent": CANARY})
    client.get(f"/confirm/{CANARY}", base_url=ORIGIN)
    assert lines.read()
    assert "iscuit" not in lines.text
    assert "canary" not in lines.text


@pytest.mark.requirement("C55")
def test_an_error_tells_its_kind_and_place_and_not_its_words(app: Flask, lines: Any) -> None:
    @audience(Audience.ANYONE)
    def fail() -> str:
        raise ValueError(request.args["q"])

    app.add_url_rule("/fails", "fails", fail)
    answer = app.test_client().get("/fails", query_string={"q": CANARY}, base_url=ORIGIN)
    assert answer.status_code == 500
    (told,) = [each for each in lines.read() if each.get("error")]
    assert told["error"] == "ValueError"
    assert any(place.startswith("test_logs.py:") and place.endswith(" fail") for place in told["at"])
    assert answer.headers["X-Request-ID"] in told["event"]
    assert "iscuit" not in lines.text


def test_text_lines_say_the_same() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "request", None, None)
    record.facts = {"route": "/help", "status": 200}
    line = Lines(as_json=False).format(record)
    assert line.endswith("[info] request route=/help status=200")
