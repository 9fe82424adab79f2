"""Chromium for tests: found, started without noise, asked by axe."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, get_args

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

WIDTHS = (320, 390, 1280)
PATIENCE = 15_000  # milliseconds; half of what there is may belong to other tests
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = get_args(Theme)
#: Each width and each theme once, as colours do not depend on the width; components are seen in every pair.
LOOKS: tuple[tuple[int, Theme], ...] = ((320, "light"), (1280, "dark"))
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")


def chromium_path() -> str | None:
    """Return the machine's Chromium or Chrome, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def launched() -> Iterator[Browser]:
    """Start Chromium and end it; skips the test, saying why, where there is none."""
    path = chromium_path()
    if path is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Browser, *, width: int = 1280, theme: Theme = "light", **options: Any) -> Iterator[Page]:
    """Yield a page of that width whose device prefers ``theme``; ``options`` go to the browser's context."""
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=theme, reduced_motion="reduce", **options
    )
    try:
        context.set_default_timeout(PATIENCE)
        yield context.new_page()
    finally:
        context.close()


def axe_findings(page: Page, *, within: str | None = None) -> list[str]:
    """Return one line per element axe objects to; an empty list is a clean page.

    The page's own policy stays in force: axe enters through the debugger, not through a script element.
    """
    options = {"runOnly": RULES, "preload": False}  # preloading reads a relative @import against the page
    run = f"axe.run({json.dumps(within or 'html')}, {json.dumps(options)})"
    session = page.context.new_cdp_session(page)
    for expression in (AXE.read_text() + "; 0", f"{run}.then((found) => JSON.stringify(found.violations))"):
        answer = session.send(
            "Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True}
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"]["description"])
    session.detach()
    return [_line(rule, node) for rule in json.loads(answer["result"]["value"]) for node in rule["nodes"]]


def _line(rule: dict[str, Any], node: dict[str, Any]) -> str:
    return f"{rule['id']} ({rule['impact']}): {node['target']} {node.get('failureSummary', '')}"


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than the window; 0 means no sideways scrolling."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def screenshot(page: Page, path: Path) -> Path:
    """Keep a picture of the whole page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True)
    return path
