"""From signing up to the ladder's answer, in Chromium, against everything real."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from domain import accounts, database
from domain.database import writing
from domain.models import Occurrence, Rsvp
from domain.sealed import Keyring
from handrail.secret_files import MASTER_KEY, decode_master_key
from tests import browser
from tests.handrail.processes import address_in, running

pytestmark = [pytest.mark.journey, pytest.mark.browser]
PASSWORD = "a calm green staircase"
PATIENCE = 30_000  # milliseconds: the worker shares two cores with the browser
COMPILING = 120_000  # milliseconds: a first start compiles the matcher meanwhile
HARD = {"online_message": 20, "quiet_walk": 35, "coffee": 45, "games_evening": 55, "introduction": 80}


class Served(NamedTuple):
    address: str
    home: Path


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.launched() as started:
        yield started


@pytest.fixture(scope="module")
def served(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A seeded Handrail, started only where there is a browser to look at it."""
    home = tmp_path_factory.mktemp("loop") / "home"
    with running(home) as (_, said):
        yield Served(address_in(said), home)


def press(page: Page, name: str) -> None:
    """Press a button that leads to another page, and wait for that page."""
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile(f"^{name}")).first.click()


def look(page: Page) -> None:
    """What every page must be: readable by everybody, at this width.

    axe is a script itself, so without script only the width is looked at. The window is made as tall as the
    page first: the row of links fixed to its foot covers whatever happens to lie under it, which axe would
    take for small targets.
    """
    size = page.viewport_size
    assert size is not None
    tall = int(page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": size["width"], "height": max(tall, size["height"])})
    if page.evaluate("matchMedia('(scripting: enabled)').matches"):
        assert browser.axe_findings(page) == []
    assert browser.overflow(page) == 0
    page.set_viewport_size(size)


def join(page: Page, served: Served, email: str) -> None:
    page.goto(f"{served.address}/")
    look(page)
    page.goto(f"{served.address}/register")
    look(page)
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    if page.locator("[name=password_confirm]").count():
        page.fill("[name=password_confirm]", PASSWORD)
    page.fill("[name=display_name]", "Wren")
    page.select_option("[name=time_zone]", "Europe/London")
    page.check("[name=adult]")
    page.check("[name=terms]")
    page.locator("main form button[type=submit], main form input[type=submit]").first.click()
    page.goto(confirmation(served, email, page))
    look(page)
    page.locator("main form button[type=submit], main form input[type=submit]").first.click()


def confirmation(served: Served, email: str, page: Page) -> str:
    """Return the link in the mail, which a worker writes to the home folder."""
    for _ in range(150):
        for path in (served.home / "mail").glob("*.eml"):
            letter = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
            body = letter.get_body(("plain",))
            if letter["To"] and email in letter["To"] and body is not None:
                found = re.search(r"http://\S+/confirm/\S+", body.get_content())
                if found:
                    return found[0]
        page.wait_for_timeout(200)
    raise AssertionError("no mail with a link to confirm the address")


def sign_in_if_asked(page: Page, served: Served, email: str) -> None:
    if "/login" in page.url:
        page.fill("[name=email]", email)
        page.fill("[name=password]", PASSWORD)
        page.locator("main form button[type=submit], main form input[type=submit]").first.click()
    page.goto(f"{served.address}/welcome/")


def answer(page: Page) -> None:
    """Answer the six steps, skipping one question of the comfort page."""
    look(page)
    page.get_by_role("link", name="Begin").click()
    page.locator("[name=first][value=shared_activity]").check()
    press(page, "Save and go on")
    for slug in ("board-games", "walking", "gardening", "books"):
        page.locator(f"[name=interests][value={slug}]").check()
    press(page, "Save and go on")
    look(page)
    for question, suds in HARD.items():
        page.locator(f"input[type=number][name={question}]").fill(str(suds))
    page.check("[name=consent]")
    press(page, "Save and go on")
    look(page)
    press(page, "Save and go on")
    page.select_option("[name=radius_km]", "20")
    press(page, "Save and go on")
    page.get_by_label("Larkford").check()
    press(page, "Go on")
    expect(page.get_by_role("heading", name="That is all we need")).to_be_visible()
    press(page, "Show me three ideas")


def three_suggestions(page: Page, served: Served, *, script: bool) -> None:
    cards = page.locator("article.suggestion, .suggestion-card, [data-suggestion]")
    if not script:
        for _ in range(COMPILING // 500):
            if page.get_by_text("Why this one").count() >= 3:
                break
            page.wait_for_timeout(500)
            page.goto(f"{served.address}/suggestions/")
    expect(page.get_by_text("Why this one")).to_have_count(3, timeout=COMPILING)
    assert cards is not None
    look(page)


def say_yes(page: Page) -> None:
    press(page, "Yes, I’d like to")
    look(page)
    page.locator("input[type=number][name=expected]").fill("60")
    press(page, "Yes, I am going")
    look(page)


def a_week_goes_by(served: Served, email: str) -> str:
    """Move the outing said yes to into the past, as waiting would; return its RSVP."""
    engine = database.open_engine(f"sqlite:///{served.home / 'handrail.db'}")
    keyring = Keyring((decode_master_key((served.home / MASTER_KEY).read_text().strip()),))
    with writing(database.open_sessions(engine, keyring)) as session:
        member = accounts.find(session, email)
        assert member is not None
        rsvp = session.scalars(select(Rsvp).where(Rsvp.member == member.id)).one()
        occurrence = session.get_one(Occurrence, rsvp.occurrence)
        length = occurrence.ends_at - occurrence.starts_at
        earlier = select(func.min(Occurrence.starts_at)).where(Occurrence.event == occurrence.event)
        free = min(session.scalar(earlier) or occurrence.starts_at, datetime.now(UTC))
        occurrence.starts_at = free - timedelta(days=1, seconds=1)
        occurrence.ends_at = occurrence.starts_at + length
        found = str(rsvp.id)
    engine.dispose()
    return found


def look_back(page: Page, served: Served, rsvp: str) -> None:
    page.goto(f"{served.address}/outings/{rsvp}/reflection")
    look(page)
    page.locator("[name=went][value=stayed]").check()
    page.locator("input[type=number][name=peak]").fill("35")
    page.locator("input[type=number][name=end]").fill("15")
    page.locator("[name=easy]").fill("Somebody said hello first.")
    press(page, "Keep this")
    expect(page.get_by_text("You expected 60. The hardest moment was 35.")).to_be_visible()


def the_ladder_answers(page: Page, served: Served) -> None:
    for _ in range(60):
        page.goto(f"{served.address}/ladder/")
        if page.get_by_text("You expected 60 and found 35").count():
            break
        page.wait_for_timeout(500)
    expect(page.get_by_text("You expected 60 and found 35").first).to_be_visible()
    assert 5 <= page.locator("ol.ladder > li").count() <= 10
    look(page)


@pytest.mark.requirement("R01", "R02", "R06", "R11", "R14", "R28", "R62", "R83", "R84")
@pytest.mark.parametrize(("width", "theme", "script"), [(390, "light", True), (1280, "dark", False)])
def test_a_newcomer_goes_once_round(
    chromium: Browser, served: Served, width: int, theme: browser.Theme, script: bool
) -> None:
    email = f"wren-{width}-{script}@example.com".lower()
    with browser.opened(chromium, width=width, theme=theme, java_script_enabled=script) as page:
        page.set_default_timeout(PATIENCE)
        join(page, served, email)
        sign_in_if_asked(page, served, email)
        answer(page)
        three_suggestions(page, served, script=script)
        say_yes(page)
        look_back(page, served, a_week_goes_by(served, email))
        the_ladder_answers(page, served)
