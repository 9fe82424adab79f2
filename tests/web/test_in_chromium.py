"""The account pages and first steps in Chromium: axe, small phones, no script, a passkey."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from tests import factories
from tests.browser import LOOKS, axe_findings, launched, opened, overflow
from tests.web.conftest import web_config
from web.app import create_app
from web.db import db
from web.parts import NAMES

pytestmark = pytest.mark.browser

OUTSIDE = (
    "/",
    "/about",
    "/privacy",
    "/terms",
    "/break",
    "/help",
    "/login",
    "/register",
    "/reset",
    "/check-mail",
    "/nope",
)
INSIDE = (
    "/welcome/",
    *(f"/welcome/{name}" for name in NAMES),
    "/welcome/done",
    "/profile/",
    "/profile/access",
    "/profile/rest",
    "/account/",
    "/account/organizer",
    "/tf-setup",
    "/wan-register",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as started:
        yield started


@pytest.fixture
def address(sqlite_url: str, tmp_path: Path, rows: Session) -> Iterator[str]:
    """A served application with one member, on a host name that passkeys accept."""
    factories.member(rows, email="robin@example.com", interests={"walking": 1.0}, consents=())
    rows.commit()
    app = create_app(web_config(sqlite_url, tmp_path))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def enter(page: Page, address: str) -> None:
    page.goto(f"{address}/login")
    page.get_by_label("E-mail address").fill("robin@example.com")
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out").first).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, address: str, width: int, theme: Literal["light", "dark"]
) -> None:
    with opened(browser, width=width, theme=theme) as page:
        complaints: list[str] = []
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        for paths in (OUTSIDE, INSIDE):
            if paths is INSIDE:
                enter(page, address)
            for path in paths:
                page.goto(address + path)
                assert axe_findings(page) == [], path
                assert overflow(page) == 0, path
        assert [each for each in complaints if "404" not in each] == []


def test_a_form_sent_back_leads_to_its_problem(browser: Browser, address: str) -> None:
    with opened(browser, width=390) as page:
        page.goto(f"{address}/register")
        page.get_by_label("What should people call you?").fill("Ana")
        page.get_by_role("main").get_by_role("button", name="Join").click()
        expect(page).to_have_title("Error: Join – Handrail")
        expect(page.locator(".problems")).to_be_focused()
        expect(page.get_by_label("What should people call you?")).to_have_value("Ana")
        assert axe_findings(page) == []
        page.get_by_role("link", name="Enter your e-mail address.").click()
        expect(page.get_by_label("E-mail address")).to_be_focused()


def test_the_time_zone_is_guessed_from_the_device(browser: Browser, address: str) -> None:
    with opened(browser, timezone_id="America/Toronto") as page:
        page.goto(f"{address}/register")
        expect(page.get_by_label("Your time zone")).to_have_value("America/Toronto")


@pytest.mark.requirement("C27")
def test_the_first_steps_work_without_script(browser: Browser, address: str) -> None:
    with opened(browser, width=390, java_script_enabled=False) as page:
        enter(page, address)
        expect(page.get_by_role("heading", name="Welcome, Robin")).to_be_visible()
        page.get_by_role("link", name="Begin").click()
        page.get_by_label("Doing something together").first.check()
        page.get_by_role("button", name="Save and go on").click()
        page.get_by_label("Gardening and plants").check()
        page.get_by_role("button", name="Save and go on").click()
        page.get_by_role("spinbutton", name="Arrive alone at a party").fill("90")
        page.get_by_label("Yes, use my answers in this way").check()
        page.get_by_role("button", name="Save and go on").click()
        page.get_by_label("Friday evening").select_option("no")
        page.get_by_role("button", name="Save and go on").click()
        page.get_by_role("button", name="Skip this").click()
        page.get_by_label("Your town, or the nearest one").fill("Leeds, United Kingdom")
        page.get_by_role("button", name="Go on").click()
        page.get_by_label("Leeds, United Kingdom").check()
        page.get_by_role("button", name="This is it").click()
        page.get_by_role("button", name="Show me three ideas").click()
        page.goto(f"{address}/profile/")
        expect(page.get_by_text("Gardening and plants")).to_be_visible()
        expect(page.get_by_text("Leeds", exact=True)).to_be_visible()


@pytest.mark.requirement("C22")
def test_a_passkey_signs_in_without_a_password(browser: Browser, address: str) -> None:
    with opened(browser) as page:
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        enter(page, address)
        page.goto(f"{address}/wan-register")
        page.get_by_label("A name for it").fill("my phone")
        page.get_by_role("button", name="Make a passkey").click()
        expect(page.get_by_text("The passkey “my phone” is ready.")).to_be_visible()
        page.get_by_role("button", name="Sign out").first.click()
        page.goto(f"{address}/wan-signin")
        page.get_by_role("main").get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_role("button", name="Sign out").first).to_be_visible()
