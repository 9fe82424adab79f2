"""What the tests of recurring events begin with: a series, a member who lives near it, and the feed of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import recurring_ical_events
from flask.testing import FlaskClient
from icalendar import Calendar
from icalendar import Event as Entry
from sqlalchemy.orm import Session

from domain import members, places, schedule
from domain.models import Event, Group, Member
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import ORIGIN
from tests.web.loop_rows import account_of

EMAIL = "member@example.com"
PAGE = "/events/recurring/"
LARKFORD = (51.2, -1.95)


def a_series(rows: Session, *, group: Group | None = None, **columns: Any) -> Event:
    """A recurring event, every Tuesday if nothing else is said, with its dates."""
    facts: dict[str, Any] = {
        "rrule": "FREQ=WEEKLY;BYDAY=TU",
        "venue": "Mill House",
        "address": "12 Mill Lane",
        "locality": "Larkford",
        "url": "https://meet.example/secret",
    }
    found = group or factories.group(rows, name="Tuesday walkers", locality="Larkford")
    event = factories.event(rows, group=found, **facts | columns)
    schedule.expand(rows, event=event, now=NOW)
    rows.commit()
    return event


def live_in_larkford(rows: Session) -> None:
    member = rows.get_one(Member, account_of(rows, EMAIL))
    cell = places.cell_of(*LARKFORD)
    members.save_private(rows, member=member, now=NOW, cell=cell, place_name="Larkford")
    rows.commit()


def text(client: FlaskClient, path: str = PAGE) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def entries(client: FlaskClient, path: str) -> list[Entry]:
    return [each for each in calendar(client, path).walk("VEVENT") if isinstance(each, Entry)]


def calendar(client: FlaskClient, path: str) -> Calendar:
    response = client.get(path)
    assert response.status_code == 200
    assert response.mimetype == "text/calendar"
    found = Calendar.from_ical(response.get_data())
    assert isinstance(found, Calendar)
    return found


def feed_of(client: FlaskClient, query: str = "") -> str:
    found = re.search(rf"{ORIGIN}(/calendar/[^<]+/recurring\.ics[^<]*)", text(client, PAGE + query))
    assert found
    return unescape(found[1])


def starts(found: Calendar, until: datetime = NOW + timedelta(days=60)) -> list[datetime]:
    each = recurring_ical_events.of(found).between(NOW, until)
    found_at = sorted(one.start.astimezone(UTC) for one in each)
    return [at for at in found_at if at >= NOW]  # one under way overlaps, and does not begin
