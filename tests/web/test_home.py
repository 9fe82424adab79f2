"""The first page: for visitors, and where the day begins for who is signed in."""

from __future__ import annotations

from flask.testing import FlaskClient


def test_a_visitor_reads_what_it_is(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    assert "one doable step at a time" in page
    assert 'href="/register"' in page


def test_a_new_member_is_led_to_the_first_questions(member_client: FlaskClient) -> None:
    response = member_client.get("/")
    assert response.status_code == 303
    assert response.location == "/welcome/"
