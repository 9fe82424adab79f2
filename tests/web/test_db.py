"""Reading methods cannot write; slow thinking holds no lock; the session opens sealed fields."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from domain import database, members
from domain.models import Base, Member
from domain.policies import Audience
from tests import factories
from tests.web.conftest import ORIGIN, path_of
from web.auth import audience
from web.db import db, outside_transaction
from web.passwords import Hashing


@pytest.fixture
def app(own_app: Flask) -> Flask:
    return own_app


@pytest.mark.requirement("C05")
def test_a_view_that_writes_on_get_is_stopped(app: Flask, client: FlaskClient, rows: Session) -> None:
    factories.member(rows)
    rows.commit()

    @audience(Audience.ANYONE)
    def scribble() -> str:
        db.session.execute(text("UPDATE members SET display_name = 'changed'"))
        db.session.commit()
        return "written"

    app.add_url_rule("/scribble", "scribble", scribble)
    assert client.get("/scribble", base_url=ORIGIN).status_code == 503
    assert rows.scalars(select(Member.display_name)).all() == ["Robin"]


def contents(rows: Session) -> dict[str, list[tuple[object, ...]]]:
    tables = Base.metadata.sorted_tables
    found = {each.name: sorted(map(tuple, rows.execute(select(each))), key=repr) for each in tables}
    rows.rollback()
    return found


@pytest.mark.requirement("C05")
def test_no_page_that_is_looked_at_writes(app: Flask, admin_client: FlaskClient, rows: Session) -> None:
    before = contents(rows)
    looked_at = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    for rule in looked_at:
        status = admin_client.get(path_of(app, rule), base_url=ORIGIN, buffered=True).status_code
        assert status < 500, rule.rule
    assert len(looked_at) > 30
    assert contents(rows) == before


@pytest.mark.requirement("C17")
def test_a_password_is_checked_without_holding_the_write_lock(
    app: Flask, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = database.open_engine(sqlite_url, connect_args={"timeout": 0.05, "check_same_thread": False})
    written: list[str] = []

    class Slow:
        def verify(self, *_: object) -> bool:
            with other.connect() as connection:  # another writer, while this one thinks
                connection.execute(text("DELETE FROM heartbeats"))
                connection.commit()
            written.append("meanwhile")
            return True

    with app.test_request_context("/login", method="POST", base_url=ORIGIN):
        database.begin(db.session(), "write")
        with pytest.raises(OperationalError), other.connect() as connection:
            connection.execute(text("DELETE FROM heartbeats"))
        assert Hashing(Slow()).verify("password", "hash")
        assert db.session.connection().get_execution_options()["handrail_mode"] == "write"
    assert written == ["meanwhile"]
    other.dispose()


def test_unsaved_changes_keep_their_transaction(app: Flask, rows: Session) -> None:
    owner = factories.member(rows)
    rows.commit()
    with app.test_request_context("/", method="POST", base_url=ORIGIN):
        database.begin(db.session(), "write")
        member = db.session.get_one(Member, owner.id)
        member.display_name = "Sam"
        with outside_transaction():
            pass
        assert member.display_name == "Sam"


def test_a_page_opens_what_was_sealed_elsewhere(app: Flask, rows: Session, tmp_path: Path) -> None:
    owner = factories.member(rows)
    members.save_private(rows, member=owner, now=owner.created_at, own_words="tea, in company")
    rows.commit()
    with app.test_request_context("/", base_url=ORIGIN):
        database.begin(db.session(), "read")
        read = members.read_private(db.session(), db.session.get_one(Member, owner.id))
    assert read.own_words == "tea, in company"
