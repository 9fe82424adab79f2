"""`handrail backup`, `restore` and `erasures`, as an operator types them."""

from __future__ import annotations

import json
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import accounts, database, erasure, sealed
from domain.database import writing
from domain.models import Account, Member
from handrail.cli import main
from handrail.config import load
from handrail.occupancy import occupy
from handrail.secret_files import write_missing
from tests import factories
from tests.conftest import NOW


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    write_missing(folder)
    monkeypatch.setenv("HANDRAIL_HOME", str(folder))
    assert run("migrate").exit_code == 0
    return folder


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


@contextmanager
def opened(home: Path) -> Iterator[Session]:
    engine = database.open_engine(f"sqlite:///{home}/handrail.db")
    keyring = load({"HANDRAIL_HOME": str(home)}).for_web().keyring
    with writing(database.open_sessions(engine, keyring)) as session:
        yield session
    engine.dispose()


def add(home: Path, email: str) -> str:
    with opened(home) as session:
        return str(factories.member(session, email=email).id)


def erase(home: Path, account: str) -> None:
    with opened(home) as session:
        erasure.erase(session, account=account, now=NOW)


def emails(home: Path) -> set[str]:
    with opened(home) as session:
        return {accounts.email_of(session, each) for each in session.scalars(select(Account))}


def test_what_was_lost_comes_back(home: Path, tmp_path: Path) -> None:
    add(home, "ann@example.com")
    taken = run("backup", str(tmp_path / "copy"), "--json")
    assert taken.exit_code == 0, taken.output
    assert json.loads(taken.output)["bytes"] == (tmp_path / "copy").stat().st_size
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    (home / "handrail.db").unlink()
    back = run("restore", str(tmp_path / "copy"), "--yes", "--json")
    assert back.exit_code == 0, back.output
    assert json.loads(back.output)["well"] is True
    assert emails(home) == {"ann@example.com"}


def test_without_a_name_it_goes_to_the_home(home: Path) -> None:
    assert run("backup").exit_code == 0
    (file,) = (home / "backups").glob("handrail-*.backup")
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_who_left_since_does_not_come_back(home: Path, tmp_path: Path) -> None:
    ann = add(home, "ann@example.com")
    add(home, "bob@example.com")
    assert run("backup", str(tmp_path / "copy")).exit_code == 0
    erase(home, ann)
    ledger = run("erasures")
    assert "ann" not in ledger.output
    (tmp_path / "ledger").write_text(ledger.output)
    back = run("restore", str(tmp_path / "copy"), "--yes", "--ledger", str(tmp_path / "ledger"))
    assert back.exit_code == 0, back.output
    assert "1 accounts were erased again" in back.output
    assert emails(home) == {"bob@example.com"}


def test_who_left_since_does_not_come_back_even_if_nobody_names_the_ledger(
    home: Path, tmp_path: Path
) -> None:
    ann = add(home, "ann@example.com")
    assert run("backup", str(tmp_path / "copy")).exit_code == 0
    erase(home, ann)
    assert run("drain").exit_code == 0  # keeps the mark in the home folder
    back = run("restore", str(tmp_path / "copy"), "--yes")
    assert back.exit_code == 0, back.output
    assert "1 accounts were erased again" in back.output
    assert emails(home) == set()


def test_a_ledger_that_cannot_be_read_is_noticed_before_anything_is_replaced(
    home: Path, tmp_path: Path
) -> None:
    add(home, "ann@example.com")
    assert run("backup", str(tmp_path / "copy")).exit_code == 0
    add(home, "bob@example.com")
    (tmp_path / "ledger").write_text("this is no ledger at all")
    refused = run("restore", str(tmp_path / "copy"), "--yes", "--ledger", str(tmp_path / "ledger"))
    assert (refused.exit_code, "Nothing was restored" in refused.output) == (1, True)
    applied = run("erasures", "--apply", str(tmp_path / "ledger"))
    assert (applied.exit_code, "Nobody was erased" in applied.output) == (1, True)
    assert emails(home) == {"ann@example.com", "bob@example.com"}


def test_a_home_may_have_an_odd_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "50% of #us?"
    write_missing(folder)
    monkeypatch.setenv("HANDRAIL_HOME", str(folder))
    for words in (
        ("migrate",),
        ("backup", str(tmp_path / "copy")),
        ("restore", str(tmp_path / "copy"), "--yes"),
    ):
        done = run(*words)
        assert done.exit_code == 0, done.output


def test_a_ledger_is_applied_after_a_restore_that_was_not_ours(home: Path, tmp_path: Path) -> None:
    ann = add(home, "ann@example.com")
    add(home, "bob@example.com")
    assert run("backup", str(tmp_path / "copy")).exit_code == 0
    erase(home, ann)
    (tmp_path / "ledger").write_text(run("erasures").output)
    assert run("restore", str(tmp_path / "copy"), "--yes").exit_code == 0
    assert emails(home) == {"ann@example.com", "bob@example.com"}
    for again in (1, 0):
        applied = run("erasures", "--apply", str(tmp_path / "ledger"))
        assert applied.exit_code == 0, applied.output
        assert f"{again} accounts were erased again" in applied.output
    assert emails(home) == {"bob@example.com"}


def test_nothing_is_replaced_unasked_or_while_it_runs(home: Path, tmp_path: Path) -> None:
    add(home, "ann@example.com")
    assert run("backup", str(tmp_path / "copy")).exit_code == 0
    add(home, "bob@example.com")
    assert run("restore", str(tmp_path / "copy")).exit_code == 1  # nobody says yes
    with occupy(home, "up"):
        refused = run("restore", str(tmp_path / "copy"), "--yes")
    assert refused.exit_code == 1
    assert "already runs" in refused.output
    assert emails(home) == {"ann@example.com", "bob@example.com"}


def test_a_damaged_copy_is_refused_and_nothing_is_lost(home: Path, tmp_path: Path) -> None:
    add(home, "ann@example.com")
    (tmp_path / "copy").write_bytes(b"SQLite format 3\x00" + b"x" * 9000)
    refused = run("restore", str(tmp_path / "copy"), "--yes")
    assert refused.exit_code == 1
    assert "is not a SQLite database" in refused.output or "is damaged" in refused.output
    assert emails(home) == {"ann@example.com"}


def test_a_missing_database_cannot_be_copied(home: Path, tmp_path: Path) -> None:
    (home / "handrail.db").unlink()
    refused = run("backup", str(tmp_path / "copy"))
    assert refused.exit_code == 1
    assert "No backup was made" in refused.output
    assert not (tmp_path / "copy").exists()


def test_with_another_master_key_it_says_so(home: Path, tmp_path: Path) -> None:
    member = add(home, "ann@example.com")
    with opened(home) as session:
        sealed.seal(session, session.get_one(Member, member), {"own_words": "x"})
    assert run("backup", str(tmp_path / "copy")).exit_code == 0
    (home / "master_key").unlink()
    write_missing(home)
    back = run("restore", str(tmp_path / "copy"), "--yes")
    assert back.exit_code == 1
    assert "is the master key that of the backup?" in back.output
