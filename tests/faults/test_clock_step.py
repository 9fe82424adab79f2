"""The clock of a running PostgreSQL really stepped, by libfaketime (Debian: faketime); skipped without it.

What its processes ask the system for is an hour ahead from one moment to the next, and then back again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from domain import database, outbox
from domain.clock import seconds_now
from domain.database import Sessions
from tests.chaos.place import KEYRING
from tests.chaos.postgres import Postgres
from tests.faults.test_clock import HOUR, close, effects, plan, take

pytestmark = pytest.mark.chaos
Step = Callable[[float], None]


@pytest.fixture
def stepped_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Sessions, Step]]:
    """Sessions of a server, and what sets its clock so many seconds off."""
    found = [
        *Path("/usr/lib").glob("faketime/libfaketime.so.1"),
        *Path("/usr/lib").glob("*/faketime/libfaketime.so.1"),
    ]
    if not found:
        pytest.skip("libfaketime is not installed (apt-get install faketime)")
    server = Postgres()
    offset = server.folder / "offset"

    def step(seconds: float) -> None:
        offset.write_text(f"{seconds:+.0f}\n", encoding="ascii")
        offset.chmod(0o644)

    step(0)
    with monkeypatch.context() as environ:
        environ.setenv("LD_PRELOAD", str(found[0]))
        environ.setenv("FAKETIME_TIMESTAMP_FILE", str(offset))
        environ.setenv("FAKETIME_NO_CACHE", "1")
        environ.setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        server.start()
    database.upgrade(server.url)
    engine = database.open_engine(server.url)
    yield database.open_sessions(engine, KEYRING), step
    engine.dispose()
    server.stop()


def now(sessions: Sessions) -> float:
    with sessions() as session:
        return session.scalar(select(seconds_now())) or 0.0


def test_an_hour_ahead_and_back_beneath_a_running_server(stepped_server: tuple[Sessions, Step]) -> None:
    sessions, step = stepped_server
    plan(sessions, "ann")
    (slow,) = take(sessions)
    before = now(sessions)
    step(HOUR)
    assert now(sessions) - before == pytest.approx(HOUR, abs=60), "the step is seen"
    (quick,) = take(sessions)
    with pytest.raises(outbox.Fenced):
        close(sessions, slow)
    close(sessions, quick)
    plan(sessions, "bob")
    (lost,) = take(sessions)
    step(0)
    (taken,) = take(sessions)  # a lease from the future holds nothing up
    close(sessions, taken)
    with pytest.raises(outbox.Fenced):
        close(sessions, lost)
    assert take(sessions) == []
    assert effects(sessions) == 2
