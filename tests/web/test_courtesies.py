"""The page of an outing on its day and after: one tap, taken back, and what the organizer reads of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import Account, Courtesy, Event, Group
from tests.web.conftest import post
from tests.web.loop_rows import account_of, at, outing, said_yes, still  # noqa: F401


@pytest.mark.requirement("R72")
def test_one_tap_reaches_the_organizer_and_can_be_taken_back(
    member_client: FlaskClient, organizer_client: FlaskClient, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = outing(rows)
    host = rows.get_one(Account, account_of(rows, "organizer@example.com"))
    event = rows.get_one(Event, place.event)
    rows.get_one(Group, event.group).organizer = host.id
    row = said_yes(rows, account_of(rows, "member@example.com"), place)
    path, desk = f"/outings/{row.id}/", f"/organizer/events/{event.id}"
    assert "running a little late" not in member_client.get(path).get_data(as_text=True)
    assert post(member_client, f"{path}late").status_code == 409

    at(monkeypatch, place.starts_at - timedelta(hours=1))
    assert "I am running a little late" in member_client.get(path).get_data(as_text=True)
    assert post(member_client, f"{path}late").location == path
    assert "You have said that you are running" in member_client.get(path).get_data(as_text=True)
    page = " ".join(organizer_client.get(desk).get_data(as_text=True).split())
    assert "Running a little late: 1 person" in page
    post(member_client, f"{path}late/back")
    assert "Running a little late" not in organizer_client.get(desk).get_data(as_text=True)

    at(monkeypatch, place.ends_at + timedelta(hours=1))
    assert "Say thank you to the host" in member_client.get(path).get_data(as_text=True)
    post(member_client, f"{path}thanks")
    assert "Thank you, they say" in organizer_client.get(desk).get_data(as_text=True)
    rows.expire_all()
    assert rows.scalars(select(Courtesy.said_at)).all() == [place.ends_at + timedelta(hours=1)]
