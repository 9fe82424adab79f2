"""Words people store, shown to everybody in every form: they stay words."""

from __future__ import annotations

import csv
import io
import os
import re

import pytest
from icalendar import Calendar

from domain.export import Section
from domain.models import Event, Facilitation, Group, Member, Occurrence, Service
from tests.conftest import NOW
from tests.security import walk
from tests.security.actors import Actor
from tests.security.payloads import FORMULAS, ICS, MARK, XSS
from tests.security.site import Site
from tests.security.test_browser import Seen
from web.prose import prose
from workers import archive

#: Payloads a field holds at once, so that every page shows them all in few requests.
AT_ONCE = 40
#: Readers; all of them with HANDRAIL_FUZZ set.
_FEW = [Actor.SELF, Actor.OTHER, Actor.ORGANIZER]
READERS = list(Actor) if os.environ.get("HANDRAIL_FUZZ") else _FEW


def planted(site: Site, words: str) -> None:
    """Put the words into every text column others may be shown, past every form."""
    with site.rows() as rows:
        for model in (Group, Event, Member, Occurrence, Service, Facilitation):
            for row in rows.query(model):
                for column in model.__table__.columns:
                    if column.name in TEXTS:
                        setattr(row, column.name, words[: getattr(column.type, "length", None)])
        for led in rows.query(Facilitation):
            led.verified, led.decided_at = True, NOW  # or only its organizer would be shown it
        rows.commit()


TEXTS = {
    "name",
    "summary",
    "description",
    "locality",
    "greeter",
    "title",
    "text",
    "venue",
    "address",
    "leaving",
    "arriving",
    "cancel_reason",
    "display_name",
    "pronouns",
    "about",
    "begin",
    "cost",
    "phone",
    "profession",
    "register",
}


@pytest.mark.requirement("C31")
@pytest.mark.parametrize("start", range(0, len(XSS), AT_ONCE))
def test_no_stored_payload_becomes_part_of_a_page(site: Site, start: int) -> None:
    assert len(XSS) >= 200
    # a short column takes one payload: each column gets another one, the long ones get all of them
    batch = XSS[start : start + AT_ONCE]
    planted(site, batch[start % AT_ONCE] + " " + " ".join(batch))
    shown = 0
    for call in walk.calls(site.app, site.world, ("GET",)):
        for actor in READERS:
            answer = site.ask(actor, call.path)
            if answer.mimetype != "text/html":
                continue
            page = answer.get_data(as_text=True)
            shown += MARK in page
            assert [each for each in batch if each in page] == [], (call.path, actor)
            seen = Seen(page)
            assert seen.inline == [], (call.path, actor)
            assert not {"iframe", "object", "embed", "base", "math", "video"} & set(seen.tags), call
    assert shown > 10


@pytest.mark.requirement("C31", "C32")
@pytest.mark.parametrize("payload", XSS)
def test_no_payload_survives_an_organizers_prose(payload: str) -> None:
    html = str(prose(f"Hello **there** {payload}"))
    seen = Seen(html)
    assert set(seen.tags) <= {"p", "br", "em", "strong", "ul", "ol", "li", "a"}
    assert seen.inline == []
    assert not re.search(r'href="(?!https:|mailto:)', html)


@pytest.mark.requirement("C36")
@pytest.mark.parametrize("payload", ICS)
def test_a_calendar_holds_no_line_somebody_wrote(site: Site, payload: str) -> None:
    planted(site, payload)
    path = f"/outings/{site.world.things['rsvp']}/calendar.ics"
    body = site.ask(Actor.SELF, path).get_data()
    found = Calendar.from_ical(body)
    (entry,) = found.walk("VEVENT")
    assert len(found.walk("VALARM")) == 1
    assert str(found["method"]) == "PUBLISH"
    assert "ATTENDEE" not in entry
    assert "X-PLANTED" not in entry
    assert str(entry["url"]).startswith("http://localhost:8000/outings/")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert b"\n" not in body.replace(b"\r\n", b"")


@pytest.mark.requirement("C36")
@pytest.mark.parametrize("payload", ICS)
def test_the_calendar_of_what_comes_back_holds_none_either(site: Site, payload: str) -> None:
    planted(site, payload)
    page = site.ask(Actor.SELF, "/events/recurring/").get_data(as_text=True)
    path = re.search(r"/calendar/[^<\s]+/recurring\.ics", page)
    assert path
    body = site.ask(Actor.ANONYMOUS, path[0]).get_data()
    found = Calendar.from_ical(body)
    series = found.walk("VEVENT")
    assert len(series) == 2
    assert found.walk("VALARM") == []
    assert str(found["method"]) == "PUBLISH"
    for entry in series:
        assert not {"ATTENDEE", "X-PLANTED"} & set(entry)
        assert str(entry["url"]).startswith("http://localhost:8000/events/recurring/")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert b"\n" not in body.replace(b"\r\n", b"")


@pytest.mark.requirement("C35")
@pytest.mark.parametrize("payload", FORMULAS)
def test_a_table_holds_no_formula(payload: str) -> None:
    text = archive.table([{"words": payload}])
    for row in csv.reader(io.StringIO(text)):
        assert [cell for cell in row if cell.startswith(archive.FORMULA)] == []


@pytest.mark.requirement("C31")
@pytest.mark.parametrize("payload", XSS)
def test_a_copy_to_read_holds_words_alone(payload: str) -> None:
    section = Section(name="wins", rows=[{"words": payload}])
    seen = Seen(archive.page([section], made_at=NOW))
    assert seen.inline == []
    assert not {"iframe", "object", "embed", "base", "img", "svg", "form"} & set(seen.tags)
