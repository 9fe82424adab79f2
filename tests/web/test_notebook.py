"""The notebook's pages: each tool alone, tracks ticked, own topics found again before an outing."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import EntryKind, NotebookEntry
from tests.web.conftest import ORIGIN, post
from tests.web.loop_rows import account_of, outing, said_yes, still
from web.tips import TRACKS, Track, of_track, tips

EMAIL = "member@example.com"
__all__ = ["still"]


def page(client: FlaskClient, path: str = "/notebook/") -> str:
    return client.get(path, base_url=ORIGIN).get_data(as_text=True)


def entry_id(rows: Session) -> str:
    found = rows.scalars(select(NotebookEntry.id)).one()
    rows.rollback()
    return str(found)


@pytest.mark.requirement("R91")
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("thought", {"thought": "They all looked bored", "kinder": "They were tired"}),
        ("pleasant", {"what": "Bake a cake", "when": "Saturday"}),
        ("topic", {"words": "What are you reading?"}),
    ],
)
def test_each_tool_works_alone(
    member_client: FlaskClient, rows: Session, kind: str, said: dict[str, str]
) -> None:
    path = f"/notebook/{kind}"
    assert post(member_client, path).status_code == 422
    assert post(member_client, path, **said).status_code == 303
    html = page(member_client, path)
    for words in said.values():
        assert words in html
    assert post(member_client, f"/notebook/entries/{entry_id(rows)}/remove").status_code == 303
    assert next(iter(said.values())) not in page(member_client, path)


@pytest.mark.requirement("R91")
def test_a_pleasant_thing_is_marked_as_done(member_client: FlaskClient, rows: Session) -> None:
    post(member_client, "/notebook/pleasant", what="Bake a cake")
    assert "Done on" not in page(member_client, "/notebook/pleasant")
    post(member_client, f"/notebook/entries/{entry_id(rows)}/done")
    assert "Done on" in page(member_client, "/notebook/pleasant")


@pytest.mark.requirement("R09")
@pytest.mark.parametrize("track", list(TRACKS))
def test_each_track_has_items_and_progress_of_its_own(member_client: FlaskClient, track: Track) -> None:
    first, *others = [tip.id for tip in of_track(track)]
    assert len(others) >= 2
    for _ in range(2):
        assert post(member_client, f"/notebook/tips/{first}/tick").status_code == 303
    html = page(member_client)
    sections = {each: html.split(f'id="track-{each}"')[1].split("</section>")[0] for each in TRACKS}
    assert "You have tried one of these." in sections[track]
    assert "Tried 2 times." in sections[track]
    assert all("You have tried" not in text for each, text in sections.items() if each != track)


@pytest.mark.requirement("R05")
def test_every_tip_says_what_it_rests_on(member_client: FlaskClient) -> None:
    assert all(len(tip.source) > 20 and any(letter.isdigit() for letter in tip.source) for tip in tips())
    assert all(tip.read_at.startswith("https://") and date.fromisoformat(tip.checked_on) for tip in tips())
    assert len({tip.id for tip in tips()}) == len(tips())
    html = (
        page(member_client)
        + page(member_client, "/notebook/thought")
        + page(member_client, "/notebook/pleasant")
    )
    for tip in tips():
        assert tip.source in html


def test_only_what_is_on_a_track_is_ticked(member_client: FlaskClient) -> None:
    assert post(member_client, "/notebook/tips/nothing/tick").status_code == 404
    assert post(member_client, "/notebook/tips/other-look/tick").status_code == 404


@pytest.mark.requirement("R51")
def test_own_topics_stand_with_the_three_neutral_ones_before_an_outing(
    member_client: FlaskClient, rows: Session
) -> None:
    post(member_client, "/notebook/topic", words="Where is a nice bench?")
    occurrence = outing(rows)
    yes = said_yes(rows, account_of(rows, EMAIL), occurrence)
    html = page(member_client, f"/outings/{yes.id}/")
    section = html.split('id="talk-title"')[1].split("</section>")[0]
    assert "Where is a nice bench?" in section
    assert section.count("<li>") == 4


@pytest.mark.requirement("R23", "R51")
def test_the_three_neutral_ones_are_about_the_day_a_shared_interest_and_what_is_on_nearby(
    member_client: FlaskClient, rows: Session
) -> None:
    yes = said_yes(rows, account_of(rows, EMAIL), outing(rows, interests=("books",)))
    section = page(member_client, f"/outings/{yes.id}/").split('id="talk-title"')[1].split("</section>")[0]
    day, interest, nearby = re.findall(r"<li>([^<]+)</li>", section)
    assert "today" in day
    assert "books and reading" in interest
    assert "nearby" in nearby


def test_each_kind_has_a_page_but_ticks(member_client: FlaskClient) -> None:
    found = {kind: member_client.get(f"/notebook/{kind}", base_url=ORIGIN).status_code for kind in EntryKind}
    assert found == {kind: 404 if kind is EntryKind.TICK else 200 for kind in EntryKind}
