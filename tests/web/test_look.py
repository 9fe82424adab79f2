"""The page of components: axe finds nothing, nothing scrolls sideways, nothing needs script."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import THEMES, WIDTHS, Theme, axe_findings, launched, opened, overflow
from tests.web.look import NONCE, bare_app, serving

TARGETS = "button, .button, .site-nav a, .choice, summary, .foot-links a"
SMALL = """(targets) => [...document.querySelectorAll(targets)]
    .filter((each) => each.getBoundingClientRect().height < 44).map((each) => each.textContent.trim())"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(bare_app()) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as started:
        yield started


@pytest.fixture(scope="module")
def html() -> str:
    answer = bare_app().test_client().get("/")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.browser
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, address: str, width: int, theme: Theme
) -> None:
    with opened(browser, width=width, theme=theme) as page:
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        assert complaints == []
        assert overflow(page) == 0
        assert axe_findings(page) == []


@pytest.mark.browser
@pytest.mark.parametrize("theme", THEMES)
def test_hovered_buttons_keep_their_contrast(browser: Browser, address: str, theme: Theme) -> None:
    with opened(browser, theme=theme) as page:
        page.goto(address)
        for name in ("Save and go on", "Skip this", "Stop for today"):
            target = page.get_by_role("main").get_by_text(name, exact=True)
            target.hover()
            assert axe_findings(page, within=".section .actions") == []


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_every_target_is_large_enough(browser: Browser, address: str, width: int) -> None:
    with opened(browser, width=width) as page:
        page.goto(address)
        small = page.evaluate(SMALL, TARGETS)
        assert small == []
        assert page.locator(TARGETS).count() > 20


@pytest.mark.browser
@pytest.mark.requirement("C27")
def test_page_stands_without_script(browser: Browser, address: str) -> None:
    with opened(browser, width=320, java_script_enabled=False) as page:
        page.goto(address)
        expect(page.get_by_role("spinbutton", name="A quiet guided walk")).to_have_value("35")
        expect(page.get_by_role("slider")).to_have_count(0)
        expect(page.get_by_role("button", name="Dark")).to_be_visible()


@pytest.mark.browser
def test_slider_fills_its_number_and_leaves_unanswered_blank(browser: Browser, address: str) -> None:
    with opened(browser, width=390) as page:
        page.goto(address)
        slider = page.get_by_role("slider", name="A quiet guided walk with four strangers")
        slider.focus()
        slider.press("ArrowRight")
        expect(page.locator("input[name=walk]")).to_have_value("40")
        expect(page.locator("input[name=games]").first).to_have_value("")
        expect(slider).to_have_attribute("aria-valuetext", "40, hard, but doable")


@pytest.mark.browser
def test_focus_goes_to_the_list_of_problems(browser: Browser, address: str) -> None:
    with opened(browser) as page:
        page.goto(address)
        expect(page.locator(".problems")).to_be_focused()


@pytest.mark.browser
def test_reader_chooses_a_theme_over_the_device(browser: Browser, address: str) -> None:
    with opened(browser, theme="light") as page:
        page.goto(address)
        page.get_by_role("button", name="Dark").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        expect(page.locator("body")).to_have_css("background-color", "rgb(23, 29, 28)")


@pytest.mark.browser
def test_nothing_moves_for_those_who_ask_for_stillness(browser: Browser, address: str) -> None:
    with opened(browser) as page:
        page.goto(address)
        assert page.evaluate("document.getAnimations().length") == 0
        page.emulate_media(reduced_motion="no-preference")
        assert page.evaluate("document.getAnimations().length") == 1  # the bar that does not know its end


@pytest.mark.browser
def test_paper_keeps_the_facts_and_leaves_the_buttons(browser: Browser, address: str) -> None:
    with opened(browser, theme="dark") as page:
        page.goto(address)
        page.emulate_media(media="print")
        expect(page.get_by_text("At any bridge. A wave is enough.")).to_be_visible()
        expect(page.get_by_text("Not this one").first).to_be_hidden()
        expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")


@pytest.mark.requirement("C24")
def test_markup_needs_no_inline_style_or_script(html: str) -> None:
    assert not re.search(r"<[^>]+\s(style|on\w+|hx-on[\w:-]*)=", html)
    assert "<style" not in html
    assert all(f'nonce="{NONCE}"' in tag for tag in re.findall(r"<script[^>]*>", html))


@pytest.mark.requirement("C26")
def test_no_address_leaves_the_origin(html: str) -> None:
    assert not re.findall(r"(?:src|href|action)=\"(?:https?:)?//", html)


@pytest.mark.requirement("R67", "R95")
def test_help_and_a_break_stand_in_the_footer(html: str) -> None:
    footer = html[html.index('<footer class="site-footer"') :]
    for part in ('href="/help"', 'href="/break"', "not a crisis or medical service"):
        assert part in footer


@pytest.mark.requirement("R62")
def test_no_is_as_near_as_yes(html: str) -> None:
    cards = re.findall(r'<article class="card suggestion".*?</article>', html, flags=re.DOTALL)
    assert len(cards) == 2
    for card in cards:
        answers = card[card.index('class="answers"') :]
        assert answers.count("<button") == 2
        assert answers.index("Yes, I’d like to") < answers.index("Not this one")
