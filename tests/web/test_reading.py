"""Words are read by tired people: a Flesch-Kincaid grade of at most six on every page of ours."""

from __future__ import annotations

import re
from html import unescape

import pyphen
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import NotebookEntry
from tests.web.conftest import ORIGIN, post
from web.lessons import lessons

HYPHENS = pyphen.Pyphen(lang="en_GB")
OUTSIDE = (
    "/",
    "/about",
    "/privacy",
    "/terms",
    "/break",
    "/help",
    "/login",
    "/register",
    "/reset",
    "/check-mail",
)
INSIDE = (
    "/welcome/",
    "/welcome/needs",
    "/welcome/comfort",
    "/welcome/energy",
    "/welcome/place",
    "/welcome/done",
    "/profile/",
    "/profile/card",
    "/account/",
    "/portfolio/",
    "/events/recurring/",
    "/notebook/activity",
    "/notebook/person",
    "/practice/",
    *(f"/practice/{each.id}" for each in lessons()),
    "/account/mails/",
)
BLOCKS = re.compile(r"</(?:p|li|h\d|label|legend|dd|dt|button|td|th|summary)>")


def sentences(page: str) -> list[list[str]]:
    main = page[page.index("<main") : page.index("</main>")]
    main = re.sub(r"<(script|svg|select)\b.*?</\1>", " ", main, flags=re.DOTALL)
    text = unescape(re.sub(r"<[^>]+>", " ", BLOCKS.sub(". ", main)))
    found = (re.findall(r"[A-Za-z’'-]+", each) for each in re.split(r"[.!?:;]+", text))
    return [words for words in found if words]


def syllables(word: str) -> int:
    return len(HYPHENS.positions(word)) + 1


def grade(page: str) -> float:
    parts = sentences(page)
    words = [word for part in parts for word in part]
    return 0.39 * len(words) / len(parts) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def test_the_measure_tells_plain_from_clinical() -> None:
    plain = "<main><p>You can go home when you like. Nobody asks why.</p></main>"
    clinical = (
        "<main><p>Graduated exposure hierarchies facilitate systematic desensitisation of maladaptive "
        "interpersonal apprehension.</p></main>"
    )
    assert grade(plain) < 3
    assert grade(clinical) > 12


@pytest.mark.parametrize("path", OUTSIDE)
def test_pages_for_visitors_are_easy_to_read(client: FlaskClient, path: str) -> None:
    page = client.get(path, base_url=ORIGIN).get_data(as_text=True)
    assert grade(page) <= 6
    assert max(map(len, sentences(page))) <= 30


@pytest.fixture
def of_somebody(member_client: FlaskClient, rows: Session) -> tuple[str, ...]:
    """The pages about somebody a member sees."""
    post(member_client, "/notebook/person", what="Kim", energy="1")
    person = f"/people/{rows.scalars(select(NotebookEntry.id)).one()}"
    rows.rollback()
    day = {"what": "Birthday", "day": "29", "month": "2", "every": "year", "remind": "eve", "hour": "9"}
    for hard in ({}, {"hard": "y"}):
        assert post(member_client, f"{person}/days", **day | hard).status_code == 303
    weekly = {"name": "Swim", "days": "2", "time": "07:30", "person": "", "nudge": "hour"}
    assert post(member_client, "/routines/new/own", **weekly).status_code == 303
    return person, f"{person}/days", "/routines/", "/routines/new/walk"


def test_pages_for_members_are_easy_to_read(member_client: FlaskClient, of_somebody: tuple[str, ...]) -> None:
    for path in (*INSIDE, *of_somebody):
        page = member_client.get(path, base_url=ORIGIN).get_data(as_text=True)
        assert grade(page) <= 6, path
        assert max(map(len, sentences(page))) <= 30, path
