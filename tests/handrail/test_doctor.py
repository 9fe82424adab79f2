"""Each line that fails names what is wrong and the one line that mends it."""

import json
import os
import socket
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from redis import Redis
from sqlalchemy import insert

from domain import database
from domain.models import Heartbeat
from handrail import secret_files
from handrail.cli import main
from handrail.doctor import Finding, examine
from handrail.embedded import queue_server

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    secret_files.write_missing(folder)
    return folder


@pytest.fixture
def migrated(home: Path, sqlite_template: Path) -> Path:
    (home / "handrail.db").write_bytes(sqlite_template.read_bytes())
    return home


def look(home: Path, **more: str) -> dict[str, Finding]:
    environ = {"HANDRAIL_HOME": str(home), **{f"HANDRAIL_{name}": text for name, text in more.items()}}
    return {each.name: each for each in examine(environ, now=NOW)}


def beat(home: Path, **ages: timedelta) -> None:
    engine = database.open_engine(f"sqlite:///{home / 'handrail.db'}")
    with engine.begin() as connection:
        for kind, age in ages.items():
            connection.execute(insert(Heartbeat).values(name=f"{kind} here", kind=kind, seen_at=NOW - age))
    engine.dispose()


def test_a_working_installation_is_well(migrated: Path) -> None:
    beat(migrated, relay=timedelta(seconds=3), worker=timedelta(seconds=80))
    found = look(migrated)
    assert [each for each in found.values() if not each.well] == []
    assert found["relay"].says == "seen 3 s ago"
    assert {"python", "home", "secret_key", "master_key", "database", "sqlite", "queue", "port"} < set(found)


def test_every_failing_line_says_what_mends_it(home: Path) -> None:
    for each in look(home / "absent", LISTEN="nowhere").values():
        assert each.well == (not each.mend)


def test_a_home_that_does_not_exist_is_made_by_up(tmp_path: Path) -> None:
    found = look(tmp_path / "absent")
    assert found["home"].mend == "handrail up"
    assert found["HANDRAIL_SECRET_KEY"].mend == "handrail up"


def test_each_variable_that_is_wrong_is_named(home: Path) -> None:
    found = look(home, LISTEN="nowhere", SPELING="1")
    assert found["HANDRAIL_LISTEN"].mend.startswith("unset HANDRAIL_LISTEN")
    assert not found["HANDRAIL_SPELING"].well


@pytest.mark.requirement("C54")
def test_secrets_that_others_may_read_are_found(home: Path) -> None:
    (home / "master_key").chmod(0o640)
    found = look(home)
    assert found["master_key"].mend == f"chmod 600 {home / 'master_key'}"
    assert found["secret_key"].well


@pytest.mark.requirement("C54")
def test_no_secret_is_shown(migrated: Path) -> None:
    password = "a-password-nobody-should-see"
    shown = str(look(migrated)) + str(look(migrated, DATABASE_URL=f"postgresql://u:{password}@127.0.0.1:1/d"))
    secrets = [(migrated / name).read_text().strip() for name in ("secret_key", "master_key")]
    assert all(secret not in shown for secret in (*secrets, password))


def test_a_database_that_is_missing_is_not_made_by_looking(home: Path) -> None:
    assert look(home)["database"].mend == "handrail migrate"
    assert not (home / "handrail.db").exists()


def test_a_database_that_is_behind_wants_migrating(home: Path) -> None:
    sqlite3.connect(home / "handrail.db").close()
    database_finding = look(home)["database"]
    assert "at version none" in database_finding.says
    assert database_finding.mend == "handrail migrate"


def test_a_database_that_does_not_answer_is_named(home: Path) -> None:
    found = look(home, DATABASE_URL="postgresql://me@127.0.0.1:1/handrail")["database"]
    assert "does not answer" in found.says
    assert "HANDRAIL_DATABASE_URL" in found.mend


def test_a_worker_that_fell_silent_is_named(migrated: Path) -> None:
    beat(migrated, relay=timedelta(seconds=91))
    found = look(migrated)
    assert found["relay"].says == "was last seen at 2026-06-01 08:58 UTC"
    assert found["worker"].says == "is not running"
    assert found["worker"].mend.endswith("handrail worker")


def test_a_queue_server_that_does_not_answer_is_named(migrated: Path) -> None:
    found = look(migrated, REDIS_URL="redis://127.0.0.1:1/0")["queue"]
    assert "ConnectionError" in found.says
    assert "HANDRAIL_REDIS_URL" in found.mend


def test_a_queue_server_that_throws_work_away_is_named(migrated: Path, tmp_path: Path) -> None:
    with queue_server(tmp_path / "other") as url:
        assert look(migrated, REDIS_URL=url)["queue"].well
        with Redis.from_url(url) as client:
            client.config_set("maxmemory-policy", "allkeys-lru")
        assert "noeviction" in look(migrated, REDIS_URL=url)["queue"].mend


def test_a_queue_server_that_may_not_be_asked_answers_all_the_same(migrated: Path, tmp_path: Path) -> None:
    with queue_server(tmp_path / "other") as url, Redis.from_url(url) as client:
        client.execute_command("ACL", "SETUSER", "default", "-config|get")
        found = look(migrated, REDIS_URL=url)["queue"]
        assert (found.well, "may not ask" in found.says) == (True, True)


def test_the_bundled_server_is_asked_while_it_runs(migrated: Path) -> None:
    assert look(migrated)["queue"].says.startswith("not running")
    with queue_server(migrated):
        assert look(migrated)["queue"].says == "answers, and throws nothing away"


def test_a_port_somebody_else_uses_is_named(migrated: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = look(migrated, LISTEN=f"127.0.0.1:{port}")["port"]
    assert found.mend == f"export HANDRAIL_LISTEN=127.0.0.1:{port + 1}"


def test_a_home_of_somebody_else_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert look(home)["home"].mend.startswith("chown")


def test_it_prints_marks_and_mends_and_fails(home: Path) -> None:
    answer = CliRunner().invoke(main, ["doctor"], env={"HANDRAIL_HOME": str(home)})
    assert answer.exit_code == 1
    assert "! database" in answer.output
    assert "mend: handrail migrate" in answer.output


def test_it_prints_one_object_as_json(home: Path) -> None:
    answer = CliRunner().invoke(main, ["doctor", "--json"], env={"HANDRAIL_HOME": str(home)})
    said = json.loads(answer.output)
    assert said["well"] is False
    assert {"name", "well", "says", "mend"} == set(said["findings"][0])


def test_one_line_may_be_asked_for(migrated: Path) -> None:
    def ask(name: str) -> int:
        return (
            CliRunner()
            .invoke(main, ["doctor", "--only", name], env={"HANDRAIL_HOME": str(migrated)})
            .exit_code
        )

    assert ask("database") == 0
    assert ask("relay") == 1
    assert ask("nonsense") == 1
    (migrated / "handrail.db").unlink()
    assert ask("relay") == 1
