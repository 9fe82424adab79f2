"""`handrail explain`: why a run proposed what it did, in ids, parts and reasons; with a trace."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from click.testing import CliRunner, Result

from domain import audit, database, members, runs, settings
from domain.database import reading, writing
from domain.models import Member
from domain.sealed import Keyring
from handrail.cli import main
from tests.conftest import NOW
from tests.handrail.test_grant import ENVIRON
from tests.workers.people import LOUD, add_event, add_group, add_member, first_occurrence


def test_a_run_is_explained_and_looking_is_noted(sqlite_url: str, tmp_path: Path) -> None:
    environ = ENVIRON | {"HANDRAIL_HOME": str(tmp_path), "HANDRAIL_DATABASE_URL": sqlite_url}
    engine = database.open_engine(sqlite_url)
    sessions = database.open_sessions(engine, Keyring.from_text(ENVIRON["HANDRAIL_MASTER_KEY"]))
    soon = (datetime.now(UTC) - NOW).days + 4
    with writing(sessions) as session:
        group = add_group(session)
        quiet = first_occurrence(session, add_event(session, group, day=soon)).id
        loud = first_occurrence(session, add_event(session, group, day=soon + 2, facts=LOUD)).id
        member = add_member(session).id
        members.save_private(session, member=session.get_one(Member, member), own_words="zanzibar", now=NOW)
        settings.in_force(session)
        run = runs.request(session, member=member, reason="asked", now=NOW).id

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments), env=environ)

    assert call("explain", run, "--why", "too early").exit_code == 1
    call("drain", "--lane", "matching")
    assert call("explain", run).exit_code == 2, "nobody looks without saying why"
    told = call("explain", run, "--why", "Ann asked why.")
    assert told.exit_code == 0, told.output
    assert "Everything it was told is the same. It finds what was stored." in told.output
    assert f"{quiet}  right_sized" in told.output
    assert f"{loud}  ceiling" in told.output
    facts = json.loads(call("explain", run, "--json", "--why", "Ann asked why.").output)
    assert facts["same_inputs"] == {"member": True, "events": True, "together": True}
    assert facts["same_result"] is True
    assert facts["excluded"] == {loud: "ceiling"}
    assert facts["proposed"][0]["reasons"][0] == "shared_interests"
    assert set(facts["proposed"][0]) == {"occurrence", "role", "score", "parts", "reasons"}
    assert "zanzibar" not in told.output
    assert "board-games" not in told.output
    with reading(sessions) as session:
        noted = [(each.action, each.reason) for each in audit.about(session, f"run:{run}")]
    assert noted == [("run_explained", "Ann asked why.")] * 2
    engine.dispose()
