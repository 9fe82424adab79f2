"""The guards around every page: headers, forgery, other sites, hosts, sizes, ``next``, limits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.web.conftest import ORIGIN, csrf, path_of, post, sign_in, web_config
from web.app import create_app
from web.security import leads_home

POLICY = re.compile(
    r"default-src 'none'; script-src 'nonce-[\w-]{22}'; style-src 'self'; img-src 'self' data:; "
    r"connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    r"manifest-src 'self'"
)
PATHS = ("/", "/help", "/login", "/nope", "/account/", "/static/tokens.css", "/static/none.css", "/healthz")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


@pytest.mark.requirement("C24", "C25", "C29")
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_guards(client: FlaskClient, path: str) -> None:
    headers = client.get(path, buffered=True).headers
    assert POLICY.fullmatch(headers["Content-Security-Policy"])
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert not [name for name in dict(headers) if name.startswith("Access-Control")]


@pytest.mark.requirement("C24")
def test_an_unchanged_file_carries_them_too(client: FlaskClient) -> None:
    first = client.get("/static/tokens.css", buffered=True)
    unchanged = {"If-None-Match": first.headers["ETag"]}
    again = client.get("/static/tokens.css", headers=unchanged, buffered=True)
    assert again.status_code == 304
    assert POLICY.fullmatch(again.headers["Content-Security-Policy"])


@pytest.mark.requirement("C24")
def test_the_nonce_is_new_each_time_and_stands_on_every_script(client: FlaskClient) -> None:
    nonces = set()
    for _ in range(2):
        answer = client.get("/")
        found = re.search(r"'nonce-([\w-]+)'", answer.headers["Content-Security-Policy"])
        assert found
        nonces.add(found[1])
        scripts = re.findall(r"<script[^>]*>", answer.get_data(as_text=True))
        assert scripts
        assert all(f'nonce="{found[1]}"' in each for each in scripts)
    assert len(nonces) == 2


@pytest.mark.requirement("C15", "C25")
def test_https_makes_cookies_secure_and_promises_more_https(sqlite_url: str, tmp_path: Path) -> None:
    config = web_config(
        sqlite_url,
        tmp_path,
        base_url="https://handrail.example",
        trusted_hosts=("handrail.example",),
        demo=False,
    )
    answer = create_app(config).test_client().get("/", base_url="https://handrail.example")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-handrail=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))


@pytest.mark.requirement("C28")
def test_forms_work_over_https_without_a_referrer(sqlite_url: str, tmp_path: Path) -> None:
    base = "https://handrail.example"
    config = web_config(sqlite_url, tmp_path, base_url=base, trusted_hosts=("handrail.example",), demo=False)
    client = create_app(config).test_client()
    page = client.get("/help", base_url=base).get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    answer = client.post("/theme", data={"csrf_token": found[1], "theme": "dark"}, base_url=base)
    assert answer.status_code == 303


def unsafe_rules(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, each) for rule in app.url_map.iter_rules() for each in UNSAFE if each in (rule.methods or ())
    ]


@pytest.mark.requirement("C28")
def test_no_change_goes_through_without_a_token(app: Flask, member_client: FlaskClient) -> None:
    rules = unsafe_rules(app)
    assert len(rules) > 20
    for rule, method in rules:
        answer = member_client.open(
            path_of(app, rule), method=method, base_url=ORIGIN, data={"theme": "dark"}
        )
        refused = 404 if rule.endpoint == "mails.stop" else 400  # whose address is the proof
        assert answer.status_code == refused, (rule.rule, method, answer.status_code)


@pytest.mark.requirement("C28")
def test_a_token_of_somebody_else_is_refused(app: Flask, client: FlaskClient) -> None:
    theirs = csrf(app.test_client())
    csrf(client)
    answer = client.post("/theme", data={"csrf_token": theirs, "theme": "dark"}, base_url=ORIGIN)
    assert answer.status_code == 400


@pytest.mark.requirement("C09", "C28")
def test_a_token_from_before_signing_in_is_refused(member_client: FlaskClient, app: Flask) -> None:
    client = app.test_client()
    old = csrf(client)
    assert sign_in(client, "member@example.com").status_code == 302
    assert client.post("/theme", data={"csrf_token": old}, base_url=ORIGIN).status_code == 400


@pytest.mark.requirement("C28")
@pytest.mark.parametrize(("site", "status"), [("cross-site", 400), ("same-site", 400), ("same-origin", 303)])
def test_what_a_browser_says_comes_from_elsewhere_is_refused(
    client: FlaskClient, site: str, status: int
) -> None:
    token = csrf(client)
    answer = client.post(
        "/theme",
        data={"csrf_token": token, "theme": "dark"},
        base_url=ORIGIN,
        headers={"Sec-Fetch-Site": site},
    )
    assert answer.status_code == status


@pytest.mark.requirement("C56")
def test_another_host_is_refused_with_a_page(client: FlaskClient) -> None:
    answer = client.get("/", base_url="http://evil.example")
    assert answer.status_code == 400
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.requirement("C56")
@pytest.mark.parametrize(("hops", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_a_forwarded_address_counts_only_behind_a_proxy(
    sqlite_url: str, tmp_path: Path, hops: int, seen: str
) -> None:
    app = create_app(web_config(sqlite_url, tmp_path, proxy_hops=hops))
    addresses: list[str | None] = []
    app.before_request(lambda: addresses.append(request.remote_addr))
    app.test_client().get("/healthz", base_url=ORIGIN, headers={"X-Forwarded-For": "203.0.113.9"})
    assert addresses == [seen]


@pytest.mark.requirement("C45")
def test_too_large_a_form_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    client = create_app(web_config(sqlite_url, tmp_path, upload_bytes=2000)).test_client()
    answer = client.post("/login", data={"email": "a" * 4000}, base_url=ORIGIN)
    assert answer.status_code == 413


ELSEWHERE = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example",
    "https:/evil.example",
    "http://localhost@evil.example",
    "//localhost:8000@evil.example/",
    "/%2f%2fevil.example",
    "/%5cevil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "//evil。example",
    "//evil%E3%80%82example",
    "evil.example",
    "/no/such/page",
    "/logout",
    "?next=//evil.example",
    "/./../../evil",
    "//[::1]",
    "http:///evil",
)


@pytest.mark.requirement("C30")
@pytest.mark.parametrize("target", ELSEWHERE)
def test_next_never_leads_elsewhere(app: Flask, client: FlaskClient, target: str) -> None:
    with app.test_request_context(base_url=ORIGIN):
        assert not leads_home(target)
    asked = client.get("/login", query_string={"next": target}, base_url=ORIGIN)
    assert asked.status_code == 303
    assert asked.location == "/login"
    assert post(client, "/login", next=target, email="a@example.com", password="x").status_code == 400


@pytest.mark.requirement("C30")
def test_next_leads_back_to_a_page_of_ours(app: Flask, signed_in: object, member_client: FlaskClient) -> None:
    client = app.test_client()
    asked = client.get("/account/", base_url=ORIGIN)
    assert asked.location == "/login?next=/account/"
    answer = client.post(
        asked.location,
        data={"csrf_token": csrf(client), "email": "member@example.com", "password": "a quiet long sentence"},
        base_url=ORIGIN,
    )
    assert answer.location == "/account/"


@pytest.mark.requirement("C20")
def test_guessing_is_slowed_down_per_account_and_locks_nobody_else_out(
    app: Flask, member_client: FlaskClient
) -> None:
    guesser = app.test_client()
    statuses = [sign_in(guesser, "member@example.com", "not the password").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    owner = app.test_client()
    answer = owner.post(
        "/login",
        data={"csrf_token": csrf(owner), "email": "member@example.com", "password": "a quiet long sentence"},
        base_url=ORIGIN,
        environ_base=elsewhere,
    )
    assert answer.status_code == 302


@pytest.mark.requirement("C20", "C58")
def test_limits_hold_with_the_counting_server_gone(sqlite_url: str, tmp_path: Path) -> None:
    app = create_app(web_config(sqlite_url, tmp_path, redis_url="unix:///nowhere/at/all.sock"))
    client = app.test_client()
    statuses = [sign_in(client, "nobody@example.com", "not the password").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


@pytest.mark.requirement("C16")
def test_signed_in_pages_are_not_kept_by_the_browser(member_client: FlaskClient) -> None:
    assert member_client.get("/account/", base_url=ORIGIN).headers["Cache-Control"] == "private, no-store"
    left = post(member_client, "/logout")
    assert left.headers["Clear-Site-Data"] == '"cache"'
    assert member_client.get("/account/", base_url=ORIGIN).location == "/login?next=/account/"


def test_a_file_with_its_hash_is_kept_for_a_year(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    found = re.search(r'href="(/static/tokens\.css\?v=\w+)"', page)
    assert found
    answer = client.get(found[1], buffered=True)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
