"""Looking around: what is on by day, filters, one event without its address, nothing of who is kept apart."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from domain import agenda
from domain.models import Account, Block, Event, EventFact, Group, Occurrence
from tests import factories
from tests.conftest import NOW
from tests.web.loop_rows import account_of, outing, said_yes, still  # noqa: F401

EMAIL = "member@example.com"


def text(client: FlaskClient, path: str = "/events/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def titles(page: str) -> list[str]:
    return re.findall(r'id="card-[^"]+"><a href="[^"]+">([^<]+)</a>', page)


def test_what_is_on_is_listed_by_day_soonest_first(member_client: FlaskClient, rows: Session) -> None:
    outing(rows, days=3, title="Later")
    outing(rows, title="Sooner")
    page = text(member_client)
    assert titles(page) == ["Sooner", "Later"]
    assert re.findall(r'<h2 id="day-[^"]+">([^<]+)', page) == ["Tuesday 2 June", "Friday 5 June"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("interest=board-games", ["Games"]),
        ("interest=nonsense", ["Walk", "Games", "Chat"]),
        ("place=online", ["Chat"]),
        ("place=there", ["Walk", "Games"]),
        ("free=1", ["Walk"]),
        ("when=week", ["Walk", "Games"]),
        ("when=today", []),
    ],
)
def test_filters_narrow_the_list(
    member_client: FlaskClient, rows: Session, query: str, expected: list[str]
) -> None:
    outing(rows, title="Walk", price=0)
    outing(rows, days=1, title="Games", interests=("board-games",), price=3)
    outing(rows, days=10, title="Chat", online=True)
    page = text(member_client, f"/events/?{query}")
    assert titles(page) == expected
    assert ("Nothing here just now" in page) is not bool(expected)


def test_a_long_list_comes_in_pages_and_ends(
    member_client: FlaskClient, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agenda, "PAGE_LENGTH", 2)
    monkeypatch.setattr(agenda, "MOST_PAGES", 2)
    for day in range(6):
        outing(rows, days=day, title=f"Walk {day}")
    first = text(member_client, "/events/?place=there")
    assert titles(first) == ["Walk 0", "Walk 1"]
    assert "Page 1 of 2" in first
    assert "page=2&amp;place=there" in first
    assert titles(text(member_client, "/events/?page=99")) == ["Walk 2", "Walk 3"]


@pytest.mark.requirement("R21")
def test_an_event_says_what_to_expect_and_hides_its_address(
    member_client: FlaskClient, rows: Session
) -> None:
    occurrence = outing(
        rows,
        leaving="Wave, and go.",
        arriving="From 18:15",
        text="**Bring** a <script>alert(1)</script> coat",
    )
    page = text(member_client, f"/occurrences/{occurrence.id}")
    for words in ("About 6 others", "Wave, and go.", "From 18:15", "Larkford", "<strong>Bring</strong>"):
        assert words in page, words
    for hidden in ("12 Mill Lane", "Mill House", "alert(1)</script> coat"):
        assert hidden not in page, hidden


def test_what_nobody_stated_is_marked_as_a_guess(member_client: FlaskClient, rows: Session) -> None:
    occurrence = outing(rows)
    fact = rows.get(EventFact, (occurrence.event, "talking"))
    assert fact is not None
    fact.assumed = True
    rows.commit()
    page = text(member_client, f"/occurrences/{occurrence.id}")
    said = re.findall(r"<dd>([^<]+) <span class=\"assumed\">", page)
    assert said == ["A little, if you like"]


def test_linked_data_is_valid_carries_the_nonce_and_cannot_break_out(
    member_client: FlaskClient, rows: Session
) -> None:
    occurrence = outing(rows, title="Tea </script><b>& cake", price=2, currency="GBP")
    response = member_client.get(f"/occurrences/{occurrence.id}")
    page = response.get_data(as_text=True)
    found = re.search(r'<script nonce="([^"]+)" type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    assert f"'nonce-{found[1]}'" in response.headers["Content-Security-Policy"]
    data = json.loads(found[2])
    assert data["name"] == "Tea </script><b>& cake"
    assert data["location"] == {"@type": "Place", "name": "Larkford"}
    assert "Mill" not in found[2]


def test_who_comes_is_nobody_s_to_see(
    member_client: FlaskClient, organizer_client: FlaskClient, rows: Session
) -> None:
    occurrence = outing(rows)
    said_yes(rows, account_of(rows, "organizer@example.com"), occurrence)
    assert "Robin" not in text(member_client, f"/occurrences/{occurrence.id}").split("<main")[1]


def test_one_s_own_answer_is_shown(member_client: FlaskClient, rows: Session) -> None:
    occurrence = outing(rows)
    row = said_yes(rows, account_of(rows, EMAIL), occurrence)
    assert f"/outings/{row.id}/" in text(member_client, f"/occurrences/{occurrence.id}")
    assert "You said yes" in text(member_client)


def test_a_time_elsewhere_is_said_in_both_places(member_client: FlaskClient, rows: Session) -> None:
    occurrence = outing(rows, time_zone="America/Toronto")
    assert "18:30 to 20:00 your time (13:30 there)" in text(member_client, f"/occurrences/{occurrence.id}")


def hide(rows: Session, occurrence: Occurrence, how: str) -> None:
    event = rows.get_one(Event, occurrence.event)
    group = rows.get_one(Group, event.group)
    organizer = factories.member(rows)
    group.organizer = rows.get_one(Account, organizer.id).id
    match how:
        case "blocked":
            rows.add(Block(member=account_of(rows, EMAIL), other=organizer.id, created_at=NOW))
        case "blocking":
            rows.add(Block(member=organizer.id, other=account_of(rows, EMAIL), created_at=NOW))
        case "unpublished":
            event.published_at = None
        case "closed":
            group.closed_at = NOW - timedelta(days=1)
    rows.commit()


@pytest.mark.parametrize("how", ["blocked", "blocking", "unpublished", "closed"])
def test_what_is_not_open_is_not_there(member_client: FlaskClient, rows: Session, how: str) -> None:
    occurrence = outing(rows)
    assert len(titles(text(member_client))) == 1
    hide(rows, occurrence, how)
    assert titles(text(member_client)) == []
    assert member_client.get(f"/occurrences/{occurrence.id}").status_code == 404
    assert member_client.get(f"/occurrences/{occurrence.id}/yes").status_code == 404
