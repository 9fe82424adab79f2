"""The job that builds a copy: private file, progress, gone after its day."""

from __future__ import annotations

import io
import json
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest

from domain import events, export
from domain.database import reading, writing
from domain.events import Lane
from domain.models import Account, Export
from tests import factories
from tests.conftest import NOW
from workers.drain import drain_lanes
from workers.jobs import export as job
from workers.runtime import Runtime


@pytest.fixture
def home(runtime: Runtime, tmp_path: Path) -> Runtime:
    # timers count by the database's own clock, so this runtime goes by the real one
    return replace(runtime, home=tmp_path, clock=lambda: datetime.now(UTC))


def ask(runtime: Runtime) -> str:
    with writing(runtime.sessions) as session:
        member = factories.member(session, display_name="Ann")
        row = export.request(session, account=session.get_one(Account, member.id), now=NOW)
        return str(row.id)


def test_a_copy_lies_under_a_name_nobody_can_guess_for_us_alone(home: Runtime, tmp_path: Path) -> None:
    identity = ask(home)
    drain_lanes(home, [Lane.DEFAULT])
    with reading(home.sessions) as session:
        row = session.get_one(Export, identity)
        assert export.is_ready(row, now=home.clock())
        assert row.done == row.total
        path = tmp_path / "exports" / str(row.file)
    assert len(path.stem) == 48
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with ZipFile(io.BytesIO(path.read_bytes())) as archive:
        data = json.loads(archive.read("data.json"))
    assert data["members"][0]["display_name"] == "Ann"


def test_it_is_removed_when_its_day_is_over(home: Runtime, tmp_path: Path) -> None:
    identity = ask(home)
    drain_lanes(home, [Lane.DEFAULT])
    with reading(home.sessions) as session:
        file = str(session.get_one(Export, identity).file)
    fact = events.ExportExpired(export=identity, file=file)
    plan = job.EXPIRE.prepare(home, [fact])
    job.EXPIRE.deliver(home, plan)
    with writing(home.sessions) as session:
        job.EXPIRE.apply(session, plan, [fact], NOW + timedelta(days=1))
    assert list((tmp_path / "exports").iterdir()) == []
    with reading(home.sessions) as session:
        assert not export.is_ready(session.get_one(Export, identity), now=home.clock())


def test_a_copy_that_cannot_be_made_says_so(runtime: Runtime) -> None:
    identity = ask(runtime)
    fact = events.ExportRequested(export=identity)
    with writing(runtime.sessions) as session:
        job.BUILD.give_up(session, fact, RuntimeError(), NOW)
    with reading(runtime.sessions) as session:
        row = session.get_one(Export, identity)
        assert row.failed_at == NOW
        assert not export.is_building(row, now=NOW)
