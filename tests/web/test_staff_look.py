"""Staff pages in a browser: axe finds nothing, nothing scrolls sideways, none needs script."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from domain import announcements, bulk_runs, database, events, fits, groups, outbox, runs, schedule
from domain.fits import Fitted
from domain.groups import GroupDraft
from domain.models import MessageState, OutboxMessage, RoleName
from domain.schedule import EventDraft
from matching.inputs import SituationFeature as F
from tests import factories
from tests.browser import LOOKS, Theme, axe_findings, launched, opened, overflow
from tests.conftest import KEYRING
from tests.web.conftest import web_config
from tests.web.look import serving
from web import clock
from web.app import create_app
from web.db import db

EMAIL = "olive@example.com"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as started:
        yield started


@pytest.fixture
def paths(sqlite_url: str) -> list[str]:
    """A group with an event, a bulk run and a dead message; the addresses of the pages about them."""
    engine = database.open_engine(sqlite_url)
    with database.writing(database.open_sessions(engine, KEYRING)) as session:
        now = clock.now()
        account = factories.account(session, email=EMAIL, roles=list(RoleName), demo=True)
        group = groups.found(session, organizer=account.id, draft=_group(), now=now)
        event = schedule.publish(session, group=group, draft=_event(), now=now)
        date = announcements.to_come(session, event=event, now=now)[0]
        bulk = bulk_runs.begin(session, reason="settings", now=now)
        runs.request(session, member=factories.member(session).id, reason="profile", now=now)
        outbox.record(session, events.BulkStepDue(bulk=bulk.id))
        message = session.query(OutboxMessage).filter_by(kind="bulk_step_due").one()
        message.state = MessageState.DEAD
        ids = {"group": group.id, "event": event.id, "date": date.id, "bulk": bulk.id, "message": message.id}
        ids["fit"] = _fit(session)
    engine.dispose()
    return [pattern.format(**ids) for pattern in PATTERNS]


PATTERNS = (
    "organizer/",
    "organizer/groups/new",
    "organizer/groups/{group}",
    "organizer/groups/{group}/edit",
    "organizer/groups/{group}/close",
    "organizer/groups/{group}/events/new",
    "organizer/events/{event}",
    "organizer/events/{event}/edit",
    "organizer/events/{event}/cancel",
    "organizer/occurrences/{date}/cancel",
    "admin/",
    "admin/matching/",
    "admin/matching/change",
    "admin/matching/versions/1",
    "admin/matching/progress/{bulk}",
    "admin/matching/models/",
    "admin/matching/models/fits/{fit}",
    "admin/matching/models/versions/learnt",
    "admin/runs/",
    "admin/desk/",
    "admin/desk/messages/{message}",
)


def _fit(session: Session) -> str:
    """A model that came into force, and another fit at work, whose id is returned."""
    row = fits.request(session, reason=fits.NIGHTLY, now=clock.now())
    sizes = {"least": 200, "members": 300, "people": 250, "groups": 30, "joins": 900}
    each = {"recall": 0.41, "macro": 0.2, "ndcg": 0.3}
    tried = {"people": 120, "fitted": each, "in_force": each, "popularity": each}
    found = Fitted(sizes=sizes, measures={"warm": tried, "cold": tried}, version="learnt", data=b"learnt")
    fits.finish(session, row.id, found, now=clock.now())
    return fits.request(session, reason=fits.ASKED, now=clock.now()).id


def _group() -> GroupDraft:
    return GroupDraft(
        name="Slow Walkers", summary="Gentle walks.", time_zone="Europe/London", locality="Larkford"
    )


def _event() -> EventDraft:
    starts = (clock.now() + timedelta(days=3)).replace(tzinfo=None, microsecond=0)
    return EventDraft(
        title="Slow walk",
        text="- one\n- two",
        starts_local=starts,
        duration_minutes=60,
        time_zone="Europe/London",
        rrule="FREQ=DAILY;COUNT=3",
        locality="Larkford",
        latitude=51.2,
        longitude=-1.95,
        facts={F.TALKING: 0.5},
    )


@pytest.fixture
def address(sqlite_url: str, tmp_path: Path, paths: list[str]) -> Iterator[str]:
    app = create_app(web_config(sqlite_url, tmp_path, trusted_hosts=("127.0.0.1",)))
    with serving(app) as found:
        yield found
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}login")
    page.fill("input[name=email]", EMAIL)
    page.fill("input[name=password]", factories.PASSWORD)
    page.locator("main form [type=submit]").first.click()
    page.wait_for_load_state()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, address: str, paths: list[str], width: int, theme: Theme
) -> None:
    with opened(browser, width=width, theme=theme) as page:
        sign_in(page, address)
        for path in paths:
            answer = page.goto(address + path)
            assert answer is not None
            assert answer.status == 200, path
            assert (path, axe_findings(page), overflow(page)) == (path, [], 0)


@pytest.mark.browser
@pytest.mark.requirement("C27")
def test_an_event_is_posted_without_script_on_a_phone(
    browser: Browser, address: str, paths: list[str]
) -> None:
    with opened(browser, width=390, java_script_enabled=False) as page:
        sign_in(page, address)
        page.goto(address + paths[5])
        page.get_by_role("button", name="Look it over").click()
        expect(page.locator(".problems")).to_contain_text("Give the event a title.")
        page.get_by_label("What is it called?").fill("Tea")
        page.get_by_label("Which day?").fill(f"{clock.now() + timedelta(days=7):%Y-%m-%d}")
        page.get_by_label("At what time does it start?").fill("15:00")
        page.get_by_label("How many minutes does it last?").fill("60")
        page.get_by_label("Every two weeks").check()
        page.get_by_role("button", name="Look it over").click()
        expect(page.get_by_role("main")).to_contain_text("Every second")
        assert overflow(page) == 0
        page.get_by_role("button", name="Post it").click()
        expect(page.get_by_role("heading", name="Tea")).to_be_visible()


@pytest.mark.browser
def test_settings_are_put_in_force_and_the_bar_is_followed(
    browser: Browser, address: str, paths: list[str]
) -> None:
    with opened(browser, width=390) as page:
        sign_in(page, address)
        page.goto(f"{address}admin/matching/change")
        page.get_by_label("A peak above this is too much for anybody").fill("60")
        page.get_by_role("button", name="See the differences").click()
        page.get_by_label("Why does this change?").fill("Gentler in winter.")
        with page.expect_response(lambda answer: "HX-Request".lower() in answer.request.headers) as asked:
            page.get_by_role("button", name="Put it in force").click()
        assert asked.value.status == 200
        expect(page.get_by_role("progressbar")).to_have_attribute("max", "1")
