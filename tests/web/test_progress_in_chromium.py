"""Progress, wins, goals, check-ins, the notebook in Chromium: axe, small phones, both themes, no script."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from domain import checkins, consent, goals, heartbeats, members, notebook, reflections, trails, wins
from domain.checkin_answers import LonelinessAnswers, Lonely, Often, WeekAnswers
from domain.goals import GoalBody, Template
from domain.models import CheckInKind, ConsentPurpose, EntryKind, Member
from domain.reflections import ReflectionBody, Signal
from domain.trails import Point, Span
from domain.wins import WinKind
from matching.inputs import Need
from matching.situations import QUESTIONS
from tests import factories
from tests.browser import LOOKS, Theme, axe_findings, opened, overflow, screenshot
from tests.conftest import NOW
from tests.web.loop_rows import at, outing, said_yes

pytestmark = pytest.mark.browser
EMAIL = "robin@example.com"
LATER = NOW + timedelta(days=75)
PATHS = (
    "/progress/",
    "/wins/",
    "/goals/",
    "/check-ins/",
    "/check-ins/loneliness",
    "/check-ins/week",
    "/check-ins/self",
    "/notebook/",
    "/notebook/thought",
    "/notebook/pleasant",
    "/notebook/topic",
    "/notebook/person",
    "/portfolio/?energy=2&mood=either",
    "/practice/",
    "/practice/share-a-little",
)
#: Where to keep pictures for looking at; none: keep none.
PICTURES = os.environ.get("HANDRAIL_PICTURES")


@pytest.fixture
def full(rows: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member with two months behind them and something on every page."""
    at(monkeypatch, LATER)
    member = factories.member(rows, email=EMAIL, weekly_cap=7)
    members.save_private(rows, member=member, needs=(Need.CONFIDANT, Need.SHARED_ACTIVITY), now=NOW)
    _outings(rows, member)
    for kind, words in ((WinKind.OWN, "I stayed until the tea came"), (WinKind.NEW_TALK, "")):
        wins.log(rows, member=member.id, kind=kind, words=words, now=LATER)
    for template, times in ((Template.NEW_CONVERSATION, 2), (Template.KNOWN_EVENT, 2)):
        goals.set_goal(
            rows, member=member, body=GoalBody(template=template, times=times, value="curiosity"), now=NOW
        )
    _asked(rows, member)
    notebook.write(rows, member=member.id, kind=EntryKind.TOPIC, said={"words": "A nice bench?"}, now=NOW)
    notebook.write(rows, member=member.id, kind=EntryKind.PLEASANT, said={"what": "Bake"}, now=NOW)
    walk = {"what": "Kim next door", "together": "A walk round the block", "repeats": "Tuesdays at ten"}
    notebook.write(rows, member=member.id, kind=EntryKind.PERSON, said=walk, now=NOW)
    table = {"what": "The knitting table", "repeats": "Every Thursday evening"}
    notebook.write(rows, member=member.id, kind=EntryKind.ACTIVITY, said=table, now=NOW)
    thought = {"thought": "They looked bored", "against": "Two of them smiled", "kinder": "They were tired"}
    notebook.write(rows, member=member.id, kind=EntryKind.THOUGHT, said=thought, now=NOW)
    notebook.tick(rows, member=member.id, item="name-it", now=NOW)
    heartbeats.beat(rows, kind="worker", name="worker/matching/here/1", now=LATER)
    rows.commit()


def _outings(rows: Session, member: Member) -> None:
    felt = [(80, 70, 30), (75, 68, 35), (70, 50, 50), (60, 55, 45), (60, 40, 70), (55, 30, 80)]
    for week, (predicted, peak, good) in enumerate(felt):
        place = outing(rows, days=9 * week, facts={"group_size": 0.8, "talking": 0.3})
        said_yes(rows, member.id, place, intentional=week % 2 == 0)
        body = ReflectionBody(
            attended=True, predicted=predicted, peak=peak, good=good, signals=(Signal.ASKED_BACK,)
        )
        reflections.record(rows, member=member.id, occurrence=place.id, reflection=body, now=place.ends_at)
        trails.append(rows, member=member.id, point=_point(week), now=place.ends_at)


def _point(week: int) -> Point:
    kinds = {}
    for number, question in enumerate(QUESTIONS):
        level = 25.0 + 11 * number - (3.5 * week if number % 2 else 1.0 * week)
        width = 22.0 - 2 * week
        kinds[question.id] = Span(suds=level, low=max(0.0, level - width), high=min(100.0, level + width))
    return Point(at=NOW + timedelta(days=9 * week), index=50, index_sd=5, kinds=kinds)


def _asked(rows: Session, member: Member) -> None:
    consent.give(rows, account=member.id, purpose=ConsentPurpose.CHECK_INS, now=NOW)
    for often, now in ((Often.OFTEN, NOW), (Often.HARDLY, NOW + timedelta(weeks=6))):
        answers = LonelinessAnswers(
            companionship=often, left_out=often, isolated=often, lonely=Lonely.OCCASIONALLY
        )
        checkins.answer(rows, member=member, kind=CheckInKind.LONELINESS, answers=answers, now=now)
    said = WeekAnswers(good="Tea with Mo", hard="A loud room", next="Ring Jo")
    checkins.answer(rows, member=member, kind=CheckInKind.WEEK, answers=said, now=NOW)


def enter(page: Page, address: str) -> None:
    page.goto(f"{address}/login")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


def kept(page: Page, name: str) -> None:
    if PICTURES:
        screenshot(page, Path(PICTURES) / f"{name}.png")


@pytest.mark.requirement("R29")
@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, address: str, full: None, width: int, theme: Theme
) -> None:
    with opened(browser, width=width, theme=theme) as page:
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        enter(page, address)
        for path in PATHS:
            page.goto(address + path)
            kept(page, f"{path.strip('/').replace('/', '-')}-{width}-{theme}")
            for summary in page.locator("main summary").all():
                summary.click()
            assert overflow(page) == 0, path
            assert axe_findings(page) == [], path
        assert complaints == []


def test_an_empty_progress_page_says_what_will_come(
    browser: Browser, address: str, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, NOW)
    factories.member(rows, email=EMAIL)
    rows.commit()
    with opened(browser, width=390, java_script_enabled=False) as page:
        enter(page, address)
        page.goto(address + "/progress/")
        expect(page.get_by_role("heading", name="This page fills as you go")).to_be_visible()
        kept(page, "progress-empty-390")


@pytest.mark.requirement("R29", "C27")
def test_pictures_and_numbers_stand_without_script_and_on_paper(
    browser: Browser, address: str, full: None
) -> None:
    with opened(browser, width=390, java_script_enabled=False) as page:
        enter(page, address)
        page.goto(address + "/progress/")
        figure = page.locator("figure", has_text="Six kinds of outing")
        figure.locator("summary").click()
        expect(figure.get_by_role("cell", name="25", exact=True)).to_be_visible()
        expect(figure.get_by_role("img", name="Six kinds of outing")).to_be_visible()
        page.emulate_media(media="print")
        expect(figure.get_by_role("img", name="Six kinds of outing")).to_be_visible()
        kept(page, "progress-print")


def test_a_small_win_is_noted_with_the_keyboard_alone(browser: Browser, address: str, full: None) -> None:
    with opened(browser, width=390) as page:
        enter(page, address)
        page.goto(address + "/wins/")
        page.get_by_role("radio", name="Somebody said something kind").focus()
        page.keyboard.press("Space")
        page.get_by_label("In a few words").focus()
        page.keyboard.type("Nice scarf")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Noted. However small, it counts.")).to_be_visible()
        expect(page.get_by_text("Nice scarf")).to_be_visible()
