"""Matching settings: seen, changed after a look at the differences, rolled back, nothing overwritten."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from domain import bulk_runs, settings
from domain.models import BulkRun, OutboxMessage, SettingsVersion
from matching.settings import MatchingSettings, describe
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import ORIGIN, csrf

CHANGE, ACTIVATE = "/admin/matching/change", "/admin/matching/activate"


def text(response: TestResponse) -> str:
    return response.get_data(as_text=True)


def send(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(client), **fields}, base_url=ORIGIN)


def values(**changes: Any) -> dict[str, Any]:
    """Every setting as it comes, as the form sends it, from version 1."""
    return MatchingSettings().to_json() | {"expected": 1} | changes


def versions(rows: Session) -> list[SettingsVersion]:
    rows.expire_all()
    found = settings.history(rows)
    rows.commit()
    return found


def test_only_admins_come_in(organizer_client: FlaskClient) -> None:
    for path in ("/admin/", "/admin/matching/", CHANGE, "/admin/runs/", "/admin/desk/"):
        assert organizer_client.get(path).status_code == 403, path
    assert send(organizer_client, ACTIVATE, **values(note="Mine")).status_code == 403


def test_the_first_page_counts_and_says_what_is_in_force(admin_client: FlaskClient, rows: Session) -> None:
    factories.member(rows)
    factories.group(rows)
    rows.commit()
    page = text(admin_client.get("/admin/"))
    assert re.search(r"<dt>Members</dt><dd>2</dd>", page)
    assert re.search(r"<dt>Open groups</dt><dd>1</dd>", page)
    assert "Version 1 is in force" in page
    assert 'href="/admin/" aria-current="page">Admin' in page


def test_every_setting_is_asked_for_with_its_bounds_unit_and_meaning(admin_client: FlaskClient) -> None:
    page = text(admin_client.get(CHANGE))
    for name, facts in describe().items():
        assert f'name="{name}"' in page
        assert facts["meaning"].replace("'", "&#39;") in page
        assert f"{facts['low']:g} to {facts['high']:g} {facts['unit']}" in page


def test_differences_are_shown_and_nothing_is_stored_yet(admin_client: FlaskClient, rows: Session) -> None:
    answer = send(admin_client, CHANGE, **values(interest_weight=0.55, ceiling=60))
    page = text(answer)
    assert answer.status_code == 200
    assert re.search(r"How much shared interests count.*?<td>0.3</td><td>0.55</td>", page, re.DOTALL)
    assert re.search(r"<td>75</td><td>60</td>", page)
    assert page.count("<tr>") == 3  # a head and two differences
    assert versions(rows) == []


def test_without_a_difference_the_form_comes_back(admin_client: FlaskClient) -> None:
    assert "Nothing is different from version 1" in text(send(admin_client, CHANGE, **values()))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"ceiling": "200"}, "Enter a number from 40 to 85 for “A peak above"),
        ({"ceiling": "nan"}, "Enter a number from 40 to 85 for “A peak above"),
        ({"list_length": "1e309"}, "Enter a number from 1 to 3 for"),
        ({"interest_weight": ""}, "Enter a number from 0 to 1 for “How much shared interests count”."),
        (
            {name: "0" for name in describe() if name.endswith("_weight")},
            "at least one weight must be above 0",
        ),
    ],
)
@pytest.mark.requirement("C42")
def test_values_out_of_bounds_are_named_and_kept(
    admin_client: FlaskClient, changes: dict[str, str], problem: str
) -> None:
    answer = send(admin_client, CHANGE, **values(novelty="0.77") | changes)
    assert answer.status_code == 422
    assert problem in text(answer)
    assert 'value="0.77"' in text(answer)
    assert "There is a problem" in text(answer)


def test_activating_needs_a_note(admin_client: FlaskClient, rows: Session) -> None:
    answer = send(admin_client, ACTIVATE, **values(ceiling=60, note="  "))
    assert answer.status_code == 422
    assert "Say in a sentence why this changes." in text(answer)
    assert "<td>60</td>" in text(answer)
    assert versions(rows) == []


def test_activating_matches_everybody_again(admin_client: FlaskClient, rows: Session) -> None:
    answer = send(admin_client, ACTIVATE, **values(ceiling=60, note="Gentler in winter."))
    assert answer.status_code == 303
    new, first = versions(rows)
    assert (new.number, new.note, new.body["ceiling"], new.in_force) == (2, "Gentler in winter.", 60, True)
    assert first.retired_at is not None
    bulk = rows.scalars(select(BulkRun)).one()
    assert answer.location == f"/admin/matching/progress/{bulk.id}"
    assert "settings_activated" in rows.scalars(select(OutboxMessage.kind)).all()
    rows.commit()
    page = text(admin_client.get("/admin/matching/"))
    assert "Version 2 is in force" in page
    assert "Gentler in winter." in page
    assert "by you" in page or "by Robin" in page


def test_the_bar_asks_for_itself_until_it_is_done(admin_client: FlaskClient, rows: Session) -> None:
    bulk = bulk_runs.begin(rows, reason="settings", now=NOW)
    bulk.done, bulk.total = 3, 8
    rows.commit()
    path = f"/admin/matching/progress/{bulk.id}"
    page = text(admin_client.get(path))
    assert '<progress id="bulk-bar" value="3" max="8">' in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    fragment = text(admin_client.get(path, headers={"HX-Request": "true"}))
    assert "<html" not in fragment
    assert f'hx-get="{path}"' in fragment
    bulk.done, bulk.finished_at = 8, NOW
    rows.commit()
    ended = text(admin_client.get(path, headers={"HX-Request": "true"}))
    assert "hx-get" not in ended
    assert "Done. 8 members" in ended
    assert "refresh" not in text(admin_client.get(path))
    assert admin_client.get(f"/admin/matching/progress/{'0' * 32}").status_code == 404


@pytest.mark.requirement("C47")
def test_two_admins_at_once_are_shown_both_versions(admin_client: FlaskClient, rows: Session) -> None:
    send(admin_client, ACTIVATE, **values(ceiling=60, note="First."))
    answer = send(admin_client, ACTIVATE, **values(ceiling=80, note="Second."))
    page = text(answer)
    assert answer.status_code == 409
    assert "Version 1, on your screen" in page
    assert "Version 2, in force" in page
    assert re.search(r"<td>75</td><td>60</td><td>80</td>", page)
    assert [each.number for each in versions(rows)] == [2, 1]
    on = send(admin_client, CHANGE, **values(expected=2, ceiling=80, step="change"))
    assert "You begin from version 2" in text(on)
    assert 'name="ceiling"' in text(on)


def test_going_back_adds_a_copy_as_a_new_version(admin_client: FlaskClient, rows: Session) -> None:
    send(admin_client, ACTIVATE, **values(ceiling=60, note="Gentler."))
    page = text(admin_client.get("/admin/matching/versions/1"))
    assert re.search(r"<td>75</td><td>60</td>", page)
    path = "/admin/matching/versions/1"
    assert send(admin_client, path, expected=2, note="").status_code == 422
    assert send(admin_client, path, expected=1, note="Too gentle.").status_code == 409
    assert send(admin_client, path, expected=2, note="Too gentle.").status_code == 303
    found = versions(rows)
    assert [(each.number, each.body["ceiling"]) for each in found] == [(3, 75), (2, 60), (1, 75)]
    assert "This version is in force" in text(admin_client.get("/admin/matching/versions/3"))
    assert admin_client.get("/admin/matching/versions/99").status_code == 404
