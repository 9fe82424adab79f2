"""The week with its routines: five templates and one of one's own, done or rested from, paused, let go."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import NotebookEntry, Routine
from domain.routine_body import Template
from tests.conftest import NOW
from tests.web.conftest import ORIGIN, post
from tests.web.loop_rows import still

__all__ = ["still"]

TODAY = str(NOW.weekday())
SWIM = {"name": "Swim", "days": TODAY, "time": "07:30", "person": "", "nudge": "hour"}


def read(client: FlaskClient, path: str = "/routines/") -> str:
    return client.get(path, base_url=ORIGIN).get_data(as_text=True)


def ids(rows: Session) -> list[str]:
    found = list(rows.scalars(select(Routine.id).order_by(Routine.id)))
    rows.rollback()
    return found


def filled(html: str) -> dict[str, str | list[str]]:
    """What the form of a template would send as it stands."""
    value = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', html) for name in ("name", "time")}
    ticked = {
        name: re.findall(rf'<input checked[^>]*name="{name}"[^>]*value="([^"]*)"', html)
        for name in ("days", "nudge")
    }
    return {name: found[1] for name, found in value.items() if found} | ticked | {"person": ""}


@pytest.mark.requirement("R18", "R61")
@pytest.mark.parametrize("template", [each for each in Template if each is not Template.OWN])
def test_each_template_is_taken_as_it_stands_and_comes_round_with_a_reminder(
    member_client: FlaskClient, rows: Session, template: Template
) -> None:
    sent = filled(read(member_client, f"/routines/new/{template}"))
    assert post(member_client, f"/routines/new/{template}", **sent).status_code == 303
    html = read(member_client)
    assert html.count(str(sent["name"])) >= 2, "on its day, and among the routines"
    assert "A mail comes" in html
    due = rows.scalars(select(Routine.due_at)).one()
    assert due is not None
    assert due > NOW
    rows.rollback()


@pytest.mark.requirement("R61")
def test_one_of_ones_own_with_somebody_of_ones_list(member_client: FlaskClient, rows: Session) -> None:
    post(member_client, "/notebook/person", what="Kim next door", energy="1")
    person = rows.scalars(select(NotebookEntry.id)).one()
    rows.rollback()
    sent = SWIM | {"person": person, "days": ["0", "3"]}
    assert post(member_client, "/routines/new/own", **sent).status_code == 303
    html = read(member_client)
    assert "Monday and Thursday at 07:30. With Kim next door" in html
    (routine,) = ids(rows)
    assert f'<option selected value="{person}">' in read(member_client, f"/routines/{routine}")
    post(member_client, f"/notebook/entries/{person}/remove")
    assert "Kim" not in read(member_client)
    assert post(member_client, f"/routines/{routine}", **SWIM | {"name": "Float"}).status_code == 303
    assert "Float" in read(member_client)


@pytest.mark.requirement("R61", "R87")
def test_did_it_and_not_today_are_equally_near_and_one_may_think_again(
    member_client: FlaskClient, rows: Session
) -> None:
    post(member_client, "/routines/new/own", **SWIM)
    (routine,) = ids(rows)
    html = read(member_client)
    classes = [
        re.search(rf'<button type="submit"( class="\w+")?>{each}<', html) for each in ("Did it", "Not today")
    ]
    assert all(classes)
    assert len({found[1] for found in classes if found}) == 1, "both look the same"
    assert "One small thing of your week is for today." in read(member_client, "/suggestions/")
    assert post(member_client, f"/routines/{routine}/not_today").status_code == 303
    assert "A rest today." in read(member_client)
    assert "small thing of your week" not in read(member_client, "/suggestions/")
    assert post(member_client, f"/routines/{routine}/did").status_code == 303
    html = read(member_client)
    assert "Done today." in html
    assert not [word for word in ("streak", "missed", "in a row", "failed") if word in html.lower()]
    assert "1 time for a routine" in read(member_client, "/progress/")


def test_a_new_day_begins_fresh(
    member_client: FlaskClient, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(member_client, "/routines/new/own", **SWIM | {"days": [str(each) for each in range(7)]})
    (routine,) = ids(rows)
    post(member_client, f"/routines/{routine}/not_today")
    monkeypatch.setattr("web.clock.now", lambda: NOW + timedelta(days=1))
    html = read(member_client)
    assert "Every day at 07:30" in html
    assert "Did it" in html
    assert "A rest today." not in html


@pytest.mark.requirement("R61")
def test_a_routine_rests_goes_on_and_goes_in_one_tap_and_what_was_done_stays(
    member_client: FlaskClient, rows: Session
) -> None:
    post(member_client, "/routines/new/own", **SWIM)
    (routine,) = ids(rows)
    post(member_client, f"/routines/{routine}/did")
    assert post(member_client, f"/routines/{routine}/pause").status_code == 303
    html = read(member_client)
    assert "(rests)" in html
    assert "Did it" not in html
    assert rows.scalars(select(Routine.due_at)).one() is None
    rows.rollback()
    assert post(member_client, f"/routines/{routine}/resume").status_code == 303
    assert "(rests)" not in read(member_client)
    assert post(member_client, f"/routines/{routine}/remove").status_code == 303
    assert ids(rows) == []
    assert "1 time for a routine" in read(member_client, "/progress/")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "Write a word or two about what it is."),
        ({"days": []}, "Choose at least one day of the week."),
        ({"days": ["9"]}, "There is a problem"),
        ({"time": "25:70"}, "There is a problem"),
        ({"time": ""}, "Choose a time of day"),
        ({"person": "f" * 32}, "There is a problem"),
    ],
)
def test_what_cannot_be_is_said_kindly(
    member_client: FlaskClient, rows: Session, wrong: dict[str, object], said: str
) -> None:
    answer = post(member_client, "/routines/new/own", **SWIM | wrong)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert ids(rows) == []


def test_reminders_of_routines_are_stopped_with_all_others(member_client: FlaskClient, rows: Session) -> None:
    post(member_client, "/routines/new/own", **SWIM)
    assert "One routine of your week." in read(member_client, "/account/mails/")
    assert post(member_client, "/account/mails/no-reminders").status_code == 303
    assert "Your routines: only if you ask for it." in read(member_client, "/account/mails/")
    assert rows.scalars(select(Routine.due_at)).one() is None
    rows.rollback()


def test_a_calendar_has_the_hour_and_never_the_name(member_client: FlaskClient, rows: Session) -> None:
    post(member_client, "/routines/new/own", **SWIM | {"days": ["0", "3"]})
    found = re.search(rf"{ORIGIN}(/calendar/[^<]+\.ics)", read(member_client, "/outings/"))
    assert found
    body = member_client.get(found[1], base_url=ORIGIN).get_data()
    (entry,) = Calendar.from_ical(body).walk("VEVENT")
    assert str(entry["summary"]) == "Something of my week"
    assert entry["rrule"] == {"FREQ": ["WEEKLY"], "BYDAY": ["MO", "TH"]}
    first = entry.decoded("dtstart")
    assert f"{first:%H:%M}" == "07:30"
    assert first.weekday() in {0, 3}
    assert b"Swim" not in body
    (routine,) = ids(rows)
    post(member_client, f"/routines/{routine}/pause")
    assert Calendar.from_ical(member_client.get(found[1], base_url=ORIGIN).get_data()).walk("VEVENT") == []
