"""The loop in Chromium: axe, small phones, both themes, a search that ends by itself, focus that stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from domain import heartbeats, ladders, reflections, rsvps
from domain.ladders import ChangeBody, ChangeKind, RungBody
from domain.models import RsvpStatus
from domain.reflections import ReflectionBody, SmallWin
from matching.rungs import KINDS
from tests import factories
from tests.browser import LOOKS, Theme, axe_findings, opened, overflow
from tests.conftest import NOW
from tests.web.loop_rows import at, outing, said_yes, suggested

pytestmark = pytest.mark.browser
EMAIL = "robin@example.com"


@dataclass(frozen=True, kw_only=True, slots=True)
class Town:
    """A served application and what its member has been through."""

    address: str
    member: str
    paths: tuple[str, ...]


@pytest.fixture
def town(rows: Session, address: str, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A member with ideas, outings at every stage, a ladder with a proposal, and a hard day behind them."""
    at(monkeypatch, NOW)
    member = factories.member(rows, email=EMAIL, weekly_cap=3).id
    ahead, idea, gentler = (outing(rows, days=days) for days in (5, 7, 9))
    over, hard, cancelled = (outing(rows, days=days) for days in (-3, -5, 12))
    suggested(rows, member, idea)
    suggested(rows, member, gentler, kind="gentler", position=2)
    suggested(rows, member, None, kind="preparation", position=3)
    going = said_yes(rows, member, ahead, expected=60, reward="Cake")
    waiting = _been(rows, member, over.id)
    _been(rows, member, hard.id)
    body = ReflectionBody(attended=True, predicted=60, peak=85, end=70, small_wins=(SmallWin.KIND_WORD,))
    kept = reflections.record(rows, member=member, occurrence=hard.id, reflection=body, now=NOW)
    kept.learnt_at = NOW
    _ladder(rows, member, kept.id)
    cancelled.cancelled_at = NOW
    outing(rows, days=3, title="Tea and cards", rrule="FREQ=WEEKLY")
    paths = (
        "/suggestions/",
        f"/occurrences/{idea.id}",
        f"/occurrences/{idea.id}/yes",
        f"/occurrences/{cancelled.id}",
        "/outings/",
        f"/outings/{going.id}/",
        f"/outings/{waiting}/reflection",
        f"/reflections/{kept.id}/",
        f"/reflections/{kept.id}/kindness",
        "/ladder/",
        "/ladder/new",
        "/ladder/tough-day",
        "/events/",
        "/events/?free=1",
        "/events/recurring/",
        "/events/recurring/?day=sunday",
        "/groups/",
        "/groups/?interest=choir",
    )
    heartbeats.beat(rows, kind="worker", name="worker/matching/here/1", now=NOW)
    rows.commit()
    return Town(address=address, member=member, paths=paths)


def _been(rows: Session, member: str, occurrence: str) -> str:
    row = rsvps.respond(
        rows,
        member=member,
        occurrence=occurrence,
        status=RsvpStatus.YES,
        now=NOW - timedelta(days=9),
        over_cap=True,
    )
    return str(row.id)


def _ladder(rows: Session, member: str, reflection: str) -> None:
    bodies = [RungBody(label=kind.label, situation=kind.situation) for kind in KINDS[2:6]]
    ladders.draft(rows, member=member, rungs=bodies, now=NOW)
    view = ladders.current(rows, member=member)
    assert view is not None
    ladders.settle(rows, member=member, rung=view.rungs[0].id, now=NOW)
    body = ChangeBody(kind=ChangeKind.ADVANCE, rung=view.rungs[0].id, to=view.rungs[1].id, reason="two_calm")
    ladders.record_change(rows, member=member, reflection=reflection, body=body, proposes=True, now=NOW)


def enter(page: Page, address: str) -> None:
    page.set_default_timeout(20_000)
    page.goto(f"{address}/login")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out").first).to_be_visible(timeout=20_000)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, town: Town, width: int, theme: Theme
) -> None:
    with opened(browser, width=width, theme=theme) as page:
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        enter(page, town.address)
        for path in town.paths:
            answer = page.goto(town.address + path)
            assert answer is not None
            assert answer.status == 200, path
            assert axe_findings(page) == [], path
            assert overflow(page) == 0, path
        assert complaints == []


def test_a_search_ends_by_itself_and_says_so(browser: Browser, town: Town, rows: Session) -> None:
    with opened(browser, width=390) as page:
        enter(page, town.address)
        page.goto(f"{town.address}/suggestions/")
        page.get_by_role("button", name="Look for new ones").click()
        expect(page.get_by_text("We are looking for what fits")).to_be_visible()
        suggested(rows, town.member, None, kind="preparation", position=1)
        expect(page.get_by_text("We are looking for what fits")).to_be_hidden()
        expect(page.locator("#found-said")).to_have_text("4 ideas are ready.")


def test_the_focus_stays_on_the_button_that_was_pressed(browser: Browser, town: Town) -> None:
    with opened(browser, width=390) as page:
        enter(page, town.address)
        page.goto(f"{town.address}/ladder/")
        button = page.get_by_role("button", name="Move down").first
        pressed = button.get_attribute("id")
        button.press("Enter")
        expect(page.locator("#moved-said")).to_contain_text("is now step 2 of 4")
        expect(page.locator(f"#{pressed}")).to_be_focused()


def test_a_full_week_asks_without_script_too(browser: Browser, town: Town, rows: Session) -> None:
    near = outing(rows, days=6)
    with opened(browser, width=390, java_script_enabled=False) as page:
        enter(page, town.address)
        page.goto(f"{town.address}/occurrences/{near.id}/yes")
        page.get_by_role("button", name="Yes, I am going").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Is there room for it?")
        page.get_by_role("button", name="Leave it this time").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("For you")
