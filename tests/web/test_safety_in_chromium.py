"""The safety pages in Chromium: axe, small phones, both themes; leaving and reporting without script."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from domain import accounts, blocks, ladders, reports, supporters
from domain.ladder_records import RungBody
from domain.models import Account, Report, ReportCategory, RoleName
from domain.reports import Kind
from matching.situations import situation_of
from tests import factories
from tests.browser import LOOKS, Theme, axe_findings, opened, overflow, screenshot
from web import clock

pytestmark = pytest.mark.browser
#: Where to keep pictures for looking at; none: keep none.
PICTURES = os.environ.get("HANDRAIL_PICTURES")
ANN, NOOR, MO = "ann@example.com", "noor@example.com", "mo@example.com"


@pytest.fixture
def paths(rows: Session) -> dict[str, list[str]]:
    """The pages of each person, with something on every one of them."""
    now = clock.now()
    ann, noor, mo, ben = (
        factories.member(rows, email=email, display_name=email.partition("@")[0].title())
        for email in (ANN, NOOR, MO, "ben@example.com")
    )
    for each in (ann, noor, mo):
        rows.get_one(Account, each.id).demo = True
    moderator = rows.get_one(Account, mo.id)
    accounts.grant(rows, account=moderator, role=RoleName.MODERATOR)
    group = factories.group(rows)
    factories.membership(rows, of=ann, group=group)
    shown = factories.membership(rows, of=ben, group=group, name_shown=True)
    blocks.block(rows, member=ann.id, other=mo.id, label="Kim", now=now)
    step = RungBody(label="Say hello to the postman", situation=situation_of([1.0, *[None] * 15]))
    ladders.draft(rows, member=ann.id, rungs=[step], now=now)
    support = _support(rows, ann.id, noor.id)
    report = _report(rows, noor.id, ben.id, mo.id)
    rows.commit()
    return {
        ANN: [
            "/privacy/yours",
            "/privacy/export",
            "/privacy/leave",
            "/blocks/",
            f"/groups/{group.id}",
            f"/groups/{group.id}/people",
            f"/people/{shown.id}/block",
            f"/report/person/{shown.id}",
            "/report/thanks?category=danger&parted=1",
            "/supporters/",
            "/supporters/new",
            f"/supporters/{support}/",
            "/meeting-safely",
            "/privacy/left",
            "/privacy/come-back",
        ],
        NOOR: ["/supporting/", f"/supporting/{support}/"],
        MO: ["/moderation/", f"/moderation/{report}"],
    }


def _support(rows: Session, member: str, supporter: str) -> str:
    now = clock.now()
    made = supporters.invite(
        rows,
        member=member,
        name="Noor",
        items=list(supporters.Item),
        until=now + timedelta(days=40),
        may_propose=True,
        now=now,
    )
    row = supporters.accept(rows, token=made.token, account=supporter, now=now)
    supporters.begin_look(rows, supporter=supporter, support=row.id, now=now)
    return str(row.id)


def _report(rows: Session, reporter: str, reported: str, moderator: str) -> str:
    about = reports.Subject(kind=Kind.PERSON, label="Ben", snapshot={"group": "Walkers"}, reported=reported)
    row: Report = reports.file(
        rows,
        reporter=reporter,
        about=about,
        category=ReportCategory.DANGER,
        words="He followed me.",
        now=clock.now(),
    )
    reports.open_report(rows, moderator=moderator, report=row.id, now=clock.now())
    return str(row.id)


def sign_in(page: Page, address: str, email: str) -> None:
    page.goto(f"{address}/login")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, address: str, paths: dict[str, list[str]], width: int, theme: Theme
) -> None:
    findings: dict[str, object] = {}
    for email, own in paths.items():
        with opened(browser, width=width, theme=theme) as page:
            sign_in(page, address, email)
            for path in own:
                answer = page.goto(address + path)
                assert answer is not None
                assert answer.status == 200, path
                if found := [*axe_findings(page), *([f"wide by {over}"] if (over := overflow(page)) else [])]:
                    findings[path] = found
                if PICTURES:
                    name = path.split("?")[0].strip("/").replace("/", "-")
                    screenshot(page, Path(PICTURES) / f"{name}-{width}-{theme}.png")
    assert findings == {}


@pytest.mark.requirement("C27")
def test_reporting_and_leaving_need_no_script(
    browser: Browser, address: str, paths: dict[str, list[str]]
) -> None:
    with opened(browser, width=320, java_script_enabled=False) as page:
        sign_in(page, address, ANN)
        page.goto(address + next(each for each in paths[ANN] if each.startswith("/report/person")))
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("alert")).to_contain_text("Choose what comes nearest.")
        page.get_by_label("Something else is not right").check()
        page.get_by_label("What happened?").fill("He would not stop.")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for telling us")
        page.goto(f"{address}/privacy/leave")
        page.get_by_role("button", name="Delete my account").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Goodbye, and thank you")
        page.goto(f"{address}/privacy/come-back")
        page.get_by_label("E-mail address").fill(ANN)
        page.get_by_label("Password").fill(factories.PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Come back").click()
        expect(page.get_by_text("Good to have you back.")).to_be_visible()
