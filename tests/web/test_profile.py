"""The six first steps, the profile page, consent and rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import comforts, consent, members, needs_cards, places
from domain.members import PrivateProfile
from domain.models import (
    ComfortAnswers,
    Consent,
    ConsentPurpose,
    MatchingRun,
    Member,
    NeedsCard,
    OutboxMessage,
)
from matching.inputs import Need
from matching.situations import QUESTIONS
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import ORIGIN, post, sign_in
from web.forms.choices import grouped_interests, interest_choices
from web.parts import NAMES, STEPS

FIRST_EVER = {"consents": ()}


@pytest.fixture
def newcomer(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    """Somebody who has just joined and agreed to nothing yet."""
    return signed_in("new@example.com", **FIRST_EVER)


def member_of(rows: Session) -> Member:
    rows.expire_all()
    found = rows.scalars(select(Member)).one()
    rows.refresh(found)
    rows.commit()
    return found


def private_of(rows: Session) -> PrivateProfile:
    found = members.read_private(rows, member_of(rows))
    rows.commit()
    return found


def answers_of(rows: Session) -> dict[str, int | None]:
    found = comforts.answers(rows, member_of(rows).id)
    rows.commit()
    return found


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path, base_url=ORIGIN)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def energy(**changes: str) -> dict[str, str]:
    return {f"slot_{number}": "1" for number in range(21)} | changes


@pytest.mark.requirement("R67")
def test_the_steps_follow_each_other_and_lead_to_suggestions(newcomer: FlaskClient, rows: Session) -> None:
    town = places.search("Leeds")[0]
    sent: dict[str, dict[str, Any]] = {
        "needs": {"first": "shared_activity", "second": "daytime_chat", "own_words": "Hands busy, please."},
        "interests": {"interests": ["walking", "gardening"]},
        "comfort": {"consent": "y", "quiet_walk": "30", "party": "95"},
        "energy": energy(slot_2="0", slot_4="2"),
        "pace": {"radius_km": "5", "weekly_cap": "2", "rest_hours": "24"},
        "place": {"town": "Leeds", "place": town.id},
    }
    for number, name in enumerate(NAMES, start=1):
        assert f"Step {number} of 6" in page(newcomer, f"/welcome/{name}")
        answer = post(newcomer, f"/welcome/{name}", **sent[name])
        following = f"/welcome/{NAMES[number]}" if number < 6 else "/welcome/done"
        assert (answer.status_code, answer.location) == (303, following), name
    assert post(newcomer, "/welcome/done").location == "/suggestions/"
    member, private = member_of(rows), private_of(rows)
    assert member.steps_done == list(NAMES)
    assert {each.interest for each in member.interests} == {"walking", "gardening"}
    assert member.energy is not None
    assert (member.energy[2], member.energy[4], member.energy[0]) == (0, 2, 1)
    assert (member.radius_km, member.weekly_cap, member.rest_hours) == (5, 2, 24)
    assert private.needs == (Need.SHARED_ACTIVITY, Need.DAYTIME_CHAT)
    assert (private.cell, private.place_name) == (town.cell, "Leeds")
    assert answers_of(rows) == {"quiet_walk": 30, "party": 95}


@pytest.mark.requirement("R01", "R67")
def test_every_step_can_be_skipped_and_the_way_taken_up_again(newcomer: FlaskClient, rows: Session) -> None:
    for name in NAMES[:3]:
        assert post(newcomer, f"/welcome/{name}", skip="1").status_code == 303
    assert member_of(rows).steps_done == list(NAMES[:3])
    assert 'href="/welcome/energy">Go on</a>' in page(newcomer, "/welcome/")
    assert rows.scalars(select(MatchingRun)).all() == []


def test_one_may_go_to_suggestions_without_a_single_answer(newcomer: FlaskClient, rows: Session) -> None:
    assert post(newcomer, "/welcome/done").status_code == 303
    runs = rows.scalars(select(MatchingRun)).all()
    assert [each.reason for each in runs] == ["profile"]


@pytest.mark.requirement("R67")
@pytest.mark.parametrize("name", [*NAMES, "name", "access", "values", "card", "rest"])
def test_no_page_is_a_dead_end(newcomer: FlaskClient, name: str) -> None:
    shown = page(newcomer, f"/profile/{name}")
    assert 'href="/profile/"' in shown
    assert 'href="/help"' in shown


def test_unknown_steps_and_parts_are_not_found(newcomer: FlaskClient) -> None:
    for path in ("/welcome/nothing", "/welcome/card", "/profile/nothing"):
        assert newcomer.get(path, base_url=ORIGIN).status_code == 404


@pytest.mark.requirement("R11")
def test_needs_are_ranked_and_the_same_one_is_refused_twice(newcomer: FlaskClient, rows: Session) -> None:
    shown = page(newcomer, "/welcome/needs")
    assert all(f'value="{need}"' in shown for need in Need)
    twice = post(newcomer, "/welcome/needs", first="confidant", third="confidant")
    assert twice.status_code == 422
    assert "Choose each kind of company once." in twice.get_data(as_text=True)
    post(newcomer, "/welcome/needs", first="not_sure", own_words="Somebody to sit with")
    assert private_of(rows).own_words == "Somebody to sit with"


@pytest.mark.requirement("R20")
def test_answers_about_comfort_need_a_yes(newcomer: FlaskClient, rows: Session) -> None:
    refused = post(newcomer, "/welcome/comfort", quiet_walk="30")
    assert refused.status_code == 422
    shown = refused.get_data(as_text=True)
    assert "We need your yes" in shown
    assert 'value="30"' in shown
    assert rows.scalars(select(ComfortAnswers)).all() == []
    assert rows.scalars(select(Consent)).all() == []
    rows.commit()
    assert post(newcomer, "/welcome/comfort", quiet_walk="30", consent="y").status_code == 303
    given = rows.scalars(select(Consent)).one()
    assert (given.purpose, given.version, given.withdrawn_at) == ("comfort", 1, None)
    assert given.text_hash == consent.WORDINGS[ConsentPurpose.COMFORT].digest


def test_no_answer_about_comfort_is_as_good_as_skipping(newcomer: FlaskClient, rows: Session) -> None:
    assert post(newcomer, "/welcome/comfort").status_code == 303
    assert rows.scalars(select(ComfortAnswers)).all() == []


@pytest.mark.requirement("R20")
def test_the_page_shows_the_words_that_are_agreed_to(newcomer: FlaskClient) -> None:
    shown = page(newcomer, "/welcome/comfort")
    assert consent.WORDINGS[ConsentPurpose.COMFORT].text in shown
    assert all(each.wording in shown for each in QUESTIONS)


@pytest.mark.requirement("R20")
def test_a_yes_is_taken_back_with_one_press(member_client: FlaskClient, rows: Session) -> None:
    post(member_client, "/profile/comfort", consent="y", party="90")
    assert answers_of(rows) == {"party": 90}
    assert post(member_client, "/profile/consent", purpose="comfort", answer="no").status_code == 303
    assert answers_of(rows) == {}
    assert not consent.has(rows, account=member_of(rows).id, purpose=ConsentPurpose.COMFORT)


def test_only_known_purposes_can_be_agreed_to(member_client: FlaskClient) -> None:
    assert post(member_client, "/profile/consent", purpose="everything", answer="yes").status_code == 422


@pytest.mark.requirement("C42")
@pytest.mark.parametrize("value", ["101", "-1", "1e309", "half", "50.5", "٣", "9" * 400])
def test_a_number_that_is_none_is_asked_for_again(newcomer: FlaskClient, rows: Session, value: str) -> None:
    answer = post(newcomer, "/welcome/comfort", consent="y", party=value)
    if value == "٣":  # digits of any script are digits
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    assert rows.scalars(select(ComfortAnswers)).all() == []


@pytest.mark.requirement("R15", "C42")
def test_energy_takes_three_levels_and_no_other(newcomer: FlaskClient, rows: Session) -> None:
    assert page(newcomer, "/welcome/energy").count("<select") == 21
    assert post(newcomer, "/welcome/energy", **energy(slot_0="3")).status_code == 422
    assert post(newcomer, "/welcome/energy", **energy()).status_code == 303
    assert member_of(rows).energy is None


@pytest.mark.requirement("R15")
def test_every_choice_of_energy_says_which_time_it_is_for(newcomer: FlaskClient) -> None:
    names = re.findall(r'<select aria-label="([^"]+)"', page(newcomer, "/welcome/energy"))
    assert len(set(names)) == 21
    assert names[:3] == ["Monday morning", "Monday afternoon", "Monday evening"]


def test_a_town_is_looked_up_and_what_was_typed_is_forgotten(newcomer: FlaskClient, rows: Session) -> None:
    found = post(newcomer, "/welcome/place", town="durham")
    assert found.status_code == 200
    shown = found.get_data(as_text=True)
    assert "Durham, United Kingdom" in shown
    assert "Durham, United States" in shown
    assert private_of(rows).place_name is None
    unknown = post(newcomer, "/welcome/place", town="Nowhereatall")
    assert unknown.status_code == 422
    assert post(newcomer, "/welcome/place", town="x", place="not a town").status_code == 422


def test_a_place_can_be_removed(newcomer: FlaskClient, rows: Session) -> None:
    post(newcomer, "/profile/place", place=places.search("York")[0].id)
    assert private_of(rows).place_name == "York"
    assert "Remove my place" in page(newcomer, "/profile/place")
    post(newcomer, "/profile/place/remove")
    assert (private_of(rows).cell, private_of(rows).place_name) == (None, None)


@pytest.mark.requirement("R93")
def test_needs_and_what_to_leave_out_are_sealed(
    newcomer: FlaskClient, rows: Session, sqlite_url: str
) -> None:
    post(newcomer, "/profile/access", access_needs=["step_free"], avoid=["nightlife"])
    post(newcomer, "/profile/card", words="canarycard", eases=["quiet_at_first"])
    private = private_of(rows)
    assert (private.access_needs, private.avoid) == (("step_free",), ("nightlife",))
    card = needs_cards.read(rows, member=member_of(rows).id)
    assert (card.words, card.eases) == ("canarycard", ("quiet_at_first",))
    assert rows.scalar(select(Member.sealed))
    tables = (Member.__table__, NeedsCard.__table__)
    raw = b"".join(str(each).encode() for table in tables for each in rows.execute(select(table)).one())
    assert b"canarycard" not in raw
    assert b"nightlife" not in raw


def test_what_was_written_before_begins_the_card_and_moves_into_it(
    newcomer: FlaskClient, rows: Session
) -> None:
    members.save_private(rows, member=member_of(rows), now=NOW, card="Tea first.")
    rows.commit()
    assert 'value="Tea first."' in page(newcomer, "/profile/card")
    post(newcomer, "/profile/card", words="Tea\r\nfirst.")
    assert private_of(rows).card == ""
    assert "“Tea first.”" in page(newcomer, "/profile/card")
    assert post(newcomer, "/profile/card", words="x" * 161).status_code == 422
    assert post(newcomer, "/profile/card", eases=["anything"]).status_code == 422


def test_saving_asks_for_one_run_however_often(newcomer: FlaskClient, rows: Session) -> None:
    for interests in (["walking"], ["books", "walking"], []):
        assert post(newcomer, "/profile/interests", interests=interests).location == "/profile/"
    assert len(rows.scalars(select(MatchingRun)).all()) == 1
    assert rows.scalars(select(OutboxMessage.kind)).all() == ["matching_run_requested"]


def test_the_profile_page_sums_up_what_was_said(newcomer: FlaskClient, rows: Session) -> None:
    post(newcomer, "/profile/interests", interests=["walking"])
    post(newcomer, "/profile/needs", first="group_involvement")
    post(newcomer, "/profile/name", display_name="Kit", pronouns="they/them", time_zone="Europe/Dublin")
    shown = page(newcomer, "/profile/")
    for words in ("Walking", "Being part of a group", "Kit", "they/them", "Europe, Dublin"):
        assert words in shown
    assert member_of(rows).display_name == "Kit"


@pytest.mark.requirement("R01")
def test_a_rest_begins_and_ends_when_asked(newcomer: FlaskClient, rows: Session) -> None:
    later = (datetime.now(UTC) + timedelta(days=10)).date()
    post(newcomer, "/profile/rest", until=later.isoformat())
    assert member_of(rows).paused_until is not None
    assert "You rest until" in page(newcomer, "/profile/")
    post(newcomer, "/profile/rest/end")
    assert member_of(rows).paused_until is None


@pytest.mark.parametrize("until", ["2020-01-01", "", "soon", "9999-99-99", "0001-01-01"])
def test_a_rest_until_a_day_gone_by_is_asked_again(newcomer: FlaskClient, until: str) -> None:
    assert post(newcomer, "/profile/rest", until=until).status_code == 422


@pytest.mark.requirement("C43")
@pytest.mark.parametrize("step", STEPS, ids=lambda step: str(step.name))
def test_no_step_takes_a_column_it_does_not_ask_for(newcomer: FlaskClient, rows: Session, step: Any) -> None:
    before = member_of(rows)
    kept = (before.id, before.created_at, before.display_name, before.paused_until)
    extra = {
        "id": "0" * 32,
        "created_at": "2001-01-01",
        "display_name": "Eve",
        "paused_until": "2030-01-01",
        "sealed": "x",
    }
    post(newcomer, f"/welcome/{step.name}", **extra, **(energy() if step.name == "energy" else {}))
    after = member_of(rows)
    assert (after.id, after.created_at, after.display_name, after.paused_until) == kept


@pytest.mark.requirement("C42")
@pytest.mark.parametrize(
    "junk", ["\x00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "\u202e", "x" * 5000]
)
def test_odd_text_never_breaks_a_page(newcomer: FlaskClient, junk: str) -> None:
    for path, field in (
        ("needs", "own_words"),
        ("place", "town"),
        ("interests", "interests"),
        ("card", "words"),
        ("name", "display_name"),
    ):
        assert post(newcomer, f"/profile/{path}", **{field: junk}).status_code < 500, path


def test_every_interest_stands_once_on_the_page() -> None:
    shown = [slug for _, slugs in grouped_interests() for slug in slugs]
    assert sorted(shown) == sorted(each.value for each in interest_choices())


def test_somebody_without_a_profile_is_told_so(app: Flask, rows: Session) -> None:
    factories.account(rows, email="only@example.com", demo=True)
    rows.commit()
    client = app.test_client()
    sign_in(client, "only@example.com")
    assert client.get("/profile/", base_url=ORIGIN).status_code == 403
    assert client.get("/", base_url=ORIGIN).location == "/account/"
