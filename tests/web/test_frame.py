"""The frame of every page answers to what a page sets."""

import pytest
from flask import Flask, flash, render_template_string
from wtforms import Form, StringField
from wtforms.validators import InputRequired

from tests.browser import WIDTHS, launched, opened
from tests.web.look import bare_app, serving

PAGE = (
    '{% extends "base.html" %}{% block title %}Groups{% endblock %}'
    "{% block content %}<h1>Groups</h1>{% endblock %}"
)


class OneQuestion(Form):  # type: ignore[misc]  # WTForms ships no types
    name = StringField("Name", [InputRequired("Enter a name.")])


@pytest.fixture
def app() -> Flask:
    return bare_app()


def rendered(app: Flask, page: str = PAGE, **values: object) -> str:
    with app.test_request_context("/groups"):
        return render_template_string(page, **values)


def test_title_names_the_page(app: Flask) -> None:
    assert "<title>Groups – Handrail</title>" in rendered(app)


def test_title_says_error_first_when_a_form_came_back(app: Flask) -> None:
    form = OneQuestion()
    form.validate()
    assert "<title>Error: Groups – Handrail</title>" in rendered(app, form=form)


@pytest.mark.parametrize(("theme", "attribute"), [("dark", True), ("light", True), ("system", False)])
def test_theme_is_the_readers_or_the_devices(app: Flask, theme: str, attribute: bool) -> None:
    html = rendered(app, theme=theme)
    assert (f'<html lang="en-GB" dir="ltr" data-theme="{theme}">' in html) is attribute
    assert f'value="{theme}" aria-pressed="true"' in html
    assert html.count('aria-pressed="true"') == 1


def test_an_unknown_theme_leaves_the_choice_to_the_device(app: Flask) -> None:
    assert "data-theme=" not in rendered(app, theme='x" onload="y')


def test_where_one_is_stands_in_the_ways_about(app: Flask) -> None:
    nav = [{"label": "Ladder", "href": "/ladder", "current": True}, {"label": "You", "href": "/you"}]
    html = rendered(app, nav=nav)
    assert '<a href="/ladder" aria-current="page">Ladder</a>' in html
    assert '<a href="/you">You</a>' in html


def test_signing_out_is_a_form_with_a_token(app: Flask) -> None:
    html = rendered(app, signed_in=True)
    assert 'action="/logout"' in html
    assert 'href="/login"' not in html


@pytest.mark.parametrize(
    ("flag", "words"),
    [("sensitive", "Leave quickly"), ("worker_quiet", "Suggestions will come a little later")],
)
def test_what_only_some_pages_say(app: Flask, flag: str, words: str) -> None:
    assert words in rendered(app, PAGE, **{flag: True})
    assert words not in rendered(app)


def test_a_child_page_marks_itself_sensitive(app: Flask) -> None:
    assert "Leave quickly" in rendered(app, "{% set sensitive = true %}" + PAGE)


def test_flashed_words_are_escaped_in_the_status_region(app: Flask) -> None:
    with app.test_request_context("/"):
        flash("<b>Saved</b>", "error")
        html = render_template_string(PAGE)
    assert '<p class="notice notice--error">&lt;b&gt;Saved&lt;/b&gt;</p>' in html


def test_token_reaches_every_request_of_htmx(app: Flask) -> None:
    assert """<body hx-headers:inherited='{"X-CSRFToken": "token"}'>""" in rendered(app)


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_five_ways_about_fit_and_phones_find_them_at_the_bottom(width: int) -> None:
    app = bare_app()
    labels = ("Today", "Suggestions", "Ladder", "Groups", "You")
    nav = [{"label": label, "href": "/", "current": label == "Ladder"} for label in labels]
    app.add_url_rule("/five", "five", lambda: render_template_string(PAGE, nav=nav, signed_in=True))
    with serving(app) as address, launched() as browser, opened(browser, width=width) as page:
        page.goto(address + "five")
        box = page.get_by_role("navigation", name="Main").bounding_box()
        assert box is not None
        assert box["height"] < 80
        assert (box["y"] > 700) is (width < 768)
