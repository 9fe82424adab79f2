"""Log lines: short, as text or JSON; an outage is said once."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from workers import logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_is_json_where_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=True)
    logging.getLogger("handrail.work").warning("failed kind=%s message=%s level=3", "mail_requested", "07")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"]) == ("failed", "warning")
    assert (line["kind"], line["message"]) == ("mail_requested", "07")
    assert line["timestamp"].endswith("Z")


def test_a_line_is_text_and_other_peoples_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=False)
    logging.getLogger("rq.worker").error("could not connect to Redis instance")
    logging.getLogger("handrail.relay").info("started")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("started")


def test_an_outage_is_said_once_and_its_end_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    calm = logs.Calm(logging.getLogger("x"), "queue")
    calm.back()
    for _ in range(3):
        calm.away(ConnectionError("redis://user:secret@host"))
    calm.back()
    assert [record.getMessage() for record in caplog.records] == [
        "queue away error=ConnectionError",
        "queue back",
    ]
