"""The page of an outing on its day and after: one tap, taken back, and what the organizer reads of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import tasks
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


@pytest.mark.requirement("R78")
def test_an_organizer_names_tasks_and_a_member_takes_one_and_gives_it_back(
    member_client: FlaskClient, organizer_client: FlaskClient, rows: Session
) -> None:
    place = outing(rows)
    event = rows.get_one(Event, place.event)
    rows.get_one(Group, event.group).organizer = account_of(rows, "organizer@example.com")
    row = said_yes(rows, account_of(rows, "member@example.com"), place)
    desk, path = f"/organizer/events/{event.id}", f"/outings/{row.id}/"
    assert "Something to do" not in member_client.get(path).get_data(as_text=True)
    wrong = {"tasks-0-label": "Tea", "tasks-1-label": "Tea"}
    assert post(organizer_client, f"{desk}/tasks", **wrong).status_code == 422
    labels = ("Put out the chairs", "", "", "Make tea", "")
    named = {f"tasks-{number}-label": label for number, label in enumerate(labels)}
    named |= {f"tasks-{number}-people": "2" for number in range(5)}
    assert post(organizer_client, f"{desk}/tasks", **named).location == desk
    assert 'value="Make tea"' in organizer_client.get(f"{desk}/tasks").get_data(as_text=True)
    task = tasks.of_event(rows, event=event.id)[0]
    assert "Put out the chairs" in member_client.get(f"/occurrences/{place.id}").get_data(as_text=True)
    assert member_client.get(path).get_data(as_text=True).count("I will do this") == 2
    post(member_client, f"{path}tasks/{task.id}")
    assert "You do this." in member_client.get(path).get_data(as_text=True)
    assert "Put out the chairs: 1 person" in organizer_client.get(desk).get_data(as_text=True)
    post(member_client, f"{path}tasks/back")
    assert "You do this." not in member_client.get(path).get_data(as_text=True)
