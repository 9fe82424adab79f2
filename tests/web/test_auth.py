"""Who may see which page; signing in renews the session."""

from __future__ import annotations

from itertools import chain, repeat
from unittest.mock import Mock

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from domain.models import Account
from domain.policies import Audience
from tests import factories
from tests.web.conftest import ORIGIN, csrf, sign_in
from web.auth import LIBRARY_AUDIENCES, audience_of
from web.db import KeyedSession


@pytest.fixture
def app(own_app: Flask) -> Flask:
    return own_app


@pytest.mark.requirement("C01")
def test_every_page_names_its_audience(app: Flask) -> None:
    nameless = [rule.rule for rule in app.url_map.iter_rules() if audience_of(app, rule.endpoint) is None]
    assert nameless == []


@pytest.mark.requirement("C01")
def test_every_named_library_page_exists(app: Flask) -> None:
    assert {each for each in LIBRARY_AUDIENCES if each not in app.view_functions} == set()


@pytest.mark.requirement("C01", "C58")
def test_a_page_without_an_audience_is_shown_to_nobody(app: Flask, admin_client: FlaskClient) -> None:
    app.view_functions["pages.about"] = lambda: "for nobody in particular"
    assert admin_client.get("/about", base_url=ORIGIN).status_code == 403


@pytest.mark.requirement("C02")
def test_pages_answer_by_audience(
    app: Flask,
    client: FlaskClient,
    member_client: FlaskClient,
    organizer_client: FlaskClient,
    admin_client: FlaskClient,
) -> None:
    people = {
        "visitor": client,
        "member": member_client,
        "organizer": organizer_client,
        "admin": admin_client,
    }
    welcome = {
        Audience.ANYONE: set(people),
        Audience.ACCOUNT: {"member", "organizer", "admin"},
        Audience.MEMBER: {"member", "organizer", "admin"},
        Audience.ORGANIZER: {"organizer"},
        Audience.MODERATOR: set(),
        Audience.ADMIN: {"admin"},
    }
    for rule in app.url_map.iter_rules():
        if rule.arguments or "GET" not in (rule.methods or ()) or rule.endpoint.startswith("security."):
            continue
        who = audience_of(app, rule.endpoint)
        assert who is not None
        for name, person in people.items():
            status = person.get(rule.rule, base_url=ORIGIN).status_code
            refused = status == 403 or (name == "visitor" and status == 303 and rule.rule != "/")
            assert refused == (name not in welcome[who]), (rule.rule, name, status)


@pytest.mark.requirement("C09")
def test_signing_in_begins_a_new_session(app: Flask, member_client: FlaskClient) -> None:
    client = app.test_client()
    csrf(client)
    with client.session_transaction(base_url=ORIGIN) as session:
        session["planted"] = "by somebody else"
        before = session["csrf_token"]
    assert sign_in(client, "member@example.com").status_code == 302
    csrf(client)
    with client.session_transaction(base_url=ORIGIN) as session:
        assert "planted" not in session
        assert session["csrf_token"] != before


def test_a_sign_in_the_database_could_not_keep_can_be_sent_again(
    app: Flask, member_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    form = {"csrf_token": csrf(client), "email": "member@example.com", "password": factories.PASSWORD}
    with monkeypatch.context() as away:
        crash = OperationalError("COMMIT", {}, Exception("the database crashed"))
        away.setattr(KeyedSession, "commit", Mock(side_effect=chain([crash], repeat(None))))
        assert client.post("/login", data=form, base_url=ORIGIN).status_code == 503
    assert client.get("/account/", base_url=ORIGIN).status_code == 303
    assert client.post("/login", data=form, base_url=ORIGIN).status_code == 302
    assert client.get("/account/", base_url=ORIGIN).status_code == 200


@pytest.mark.requirement("C12")
def test_an_account_that_is_closed_is_signed_out_at_once(member_client: FlaskClient, rows: Session) -> None:
    account = rows.query(Account).one()
    account.active = False
    rows.commit()
    assert member_client.get("/account/", base_url=ORIGIN).status_code == 303
