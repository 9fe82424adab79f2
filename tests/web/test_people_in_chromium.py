"""Pages about people one sees, in Chromium: axe, small phones, both themes, the keyboard alone."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from domain import (
    checkins,
    consent,
    heartbeats,
    notebook,
    person_dates,
    person_notes,
    person_touches,
    routines,
)
from domain.checkin_answers import Balance, SelfAnswers
from domain.models import CheckInKind, CircleWish, ConsentPurpose, EntryKind, Member, Occurrence
from domain.person_dates import DateBody, Remind
from domain.person_touches import Every
from domain.routine_body import Nudge, RoutineBody, Template
from tests import circle_rows, factories
from tests.browser import LOOKS, Theme, axe_findings, opened, overflow, screenshot
from tests.conftest import NOW
from tests.web.loop_rows import at, suggested
from tests.web.test_progress_in_chromium import EMAIL, enter

pytestmark = pytest.mark.browser
#: Where to keep pictures for looking at; none: keep none.
PICTURES = os.environ.get("HANDRAIL_PICTURES")


@pytest.fixture
def paths(rows: Session, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The pages of a member who keeps something in mind about two people."""
    at(monkeypatch, NOW)
    evening = circle_rows.games(rows)
    member, ben, cat = [
        circle_rows.guest(rows, evening, name, email=email)
        for name, email in (("Ann", EMAIL), ("Ben", "ben@example.com"), ("Cat", "cat@example.com"))
    ]
    would_meet_again(rows, evening, member, ben, cat)
    said = {"what": "Kim next door", "together": "A walk round the block", "repeats": "Tuesdays at ten"}
    kim = notebook.write(rows, member=member.id, kind=EntryKind.PERSON, said=said, now=NOW).id
    lee = notebook.write(rows, member=member.id, kind=EntryKind.PERSON, said={"what": "Lee"}, now=NOW).id
    for words in ("Takes oat milk, no sugar", "Has a new dog called Biscuit, afraid of bicycles"):
        person_notes.write(rows, member=member.id, person=kim, words=words, now=NOW)
    tomorrow = NOW + timedelta(days=1)
    for day in (
        DateBody(what="The day her mother died", month=tomorrow.month, day=tomorrow.day, hard=True,
                 remind=Remind.EVE, hour=18),
        DateBody(what="Birthday", month=2, day=29, remind=Remind.DAY),
        DateBody(what="Driving test", month=1, day=4, year=NOW.year),
    ):  # fmt: skip
        first = person_dates.add(rows, member=member, person=kim, body=day, now=NOW)
    person_touches.choose(rows, member=member, person=kim, every=Every.FORTNIGHT, now=NOW)
    for name, days, hour, nudge in (
        ("A morning message to a friend", (0, 3), 9, Nudge.START),
        ("A walk with a neighbour", (NOW.weekday(),), 10, Nudge.EVE),
        ("My hobby group", (NOW.weekday(), 5), 18, Nudge.NONE),
    ):
        weekly = RoutineBody(template=Template.OWN, name=name, days=days, hour=hour, person=kim, nudge=nudge)
        routine = routines.begin(rows, member=member, body=weekly, now=NOW)
    routines.mark(rows, member=member, routine=routine.id, done=False, now=NOW)
    resting = RoutineBody(template=Template.COURSE, name="My class", days=(2,), hour=18)
    rests = routines.begin(rows, member=member, body=resting, now=NOW)
    routines.pause(rows, member=member, routine=rests.id, now=NOW)
    consent.give(rows, account=member.id, purpose=ConsentPurpose.CHECK_INS, now=NOW)
    for _ in range(2):
        gave = SelfAnswers(balance=Balance.GAVE)
        checkins.answer(rows, member=member, kind=CheckInKind.SELF, answers=gave, now=NOW)
    heartbeats.beat(rows, kind="worker", name="worker/matching/here/1", now=NOW)
    rows.commit()
    return {
        "portfolio": "/portfolio/",
        "person": f"/people/{kim}",
        "person-new": f"/people/{lee}",
        "day": f"/people/days/{first.id}",
        "check-ins": "/check-ins/",
        "pair": f"/occurrences/{evening.id}/company",
        "week": "/routines/",
        "routine": f"/routines/{routine.id}",
        "mails": "/account/mails/",
        "for-you": "/suggestions/",
    }


def would_meet_again(rows: Session, evening: Occurrence, member: Member, ben: Member, cat: Member) -> None:
    """Let an evening with a few others be over, two would meet again, and three outings be on both lists."""
    circle = circle_rows.settled(rows, evening, [member, ben, cat])
    evening.starts_at, evening.ends_at = NOW - timedelta(days=1), NOW - timedelta(hours=22)
    for one, other in ((member, ben), (ben, member)):
        rows.add(CircleWish(circle=circle.id, member=one.id, other=other.id, created_at=NOW))
    group = factories.group(rows, name="Games online", organizer=factories.account(rows))
    for number, title in enumerate(("Board games online", "A quiz for beginners", "Chess, slowly"), start=1):
        event = factories.event(rows, group=group, title=title, interests=["board-games"], online=True)
        place = factories.occurrence(rows, event=event, starts_at=NOW + timedelta(days=number))
        for each in (member, ben):
            suggested(rows, each.id, place, position=number)


def kept(page: Page, name: str) -> None:
    if PICTURES:
        screenshot(page, Path(PICTURES) / f"{name}.png")


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, address: str, paths: dict[str, str], width: int, theme: Theme
) -> None:
    with opened(browser, width=width, theme=theme) as page:
        enter(page, address)
        for name, path in paths.items():
            page.goto(address + path)
            kept(page, f"{name}-{width}-{theme}")
            assert overflow(page) == 0, path
            assert axe_findings(page) == [], path


@pytest.mark.requirement("R69", "C27")
def test_a_note_is_kept_and_taken_out_with_the_keyboard_and_without_script(
    browser: Browser, address: str, paths: dict[str, str]
) -> None:
    with opened(browser, width=390, java_script_enabled=False) as page:
        enter(page, address)
        page.goto(address + paths["person-new"])
        page.get_by_label("Something small to remember").focus()
        page.keyboard.type("Plays chess")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Kept, for you alone.")).to_be_visible()
        page.get_by_role("button", name="Plays chess").press("Enter")
        expect(page.get_by_text("Plays chess")).to_have_count(0)
