"""Pages that are only words, help, colours, health, and what they have in common."""

from __future__ import annotations

import json
import os
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from domain import heartbeats
from tests.web.conftest import ORIGIN, post
from web import clock, help_lines

WORDS = ("/", "/about", "/privacy", "/terms", "/break", "/help", "/login", "/register")
#: R12, R04 and the rules for words: nothing clinical, nothing that counts or hurries, no lack in the person.
UNWANTED = re.compile(
    r"\b(lonely|loneliness|disorder|patient|symptom|therapy session|diagnos\w+|exposure|deficit|streak|"
    r"hurry up|last chance|only \d+ left|failed|failure|overcome|cure)\b",
    re.IGNORECASE,
)


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path, base_url=ORIGIN)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.requirement("R12")
@pytest.mark.parametrize("path", WORDS)
def test_words_are_warm_and_plain(client: FlaskClient, path: str) -> None:
    assert UNWANTED.findall(re.sub(r"<[^>]+>", " ", page(client, path))) == []


@pytest.mark.requirement("C26")
@pytest.mark.parametrize("path", WORDS)
def test_no_page_loads_anything_from_elsewhere(client: FlaskClient, path: str) -> None:
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', page(client, path)) == []


@pytest.mark.requirement("R95", "R67")
def test_help_needs_no_account_and_names_lines_to_call(client: FlaskClient) -> None:
    shown = page(client, "/help")
    for words in ("tel:999", "tel:116123", "tel:111", "sms:85258"):
        assert words in shown
    assert "not a crisis or medical service" in shown


@pytest.mark.requirement("R95")
def test_help_shows_another_country_when_asked(client: FlaskClient) -> None:
    assert "tel:988" in page(client, "/help?country=US")
    assert "tel:999" in page(client, "/help?country=nowhere")


def test_numbers_have_sources_and_are_checked_twice_a_year() -> None:
    numbers = help_lines.read()
    assert not numbers.stale(numbers.checked_on + timedelta(days=180))
    assert numbers.stale(numbers.checked_on + timedelta(days=181))
    for country in numbers.countries.values():
        for line in (country.emergency, *country.lines):
            assert line.source.startswith("https://")
            assert line.checked_on
            assert line.call or line.text


def test_a_line_nobody_looked_up_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = json.loads(help_lines.FILE.read_text("utf-8"))
    body["countries"]["GB"]["lines"][0].pop("checked_on")
    (tmp_path / "numbers.json").write_text(json.dumps(body), "utf-8")
    monkeypatch.setattr(help_lines, "FILE", tmp_path / "numbers.json")
    shown = help_lines.read.__wrapped__().countries["GB"].lines
    assert len(shown) == len(body["countries"]["GB"]["lines"]) - 1
    assert "116 123" not in {line.call for line in shown}


def test_numbers_are_still_fresh() -> None:
    """Fails half a year after the date in the file: look each number up again, then change the date.

    ``HANDRAIL_TODAY`` supplies the day to judge by, for builds that must not depend on the clock.
    """
    supplied = os.environ.get("HANDRAIL_TODAY")
    today = date.fromisoformat(supplied) if supplied else clock.now().date()
    assert not help_lines.read().stale(today)


def test_a_theme_is_kept_and_leads_back(client: FlaskClient) -> None:
    answer = post(client, "/theme", theme="dark", next="/about")
    assert answer.location == "/about"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("theme=dark;")
    assert "HttpOnly" in cookie
    assert 'data-theme="dark"' in page(client, "/about")
    post(client, "/theme", theme="system")
    assert "data-theme=" not in page(client, "/about").partition("<body")[0]


@pytest.mark.requirement("C30")
def test_a_theme_never_leads_elsewhere(client: FlaskClient) -> None:
    assert post(client, "/theme", theme="dark", next="//evil.example").location == "/"


def test_leaving_quickly_shows_a_page_that_says_nothing(client: FlaskClient) -> None:
    shown = page(client, "/leave")
    assert "andrail" not in shown
    assert "<form" not in shown


@pytest.mark.requirement("C55")
def test_health_says_whether_it_is_alive_and_ready(client: FlaskClient, rows: Session) -> None:
    assert client.get("/healthz", base_url=ORIGIN).get_json() == {"status": "ok"}
    ready = client.get("/readyz", base_url=ORIGIN)
    assert (ready.status_code, ready.get_json()) == (
        200,
        {"database": "ok", "queue": "none", "relay": "quiet", "worker": "quiet"},
    )
    heartbeats.beat(rows, kind="worker", name="worker/matching/here/1", now=clock.now())
    rows.commit()
    assert client.get("/readyz", base_url=ORIGIN).get_json()["worker"] == "alive"


def test_members_are_told_when_no_worker_is_heard(member_client: FlaskClient, rows: Session) -> None:
    assert "Suggestions will come a little later" in page(member_client, "/account/")
    heartbeats.beat(rows, kind="worker", name="worker/matching/here/1", now=clock.now())
    rows.commit()
    assert "Suggestions will come a little later" not in page(member_client, "/account/")


@pytest.mark.requirement("R67")
def test_the_ways_about_fit_who_asks(
    client: FlaskClient, member_client: FlaskClient, admin_client: FlaskClient, app: Flask
) -> None:
    def ways(person: FlaskClient) -> list[str]:
        found = re.search(r'<nav class="site-nav".*?</nav>', page(person, "/help"), re.DOTALL)
        assert found
        return re.findall(r'href="([^"]+)"', found[0])

    assert ways(client) == ["/", "/about"]
    assert "/profile/" in ways(member_client)
    assert not any(each.startswith("/admin") for each in ways(member_client))
    assert len(ways(member_client)) <= 5
    assert set(ways(admin_client)) - set(ways(member_client)) == {"/admin/"}
