"""Master keys are changed while people go on: everything opens before, during and after."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select

from domain import audit, database, members, sealed
from domain.database import reading, writing
from domain.models import Member, SealingKey
from domain.sealed import Keyring, SealBroken
from handrail.cli import main
from handrail.commands.keys import rewrap_all
from tests import factories
from tests.conftest import KEYRING, NOW

OLD, NEW = KEYRING.masters[0], b"n" * 32


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    opened = database.open_engine(sqlite_url)
    with writing(database.open_sessions(opened, KEYRING)) as session:
        for number in range(5):
            member = factories.member(session)
            members.save_private(session, member=member, own_words=f"word {number}", now=NOW)
    yield opened
    opened.dispose()


def words(engine: Engine, *masters: bytes) -> list[str]:
    with reading(database.open_sessions(engine, Keyring(masters))) as session:
        rows = session.scalars(select(Member).order_by(Member.id))
        return [members.read_private(session, row).own_words for row in rows]


@pytest.mark.requirement("C54")
def test_every_key_is_wrapped_anew_in_batches_and_all_of_it_opens(engine: Engine) -> None:
    before = words(engine, OLD)
    both = database.open_sessions(engine, Keyring((NEW, OLD)))
    with writing(both) as session:
        assert len(sealed.rewrap(session, limit=2)) == 2
    assert words(engine, NEW, OLD) == before, "half way through"
    assert rewrap_all(both, batch=2, now=NOW) == 3
    assert rewrap_all(both, batch=2, now=NOW) == 0
    assert words(engine, NEW) == before
    with pytest.raises(SealBroken):
        words(engine, OLD)
    with reading(both) as session:
        assert [entry.reason for entry in audit.about(session, "keys")] == ["3 keys wrapped anew."]


def test_the_command_says_what_it_did_and_which_key_to_keep(
    engine: Engine, sqlite_url: str, tmp_path: Path
) -> None:
    def text(key: bytes) -> str:
        return base64.urlsafe_b64encode(key).decode()

    old, new = bytes(range(100, 132)), bytes(range(32))
    rewrap_all(database.open_sessions(engine, Keyring((old, OLD))), batch=9, now=NOW)
    environ = {
        "HANDRAIL_HOME": str(tmp_path),
        "HANDRAIL_DATABASE_URL": sqlite_url,
        "HANDRAIL_SECRET_KEY": "a secret key for tests, long enough to be one",
        "HANDRAIL_MASTER_KEY": text(new),
        "HANDRAIL_MASTER_KEY_FALLBACKS": text(old),
    }
    first = CliRunner().invoke(main, ["keys", "rotate"], env=environ)
    assert first.exit_code == 0, first.output
    assert "5 keys wrapped anew." in first.output
    assert "HANDRAIL_MASTER_KEY_FALLBACKS" in first.output
    again = CliRunner().invoke(main, ["keys", "rotate"], env=environ)
    assert "already" in again.output
    with reading(database.open_sessions(engine, Keyring((new,)))) as session:
        assert len(set(session.scalars(select(SealingKey.master)))) == 1
