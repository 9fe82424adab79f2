"""The feed of what comes back, as a calendar program reads it: zones, rules, dates off, whose it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import recurring_ical_events
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from icalendar import Event as Entry
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import agenda, schedule
from domain.models import Account, Block, Event, Group, Occurrence
from domain.recurrence import occurrences_between
from domain.recurring import Series
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import ORIGIN
from tests.web.loop_rows import account_of, at, said_yes, still  # noqa: F401
from tests.web.series_rows import (
    EMAIL,
    PAGE,
    a_series,
    calendar,
    entries,
    feed_of,
    live_in_larkford,
    starts,
    text,
)
from tests.web.test_queries import counting
from web import feed_links
from web.calendar import recurring_calendar
from web.feed_links import Feed

pytestmark = pytest.mark.requirement("R50")


def test_the_feed_has_one_entry_a_series_with_zone_rule_and_town_alone(
    client: FlaskClient, member_client: FlaskClient, rows: Session
) -> None:
    event = a_series(rows)
    found = calendar(client, feed_of(member_client))
    (entry,) = (each for each in found.walk("VEVENT") if isinstance(each, Entry))
    assert entry["UID"] == f"{event.id}@handrail"
    assert str(entry["DTSTART"].params["TZID"]) == "Europe/London"
    assert [str(zone["TZID"]) for zone in found.walk("VTIMEZONE")] == ["Europe/London"]
    assert entry["RRULE"].to_ical() == b"FREQ=WEEKLY;BYDAY=TU"
    assert entry["LOCATION"] == "Larkford"
    assert entry["TRANSP"] == "TRANSPARENT"
    assert str(found["METHOD"]) == "PUBLISH"
    assert entry.walk("VALARM") == []
    said_yes(rows, account_of(rows, EMAIL), rows.scalars(select(Occurrence)).first())  # type: ignore[arg-type]
    raw = client.get(feed_of(member_client)).get_data(as_text=True)
    assert not [hidden for hidden in ("Mill", "secret") if hidden in raw]


def test_its_link_leads_a_member_to_the_next_date(
    client: FlaskClient, member_client: FlaskClient, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_series(rows)
    first, second, *_ = rows.scalars(select(Occurrence).order_by(Occurrence.starts_at))
    (entry,) = entries(client, feed_of(member_client))
    path = urlsplit(str(entry["URL"])).path
    assert member_client.get(path).location == f"/occurrences/{first.id}"
    assert (client.get(path).location or "").startswith("/login")
    at(monkeypatch, first.ends_at)
    assert member_client.get(path).location == f"/occurrences/{second.id}"


def test_dates_called_off_are_left_out_also_when_they_are_over(
    client: FlaskClient, member_client: FlaskClient, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_series(rows, exdates="2026-06-16T18:30")
    first, *rest = rows.scalars(select(Occurrence).order_by(Occurrence.starts_at))
    schedule.cancel_occurrence(rows, occurrence=first, reason="Rain", now=NOW)
    rows.commit()
    found = calendar(client, feed_of(member_client))
    assert starts(found) == [each.starts_at for each in rest]
    assert datetime(2026, 6, 16, 17, 30, tzinfo=UTC) not in starts(found)
    at(monkeypatch, NOW + timedelta(days=9))
    assert starts(calendar(client, feed_of(member_client))) == [each.starts_at for each in rest]


def test_half_past_six_stays_half_past_six_in_the_feed(
    client: FlaskClient, member_client: FlaskClient, rows: Session
) -> None:
    a_series(rows)
    found = starts(calendar(client, feed_of(member_client)), NOW + timedelta(days=200))
    assert {at.hour for at in found} == {17, 18}, "in UTC the clocks change"
    entry = recurring_ical_events.of(calendar(client, feed_of(member_client)))
    walls = {each.start.strftime("%a %H:%M") for each in entry.between(NOW, NOW + timedelta(days=200))}
    assert walls == {"Tue 18:30"}


def test_a_changed_series_keeps_its_identity_and_a_later_number(
    client: FlaskClient, member_client: FlaskClient, rows: Session
) -> None:
    event = a_series(rows)
    (before,) = entries(client, feed_of(member_client))
    event.rrule, event.starts_local, event.sequence = "FREQ=WEEKLY;BYDAY=WE", "2026-06-03T18:30", 1
    rows.query(Occurrence).delete()
    schedule.expand(rows, event=event, now=NOW)
    rows.commit()
    (after,) = entries(client, feed_of(member_client))
    assert after["UID"] == before["UID"]
    assert int(after.decoded("SEQUENCE")) > int(before.decoded("SEQUENCE"))
    assert after["RRULE"].to_ical() == b"FREQ=WEEKLY;BYDAY=WE"


def test_the_feed_is_of_what_is_near_its_owner(
    client: FlaskClient, member_client: FlaskClient, rows: Session
) -> None:
    a_series(rows, title="Near", latitude=51.21, longitude=-1.95)
    a_series(rows, title="Far", latitude=53.5, longitude=-1.95)
    live_in_larkford(rows)
    assert [str(each["SUMMARY"]) for each in entries(client, feed_of(member_client))] == ["Near"]
    everywhere = entries(client, feed_of(member_client, "?place=anywhere"))
    assert sorted(str(each["SUMMARY"]) for each in everywhere) == ["Far", "Near"]


@pytest.mark.parametrize("how", ["blocked", "blocking", "closed"])
def test_what_is_not_open_leaves_page_and_feed(
    client: FlaskClient, member_client: FlaskClient, rows: Session, how: str
) -> None:
    organizer, me = factories.member(rows), account_of(rows, EMAIL)
    group = factories.group(rows, organizer=rows.get_one(Account, organizer.id), locality="Larkford")
    event, feed = a_series(rows, group=group), feed_of(member_client)
    assert len(entries(client, feed)) == 1
    if how == "closed":
        group.closed_at = NOW
    else:
        one, other = (me, organizer.id) if how == "blocked" else (organizer.id, me)
        rows.add(Block(member=one, other=other, created_at=NOW))
    rows.commit()
    assert entries(client, feed) == []
    assert event.title not in text(member_client)
    assert member_client.get(f"{PAGE}{event.id}").status_code == 404


def test_the_link_stops_with_a_new_password_and_is_no_key_to_outings(
    client: FlaskClient, member_client: FlaskClient, rows: Session
) -> None:
    feed = feed_of(member_client)
    token = feed.split("/")[2]
    assert client.get(f"/calendar/{token}.ics").status_code == 404
    outings = re.search(rf"{ORIGIN}/calendar/([^<]+)\.ics", text(member_client, "/outings/"))
    assert outings
    assert client.get(f"/calendar/{outings[1]}/recurring.ics").status_code == 404
    assert client.get(f"/calendar/x{token}/recurring.ics").status_code == 404
    rows.get_one(Account, account_of(rows, EMAIL)).fs_uniquifier = "another"
    rows.commit()
    assert client.get(feed).status_code == 404


def test_the_link_of_somebody_who_is_no_member_leads_nowhere(
    app: Flask, client: FlaskClient, rows: Session
) -> None:
    account = factories.account(rows)
    rows.commit()
    with app.test_request_context(base_url=ORIGIN):
        link = feed_links.link(account.id, Feed.RECURRING)
    assert client.get(urlsplit(link).path).status_code == 404


def test_the_feed_asks_no_more_for_more(
    app: Flask, client: FlaskClient, member_client: FlaskClient, rows: Session
) -> None:
    counts = []
    for _ in range(2):
        for number in range(4):
            a_series(rows, title=f"Walk {number}", facts={"talking": 0.3})
        feed = feed_of(member_client)
        client.get(feed)
        with counting(app) as said:
            assert entries(client, feed)
        counts.append(len(said))
    assert len({*counts}) == 1
    assert counts[0] <= 7, said


RULES = st.sampled_from(
    [
        "FREQ=WEEKLY;BYDAY=TU",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SA",
        "FREQ=MONTHLY;BYDAY=1TU",
        "FREQ=MONTHLY;BYDAY=-1TU",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE;BYSETPOS=-1",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;BYDAY=TU;COUNT=70",
        "FREQ=WEEKLY;BYDAY=TU;UNTIL=20260630",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
    ]
)
ZONES = st.sampled_from(["Europe/London", "America/Toronto", "Pacific/Auckland", "Asia/Kathmandu", "UTC"])
WALLS = st.datetimes(datetime.fromisoformat("2025-03-01"), datetime.fromisoformat("2026-05-20"))


@given(rrule=RULES, zone=ZONES, wall=WALLS, off=st.sets(st.integers(0, 8)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_calendar_program_finds_the_dates_we_keep(
    app: Flask, rrule: str, zone: str, wall: datetime, off: set[int]
) -> None:
    """Through the words of the file alone, whatever the rule, the zone and the dates called off."""
    event = Event(id="e", group="g", title="Walk", starts_local=f"{wall:%Y-%m-%dT%H:%M}", duration_minutes=90)
    event.time_zone, event.rrule, event.sequence, event.online = zone, rrule, 0, True
    rule = schedule.recurrence_of(event)
    kept = [each.starts_at for each in occurrences_between(rule, after=NOW, before=NOW + schedule.AHEAD)]
    called_off = tuple(at for number, at in enumerate(kept) if number in off)
    entry = agenda.Entry(occurrence=Occurrence(), event=event, group=Group(id="g", name="G"), answer=None)
    series = Series(next=entry, days=(), off=called_off)
    with app.test_request_context(base_url=ORIGIN):
        body = recurring_calendar([series], base_url=ORIGIN, now=NOW, name="What comes back")
    found = Calendar.from_ical(body)
    assert isinstance(found, Calendar)
    assert starts(found, NOW + schedule.AHEAD) == [at for at in kept if at not in called_off]
