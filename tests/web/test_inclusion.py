"""The checklist: answered by an organizer, read by members, asked for in lists, told where it is not met."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import members
from domain.models import Account, Group, Member, Occurrence
from domain.models.base import new_id
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import post
from tests.web.loop_rows import account_of, outing, still, suggested  # noqa: F401
from tests.web.series_rows import a_series, entries, feed_of

pytestmark = pytest.mark.requirement("R77")
EMAIL = "member@example.com"
ANSWERED: dict[str, Any] = {"access": ["step_free", "toilets"], "access_unmet": ["quiet"]}


def at_a_group(rows: Session, **columns: Any) -> Occurrence:
    """An outing of a group that has answered some of it."""
    occurrence = outing(rows, **columns)
    for group in rows.scalars(select(Group)):
        group.access, group.access_unmet = ANSWERED["access"], ANSWERED["access_unmet"]
    rows.commit()
    return occurrence


def need(rows: Session, *slugs: str) -> None:
    member = rows.get_one(Member, account_of(rows, EMAIL))
    members.save_private(rows, member=member, now=NOW, access_needs=slugs)
    rows.commit()


def page(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def facts(html: str) -> dict[str, str]:
    found = re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", html)
    return {unescape(term): unescape(text).strip() for term, text in found}


def told(html: str) -> list[str]:
    return [unescape(each) for each in re.findall(r'<p class="missing">([^<]+)</p>', html)]


def test_an_organizer_answers_yes_no_or_leaves_it_open_and_sees_it_again(
    organizer_client: FlaskClient, rows: Session
) -> None:
    fields = {"name": "Walkers", "summary": "Gentle walks.", "time_zone": "Europe/London"}
    given = {"has_step_free": "yes", "has_quiet": "no", "has_friend": "unsaid"}
    post(organizer_client, "/organizer/groups/new", key=new_id(), **fields, **given)
    group = rows.scalars(select(Group)).one()
    assert (group.access, group.access_unmet) == (["step_free"], ["quiet"])
    shown = facts(page(organizer_client, f"/organizer/groups/{group.id}"))
    assert shown["No steps on the way in"] == "Yes"
    assert shown["A quiet place to step aside"] == "No"
    assert shown["You can bring a friend"] == "Not stated"
    form = page(organizer_client, f"/organizer/groups/{group.id}/edit")
    chosen = dict(re.findall(r'<select id="(has_\w+)".*?<option selected value="(\w+)"', form, re.DOTALL))
    assert (chosen["has_step_free"], chosen["has_quiet"], chosen["has_friend"]) == ("yes", "no", "unsaid")
    post(
        organizer_client,
        f"/organizer/groups/{group.id}/edit",
        key=group.id,
        **fields,
        has_quiet="yes",
        has_step_free="unsaid",
    )
    rows.expire_all()
    assert (group.access, group.access_unmet) == (["quiet"], [])


def test_a_member_reads_what_is_met_what_is_not_and_what_nobody_said(
    member_client: FlaskClient, rows: Session
) -> None:
    occurrence = at_a_group(rows, price=4, greeter="Dev")
    shown = facts(page(member_client, f"/occurrences/{occurrence.id}"))
    assert shown["No steps on the way in"] == "Yes"
    assert shown["A quiet place to step aside"] == "No"
    assert shown["A hearing loop"] == "Not stated"
    assert shown["Somebody who says hello"] == "Yes"
    assert shown["A way to come without paying"] == "Not stated"
    assert "Captions or text, where it is online" not in shown
    group = rows.scalars(select(Group)).one()
    assert facts(page(member_client, f"/groups/{group.id}"))["A quiet place to step aside"] == "No"


def test_online_nobody_has_to_get_in(member_client: FlaskClient, rows: Session) -> None:
    occurrence = at_a_group(rows, online=True)
    need(rows, "seating", "captions")
    html = page(member_client, f"/occurrences/{occurrence.id}")
    assert "A seat all the time" not in facts(html)
    assert facts(html)["Captions or text, where it is online"] == "Not stated. You asked for it"
    assert told(html) == [
        "You asked for this, and nobody has said if it is there: captions or text, where it is online."
    ]


def test_a_need_that_is_not_met_is_told_wherever_one_decides(
    member_client: FlaskClient, rows: Session
) -> None:
    occurrence = at_a_group(rows)
    paths = (
        "/events/",
        f"/occurrences/{occurrence.id}",
        f"/occurrences/{occurrence.id}/yes",
        "/suggestions/",
    )
    suggested(rows, account_of(rows, EMAIL), occurrence)
    for path in paths:
        assert told(page(member_client, path)) == [], path
    need(rows, "quiet", "hearing_loop", "seating", "step_free")
    for path in paths:
        assert told(page(member_client, path)) == [
            "You asked for this, and it is not there: a quiet place to step aside.",
            "You asked for this, and nobody has said if it is there: a seat all the time; a hearing loop.",
        ], path
    shown = facts(page(member_client, f"/occurrences/{occurrence.id}"))
    assert shown["A quiet place to step aside"] == "No. You asked for it"
    assert shown["No steps on the way in"] == "Yes. You asked for it"


def test_a_need_can_be_said_in_the_profile(member_client: FlaskClient, rows: Session) -> None:
    post(member_client, "/profile/access", access_needs=["transport", "no_cost"])
    member = rows.get_one(Member, account_of(rows, EMAIL))
    assert members.read_private(rows, member).access_needs == ("transport", "no_cost")
    assert "A bus or train stop close by" in page(member_client, "/profile/")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("need_quiet=1", ["Quiet"]),
        ("need_quiet=1&need_toilets=1", []),
        ("need_no_cost=1", ["Free"]),
        ("need_nonsense=1", ["Free", "Quiet"]),
        ("need_toilets=1&need_step_free=1", ["Free"]),
    ],
)
def test_lists_and_the_feed_can_be_narrowed_to_what_one_needs(
    client: FlaskClient, member_client: FlaskClient, rows: Session, query: str, expected: list[str]
) -> None:
    quiet = factories.group(rows, name="Quiet ones", access=["quiet"], access_unmet=["toilets"])
    other = factories.group(rows, name="Others", access=["toilets", "step_free"])
    a_series(rows, group=quiet, title="Quiet", price=3, starts_local="2026-06-02T19:00")
    a_series(rows, group=other, title="Free", price=0)
    for path, titles in (
        ("/events/", r'<h3 class="card-title" id="[^"]+"><a href="[^"]+">([^<]+)'),
        ("/events/recurring/", r'class="row-title" href="[^"]+">([^<]+)'),
    ):
        html = page(member_client, f"{path}?{query}")
        assert sorted({*re.findall(titles, html)}) == expected, path
        if "nonsense" not in query:
            assert re.search(r'<details class="narrow-more" open>', html)
    assert (
        sorted(str(each["SUMMARY"]) for each in entries(client, feed_of(member_client, f"?{query}")))
        == expected
    )


@pytest.mark.parametrize("path", ["/events/", "/events/recurring/"])
def test_all_one_asked_for_is_one_press_away(member_client: FlaskClient, rows: Session, path: str) -> None:
    assert "Tick all you asked for" not in page(member_client, path)
    need(rows, "quiet", "friend", "of-another-day")
    link = re.search(r'href="([^"]+)">Tick all you asked for', page(member_client, path))
    assert link
    ticked = re.findall(r'name="(need_\w+)" value="1" checked', page(member_client, unescape(link[1])))
    assert ticked == ["need_quiet", "need_friend"]


def test_nobody_else_is_told_what_somebody_needs(
    member_client: FlaskClient, organizer_client: FlaskClient, rows: Session
) -> None:
    occurrence = at_a_group(rows)
    group = rows.scalars(select(Group)).one()
    group.organizer = rows.get_one(Account, account_of(rows, "organizer@example.com")).id
    rows.commit()
    paths = (f"/organizer/groups/{group.id}", f"/occurrences/{occurrence.id}")
    before = [facts(page(organizer_client, path)) for path in paths]
    need(rows, "quiet", "hearing_loop")
    assert told(page(member_client, paths[1]))
    assert [facts(page(organizer_client, path)) for path in paths] == before
