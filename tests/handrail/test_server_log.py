"""The web server's own log holds no address of a request."""

from __future__ import annotations

import logging

import pytest
from gunicorn.config import Config

from handrail.commands.web import gunicorn
from handrail.server_log import ServerLog


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> ServerLog:
    made = ServerLog(Config())
    made.error_log = logging.getLogger("tests.server_log")
    return made


def test_an_error_while_answering_tells_kind_and_place(
    log: ServerLog, caplog: pytest.LogCaptureFixture
) -> None:
    try:
        int("Biscuit")
    except ValueError:
        log.exception("Error handling request %s", "GET /reset/a-token")
    assert "ValueError" in caplog.text
    assert "test_server_log.py" in caplog.text
    assert "a-token" not in caplog.text
    assert "Biscuit" not in caplog.text


def test_what_hinders_the_start_is_told_in_full(log: ServerLog, caplog: pytest.LogCaptureFixture) -> None:
    try:
        int("the reason")
    except ValueError:
        log.exception("Exception in worker process")
    assert "the reason" in caplog.text


def test_a_malformed_request_is_not_repeated(log: ServerLog, caplog: pytest.LogCaptureFixture) -> None:
    log.warning("Invalid request from ip=%s: %s", "203.0.113.9", "GET /a-token")
    log.warning("another %s", "thing")
    assert "a-token" not in caplog.text
    assert "203.0.113.9" not in caplog.text
    assert "another thing" in caplog.text


def test_the_server_uses_it() -> None:
    command = gunicorn("127.0.0.1:8000")
    assert command[command.index("--logger-class") + 1] == "handrail.server_log.ServerLog"
