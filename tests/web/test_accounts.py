"""Joining, confirming, signing in, new passwords and addresses, codes and passkeys."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security import Security
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from domain import accounts, sealed
from domain.models import Account, Mail, Member, OutboxMessage, RoleName
from tests import factories
from tests.web.conftest import ORIGIN, post, sign_in, web_config
from web.app import create_app

JOINING = {
    "email": "Ana@example.com",
    "password": "a walk by the river",
    "display_name": "Ana",
    "time_zone": "Europe/London",
    "adult": "y",
    "terms": "y",
}


def join(client: FlaskClient, **changes: str | None) -> TestResponse:
    fields = JOINING | changes
    return post(client, "/register", **{name: value for name, value in fields.items() if value is not None})


def letters(rows: Session) -> list[dict[str, Any]]:
    found = [
        sealed.unseal(rows, row) | {"kind": row.kind} for row in rows.scalars(select(Mail).order_by(Mail.id))
    ]
    rows.commit()
    return found


def link_in(text: str) -> str:
    found = re.search(r"http://\S+", text)
    assert found
    assert found[0].startswith(ORIGIN)
    return urlsplit(found[0]).path


def account_of(rows: Session, email: str) -> Account:
    """The account as it is stored now; it stays readable without a transaction."""
    rows.expire_all()
    found = accounts.find(rows, email)
    assert found is not None
    rows.commit()
    return found


def test_joining_asks_little_and_makes_a_member(client: FlaskClient, rows: Session) -> None:
    answer = join(client)
    assert answer.location == "/check-mail"
    account = account_of(rows, "ana@example.com")
    assert account.adult_confirmed_at is not None
    assert account.confirmed_at is None
    assert rows.get_one(Member, account.id).display_name == "Ana"


@pytest.mark.requirement("C17")
def test_passwords_are_argon2id_of_the_chosen_cost(client: FlaskClient, rows: Session) -> None:
    join(client)
    stored = account_of(rows, "ana@example.com").password
    assert stored is not None
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert factories.password_hash().startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_mail_is_recorded_with_the_account(client: FlaskClient, rows: Session) -> None:
    join(client)
    assert [each["kind"] for each in letters(rows)] == ["welcome"]
    assert rows.scalars(select(OutboxMessage.kind)).all() == ["mail_requested"]


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("adult", None, "18 or over"),
        ("terms", None, "how we treat each other"),
        ("display_name", "", "Enter a name"),
        ("password", "short", "at least 10 characters, and at most 128"),
        ("email", "nothing", "needs an @"),
        ("time_zone", "Moon/Base", "valid choice"),
    ],
)
def test_a_missing_answer_is_asked_for_and_nothing_is_kept(
    client: FlaskClient, rows: Session, field: str, value: str | None, problem: str
) -> None:
    answer = join(client, **{field: value})
    assert answer.status_code == 422
    assert problem in answer.get_data(as_text=True)
    assert rows.scalars(select(Account)).all() == []


@pytest.mark.requirement("C05", "C21")
def test_following_the_link_changes_nothing_until_the_button_is_pressed(
    client: FlaskClient, rows: Session
) -> None:
    join(client)
    path = link_in(letters(rows)[0]["text"])
    shown = client.get(path, base_url=ORIGIN)
    assert shown.status_code == 200
    assert "Yes, confirm my address" in shown.get_data(as_text=True)
    assert account_of(rows, "ana@example.com").confirmed_at is None
    post(client, path)
    assert account_of(rows, "ana@example.com").confirmed_at is not None
    assert sign_in(client, "ana@example.com", JOINING["password"]).status_code == 302


def test_before_confirming_nobody_signs_in(client: FlaskClient) -> None:
    join(client)
    assert sign_in(client, "ana@example.com", JOINING["password"]).status_code == 422


@pytest.mark.requirement("C43")
def test_joining_takes_no_other_column(client: FlaskClient, rows: Session) -> None:
    extra = {"active": "", "demo": "y", "confirmed_at": "2020-01-01", "id": "0" * 32, "roles": "admin"}
    assert join(client, **extra).location == "/check-mail"
    account = account_of(rows, "ana@example.com")
    assert (account.demo, account.confirmed_at, account.roles) == (False, None, [])
    assert account.id != "0" * 32


def alike(first: TestResponse, second: TestResponse) -> None:
    hidden = re.compile(r'nonce="[^"]+"|name="(?:csrf_token|press)" value="[^"]+"|"X-CSRFToken": "[^"]+"')
    known, unknown = (hidden.sub("", each.get_data(as_text=True)) for each in (first, second))
    assert first.status_code == second.status_code
    assert first.location == second.location
    assert known.replace("known@example.com", "nobody@example.com") == unknown


@pytest.fixture
def known(rows: Session) -> Account:
    found = factories.account(rows, email="known@example.com")
    rows.commit()
    return found


@pytest.mark.requirement("C19")
@pytest.mark.parametrize("path", ["/reset", "/confirm"])
def test_asking_for_mail_answers_alike_for_known_and_unknown(app: Flask, known: Account, path: str) -> None:
    alike(
        *(post(app.test_client(), path, email=email) for email in ("known@example.com", "nobody@example.com"))
    )


@pytest.mark.requirement("C19")
def test_failing_to_sign_in_answers_alike(app: Flask, known: Account) -> None:
    alike(
        *(
            sign_in(app.test_client(), email, "not it at all")
            for email in ("known@example.com", "nobody@example.com")
        )
    )


@pytest.mark.requirement("C19")
def test_joining_twice_answers_alike_and_tells_the_owner(app: Flask, known: Account, rows: Session) -> None:
    alike(*(join(app.test_client(), email=email) for email in ("known@example.com", "nobody@example.com")))
    assert sorted(each["kind"] for each in letters(rows)) == ["welcome", "welcome_existing"]


@pytest.mark.requirement("C21")
def test_a_new_password_by_mail_works_once(client: FlaskClient, known: Account, rows: Session) -> None:
    post(client, "/reset", email="known@example.com")
    path = link_in(letters(rows)[0]["text"])
    assert client.get(path, base_url=ORIGIN).status_code == 200
    fields = {"password": "another long sentence", "password_confirm": "another long sentence"}
    assert post(client, path, **fields).location == "/login"
    assert sign_in(client, "known@example.com", "another long sentence").status_code == 302
    again = client.get(path, base_url=ORIGIN)
    assert again.location == "/reset"
    assert [each["kind"] for each in letters(rows)] == ["reset_instructions", "reset_notice"]


@pytest.mark.requirement("C12", "C21")
def test_a_new_password_ends_every_session(
    app: Flask, client: FlaskClient, member_client: FlaskClient, rows: Session
) -> None:
    post(client, "/reset", email="member@example.com")
    path = link_in(letters(rows)[0]["text"])
    post(client, path, password="another long sentence", password_confirm="another long sentence")
    assert member_client.get("/account/", base_url=ORIGIN).status_code == 303


def test_changing_the_password_asks_for_the_old_one(member_client: FlaskClient) -> None:
    fields = {"new_password": "another long sentence", "new_password_confirm": "another long sentence"}
    assert post(member_client, "/change", password="not it at all", **fields).status_code == 422
    assert post(member_client, "/change", password=factories.PASSWORD, **fields).location == "/account/"


def test_a_new_address_is_proved_before_it_counts(member_client: FlaskClient, rows: Session) -> None:
    post(member_client, "/change-email", email="new@example.com")
    letter = letters(rows)[-1]
    assert letter["to"] == "new@example.com"
    path = link_in(letter["text"])
    assert member_client.get(path, base_url=ORIGIN).status_code == 200
    assert accounts.find(rows, "new@example.com") is None
    rows.rollback()
    post(member_client, path)
    assert account_of(rows, "new@example.com")


def test_an_account_page_names_what_there_is(member_client: FlaskClient) -> None:
    page = member_client.get("/account/", base_url=ORIGIN).get_data(as_text=True)
    assert "member@example.com" in page
    assert "Become an organizer" in page


def test_a_member_becomes_an_organizer_with_a_short_form(member_client: FlaskClient, rows: Session) -> None:
    assert post(member_client, "/account/organizer", about="").status_code == 422
    answer = post(member_client, "/account/organizer", about="A slow walk on Tuesdays.", kind="y")
    assert answer.location == "/account/"
    assert account_of(rows, "member@example.com").has(RoleName.ORGANIZER)


def codes_of(app: Flask) -> Any:
    security: Security = app.extensions["security"]
    return security.totp_factory


@pytest.mark.requirement("C22")
def test_codes_from_an_app_are_set_up_and_then_asked_for(
    app: Flask, member_client: FlaskClient, rows: Session
) -> None:
    page = post(member_client, "/tf-setup", setup="authenticator").get_data(as_text=True)
    assert 'src="data:image/svg+xml' in page
    with member_client.session_transaction(base_url=ORIGIN) as session:
        secret = session["tf_totp_secret"]
    action = re.search(r'action="(/tf-setup/[^"]+)"', page)
    assert action
    with app.app_context():
        code = codes_of(app).generate_totp_password(secret)
    assert post(member_client, action[1], code=code).location == "/account/"
    stored = account_of(rows, "member@example.com").tf_totp_secret
    assert stored is not None
    assert "enckey" in stored
    other = app.test_client()
    assert urlsplit(sign_in(other, "member@example.com").location).path == "/tf-validate"
    assert other.get("/account/", base_url=ORIGIN).status_code == 303
    assert other.get("/tf-validate", base_url=ORIGIN).status_code == 200


@pytest.mark.requirement("C22")
def test_whoever_runs_things_must_set_up_a_second_lock_outside_the_demo(
    sqlite_url: str, tmp_path: Path, rows: Session
) -> None:
    factories.member(rows, email="organizer@example.com", roles=[RoleName.ORGANIZER])
    rows.commit()
    client = create_app(web_config(sqlite_url, tmp_path, demo=False)).test_client()
    assert urlsplit(sign_in(client, "organizer@example.com").location).path == "/tf-setup"
    assert client.get("/account/", base_url=ORIGIN).status_code == 303
    assert "look after other people" in client.get("/tf-setup", base_url=ORIGIN).get_data(as_text=True)


@pytest.mark.requirement("C22")
def test_spare_codes_are_made_and_shown(member_client: FlaskClient, rows: Session) -> None:
    page = post(member_client, "/mf-recovery-codes", generate_new_codes="1").get_data(as_text=True)
    assert len(re.findall(r'<li class="key">', page)) == 8


@pytest.mark.requirement("C22", "C24")
def test_a_passkey_is_asked_of_the_device_without_inline_script(member_client: FlaskClient) -> None:
    page = post(member_client, "/wan-register", name="my phone", usage="first").get_data(as_text=True)
    assert 'data-passkey="register"' in page
    assert '"challenge"' in page.replace("&#34;", '"')
    assert '"id": "localhost"' in page.replace("&#34;", '"')
    scripts = re.findall(r"<script[^>]*>", page)
    assert any("passkeys.js" in each for each in scripts)
    assert all("src=" in each and "nonce=" in each for each in scripts)


def test_demo_mail_is_shown_in_the_demo_alone(sqlite_url: str, tmp_path: Path, client: FlaskClient) -> None:
    assert client.get("/dev/mail", base_url=ORIGIN).status_code == 200
    outside = create_app(web_config(sqlite_url, tmp_path, demo=False)).test_client()
    assert outside.get("/dev/mail", base_url=ORIGIN).status_code == 404


@pytest.mark.requirement("C23")
def test_there_is_no_account_to_begin_with(rows: Session) -> None:
    assert rows.scalars(select(Account)).all() == []


def test_every_library_page_is_in_our_own_frame(client: FlaskClient, member_client: FlaskClient) -> None:
    for path in ("/login", "/register", "/reset", "/confirm", "/wan-signin"):
        assert 'class="site-footer"' in client.get(path, base_url=ORIGIN).get_data(as_text=True), path
    for path in ("/change", "/change-email", "/tf-setup", "/wan-register", "/mf-recovery-codes", "/verify"):
        assert 'class="site-footer"' in member_client.get(path, base_url=ORIGIN).get_data(as_text=True), path
