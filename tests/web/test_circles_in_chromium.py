"""Cards and the page of the few one goes with, in Chromium: axe, a phone and a desk, both themes."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from domain import consent, needs_cards
from domain.models import ConsentPurpose
from handrail.seed_company import CARDS
from tests import circle_rows
from tests.browser import Theme, axe_findings, opened, overflow, screenshot
from tests.conftest import NOW
from tests.web.loop_rows import at
from tests.web.test_progress_in_chromium import EMAIL, enter

pytestmark = pytest.mark.browser
#: Where to keep pictures for looking at; none: keep none.
PICTURES = os.environ.get("HANDRAIL_PICTURES")


@pytest.fixture
def paths(rows: Session, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The pages of a member who goes with three others, of whom two show a card."""
    at(monkeypatch, NOW)
    evening = circle_rows.games(rows)
    me = circle_rows.guest(rows, evening, "Kit", email=EMAIL)
    others = [circle_rows.guest(rows, evening, name) for name in ("Annabel", "Benedict", "Catriona")]
    circle_rows.settled(rows, evening, [me, *others])
    for owner, card in zip(others, CARDS, strict=False):
        needs_cards.save(rows, member=owner, card=card, now=NOW)
        needs_cards.show_at(rows, member=owner.id, occurrence=evening, now=NOW)
    consent.give(rows, account=others[2].id, purpose=ConsentPurpose.KIND_WORDS, now=NOW)
    rows.commit()
    return {"card": "/profile/card", "circle": f"/occurrences/{evening.id}/company", "profile": "/profile/"}


@pytest.mark.requirement("R34", "R44", "R57", "R60")
@pytest.mark.parametrize(("width", "theme"), [(390, "light"), (1280, "dark")])
def test_a_card_is_written_looked_at_and_shown(
    browser: Browser,
    address: str,
    paths: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    width: int,
    theme: Theme,
) -> None:
    with opened(browser, width=width, theme=theme) as page:
        enter(page, address)
        page.goto(address + paths["card"])
        page.get_by_label("I warm up slowly").check()
        page.get_by_label("No photos of me, please").check()
        page.get_by_label("Ideas are welcome").check()
        page.get_by_label("One sentence of your own").fill("I like to walk a little first.")
        page.get_by_role("main").get_by_role("button", name="Save").click()
        expect(page.get_by_role("figure", name="What helps Kit")).to_contain_text("I warm up slowly")
        page.goto(address + paths["circle"])
        expect(page.get_by_role("figure", name="What helps Annabel")).to_contain_text("I am quiet at first")
        expect(page.get_by_role("figure", name="What helps Catriona")).to_have_count(0)
        page.get_by_role("button", name="Yes, show it to these few").click()
        expect(page.get_by_text("The others read this of you")).to_be_visible()
        for name, path in paths.items():
            page.goto(address + path)
            look(page, f"{name}-{width}-{theme}")
        at(monkeypatch, NOW + circle_rows.AHEAD + timedelta(hours=3))
        page.goto(address + paths["circle"])
        look(page, f"after-{width}-{theme}")
        expect(page.get_by_role("figure")).to_have_count(0)
        page.get_by_role("group", name="For whom?").get_by_label("Catriona").check()
        page.get_by_label("Thank you for the laugh.").check()
        page.get_by_role("button", name="Send it").click()
        expect(page.get_by_text("They find it among their small wins.")).to_be_visible()


def look(page: Page, name: str) -> None:
    if PICTURES:
        screenshot(page, Path(PICTURES) / f"{name}.png")
    assert overflow(page) == 0, name
    assert axe_findings(page) == [], name
