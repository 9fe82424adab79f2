"""Outings in one's own calendar: a stable identity, the place, and a link that is private."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from icalendar import Event as Entry
from sqlalchemy.orm import Session

from domain import rsvps, schedule
from domain.models import Account
from tests.conftest import NOW
from tests.web.conftest import ORIGIN
from tests.web.loop_rows import account_of, outing, said_yes, still  # noqa: F401

EMAIL = "member@example.com"


def entries(client: FlaskClient, path: str) -> list[Entry]:
    response = client.get(path)
    assert response.status_code == 200
    assert response.mimetype == "text/calendar"
    found = Calendar.from_ical(response.get_data()).walk("VEVENT")
    return [each for each in found if isinstance(each, Entry)]


def feed_of(client: FlaskClient) -> str:
    found = re.search(rf"{ORIGIN}(/calendar/[^<]+\.ics)", client.get("/outings/").get_data(as_text=True))
    assert found
    return found[1]


def test_one_outing_keeps_wall_time_zone_and_place(member_client: FlaskClient, rows: Session) -> None:
    occurrence = outing(rows)
    row = said_yes(rows, account_of(rows, EMAIL), occurrence)
    (entry,) = entries(member_client, f"/outings/{row.id}/calendar.ics")
    assert entry["UID"] == f"{occurrence.id}@handrail"
    assert entry.decoded("DTSTART") == occurrence.starts_at
    assert str(entry["DTSTART"].params["TZID"]) == "Europe/London"
    assert entry["LOCATION"] == "Mill House, 12 Mill Lane, Larkford"
    assert entry["STATUS"] == "CONFIRMED"
    assert entry["URL"] == f"{ORIGIN}/outings/{row.id}/"


@pytest.mark.parametrize("how", ["cancelled", "taken back"])
def test_what_is_off_says_so_under_the_same_identity(
    member_client: FlaskClient, rows: Session, how: str
) -> None:
    occurrence, member = outing(rows), account_of(rows, EMAIL)
    row = said_yes(rows, member, occurrence)
    (before,) = entries(member_client, f"/outings/{row.id}/calendar.ics")
    if how == "cancelled":
        schedule.cancel_occurrence(rows, occurrence=occurrence, reason="Rain", now=NOW)
    else:
        rsvps.cancel(rows, member=member, rsvp=row.id, now=NOW)
    rows.commit()
    (after,) = entries(member_client, f"/outings/{row.id}/calendar.ics")
    assert (after["UID"], after["STATUS"]) == (before["UID"], "CANCELLED")
    assert int(after.decoded("SEQUENCE")) > int(before.decoded("SEQUENCE"))
    assert "LOCATION" not in after


def test_the_private_link_needs_no_sign_in_and_holds_one_s_own_outings(
    client: FlaskClient, member_client: FlaskClient, organizer_client: FlaskClient, rows: Session
) -> None:
    said_yes(rows, account_of(rows, EMAIL), outing(rows, title="Mine"))
    said_yes(rows, account_of(rows, "organizer@example.com"), outing(rows, title="Theirs"))
    assert [each["SUMMARY"] for each in entries(client, feed_of(member_client))] == ["Mine"]


def test_the_link_stops_with_a_new_password_and_cannot_be_made_up(
    client: FlaskClient, member_client: FlaskClient, rows: Session
) -> None:
    feed = feed_of(member_client)
    assert client.get(feed.replace("/calendar/", "/calendar/x")).status_code == 404
    assert client.get("/calendar/nonsense.ics").status_code == 404
    rows.get_one(Account, account_of(rows, EMAIL)).fs_uniquifier = "another"
    rows.commit()
    assert client.get(feed).status_code == 404
