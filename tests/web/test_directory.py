"""Somebody to talk to: open to everybody, in plain words; kept by admins."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import directory
from domain.models import Approach, Service, ServiceKind
from tests.conftest import NOW
from tests.domain.test_directory import ROOMS, add
from tests.web.conftest import ORIGIN, post

SAID = {
    "name": "Talking Rooms",
    "kind": "counselling",
    "about": "One person to talk with.",
    "approaches": "gradual_exposure",
    "locality": "Larkford",
    "cost": "Free",
    "begin": "Call and ask for a first talk.",
    "phone": "01632 960114",
    "url": "https://rooms.example",
    "looked_up": "y",
}


def page(client: FlaskClient, path: str = "/support/") -> str:
    response = client.get(path, base_url=ORIGIN)
    assert response.status_code == 200
    return response.get_data(as_text=True)


@pytest.mark.requirement("R89", "R95")
def test_anybody_sees_who_there_is_and_how_to_begin(client: FlaskClient, rows: Session) -> None:
    add(rows, "Talking Rooms", Approach.GRADUAL_EXPOSURE, url="https://rooms.example")
    rows.commit()
    html = page(client)
    for words in ("Talking Rooms", "One person to talk with.", "Call them.", "In small steps", "Larkford"):
        assert words in html, words
    assert 'href="tel:01632960114"' in html
    assert 'href="https://rooms.example" rel="noopener noreferrer"' in html
    assert "Looked up on" in html
    assert 'href="/support/"' in page(client, "/help")


@pytest.mark.requirement("R90")
@pytest.mark.parametrize("chosen", list(Approach))
def test_the_three_ways_of_working_are_filters(client: FlaskClient, rows: Session, chosen: Approach) -> None:
    for each in Approach:
        add(rows, f"Only {each.value}", each)
    rows.commit()
    html = page(client, f"/support/?{chosen.value}=1")
    assert [each.value for each in Approach if f"Only {each.value}" in html] == [chosen.value]
    assert f'name="{chosen.value}" value="1" aria-describedby="{chosen.value}-hint" checked' in html


def test_filters_go_along_to_the_next_page(client: FlaskClient, rows: Session) -> None:
    for number in range(directory.PAGE_LENGTH + 1):
        add(rows, f"Rooms {number:02d}", Approach.GRADUAL_EXPOSURE, online=True)
    rows.commit()
    html = page(client, "/support/?gradual_exposure=1&online=1&kind=counselling")
    assert "page=2&amp;gradual_exposure=1&amp;kind=counselling&amp;online=1" in html


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/support/", "Nobody is listed for here yet"),
        ("/support/?online=1", "Nobody here works quite like this"),
        ("/support/?kind=wizard&page=-3", "Nobody is listed for here yet"),
    ],
)
def test_where_there_is_nobody_there_is_a_way_on(client: FlaskClient, path: str, said: str) -> None:
    html = page(client, path)
    assert said in html
    assert "Words for asking" in html


@pytest.mark.requirement("R89")
def test_an_admin_adds_changes_and_takes_out(
    admin_client: FlaskClient, client: FlaskClient, rows: Session
) -> None:
    assert post(admin_client, "/admin/directory/new", **SAID).status_code == 303
    row = rows.scalars(select(Service)).one()
    assert (row.name, row.kind, row.url) == (
        "Talking Rooms",
        ServiceKind.COUNSELLING,
        "https://rooms.example",
    )
    rows.commit()
    assert "Talking Rooms" in page(client)
    assert "Call and ask for a first talk." in page(admin_client, f"/admin/directory/{row.id}")
    changed = SAID | {"name": "Listening Rooms"}
    assert post(admin_client, f"/admin/directory/{row.id}", **changed).status_code == 303
    assert "Listening Rooms" in page(client)
    assert post(admin_client, f"/admin/directory/{row.id}/retire").status_code == 303
    assert "Listening Rooms" not in page(client)
    assert "Taken out." in page(admin_client, "/admin/directory/")
    assert post(admin_client, f"/admin/directory/{row.id}/restore").status_code == 303
    assert "Listening Rooms" in page(client)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"looked_up": ""}, "Look it up first, please."),
        ({"url": "javascript:alert(1)"}, "Enter a whole address"),
        ({"phone": "", "url": ""}, "so that people can get in touch"),
        ({"locality": ""}, "or that it is online"),
        ({"kind": "wizard"}, "Not a valid choice"),
    ],
)
def test_what_is_not_right_is_said_and_nothing_lost(
    admin_client: FlaskClient, rows: Session, change: dict[str, str], said: str
) -> None:
    response = post(admin_client, "/admin/directory/new", **SAID | change)
    html = response.get_data(as_text=True)
    assert response.status_code == 422
    assert said in html
    assert "Call and ask for a first talk." in html
    assert rows.scalars(select(Service)).all() == []


def test_an_entry_of_long_ago_wants_another_look(
    admin_client: FlaskClient, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory.add(rows, admin=None, draft=ROOMS, now=NOW)
    rows.commit()
    assert "please look again" not in page(admin_client, "/admin/directory/")
    monkeypatch.setattr("web.views.admin_directory.clock.now", lambda: NOW + directory.STALE * 2)
    assert "please look again" in page(admin_client, "/admin/directory/")
