"""Roles are given by the operator, with a trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from domain import accounts, audit, database
from domain.database import writing
from domain.models import RoleName
from domain.sealed import Keyring
from handrail.cli import main
from tests import factories

ENVIRON = {
    "HANDRAIL_SECRET_KEY": "a secret key for tests, long enough to be one",
    "HANDRAIL_MASTER_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
}


@pytest.mark.requirement("C23")
def test_a_role_is_given_to_an_account_that_is_there(sqlite_url: str, tmp_path: Path) -> None:
    engine = database.open_engine(sqlite_url)
    sessions = database.open_sessions(engine, Keyring((bytes(range(32)),)))
    with writing(sessions) as session:
        identity = factories.account(session, email="mo@example.com").id
    environ = ENVIRON | {"HANDRAIL_HOME": str(tmp_path), "HANDRAIL_DATABASE_URL": sqlite_url}
    unknown = CliRunner().invoke(main, ["grant", "no@example.com", "moderator"], env=environ)
    assert unknown.exit_code == 1
    done = CliRunner().invoke(main, ["grant", "Mo@example.com", "moderator"], env=environ)
    assert done.exit_code == 0, done.output
    assert "They are a moderator" in done.output
    with writing(sessions) as session:
        account = accounts.find(session, "mo@example.com")
        assert account is not None
        assert account.has(RoleName.MODERATOR)
        assert [each.action for each in audit.about(session, f"account:{identity}")] == ["role_given"]
    engine.dispose()
