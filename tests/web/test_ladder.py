"""The ladder's pages: every change is the member's own, and each works as a plain form."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from domain import ladders, reflections
from domain.ladders import ChangeBody, ChangeKind, LadderView, RungBody
from domain.reflections import ReflectionBody, SmallWin
from matching.rungs import KINDS
from tests.conftest import NOW
from tests.web.conftest import ORIGIN, post
from tests.web.loop_rows import account_of, outing, said_yes, still  # noqa: F401

EMAIL = "member@example.com"
LABELS = ("Read along", "Say hello", "Join a walk")


@pytest.fixture
def ladder(member_client: FlaskClient, rows: Session) -> LadderView:
    member = account_of(rows, EMAIL)
    bodies = [RungBody(label=label, situation=KINDS[0].situation) for label in LABELS]
    ladders.draft(rows, member=member, rungs=bodies, now=NOW)
    rows.commit()
    return view(rows)


def view(rows: Session) -> LadderView:
    found = ladders.current(rows, member=account_of(rows, EMAIL))
    assert found is not None
    return found


def text(client: FlaskClient, path: str = "/ladder/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def labels(rows: Session) -> list[str]:
    return [rung.label for rung in view(rows).rungs]


def propose(rows: Session, ladder: LadderView, to: int) -> str:
    body = ChangeBody(kind=ChangeKind.ADVANCE, to=ladder.rungs[to].id, reason="two_calm")
    change = ladders.record_change(
        rows, member=account_of(rows, EMAIL), reflection=None, body=body, proposes=True, now=NOW
    )
    rows.commit()
    return str(change.id)


def test_steps_are_an_ordered_list_with_words_for_where_they_stand(
    member_client: FlaskClient, ladder: LadderView
) -> None:
    page = text(member_client)
    listed = page.split('<ol class="ladder"')[1].split("</ol>")[0]
    assert re.findall(r'class="rung-state">(\w+)', listed) == ["Now", "Next", "Later"]
    assert [label for label in LABELS if label in listed] == list(LABELS)
    assert "Your step just now: Read along" in page


def test_moving_keeps_the_focus_and_says_where_it_is_now(
    member_client: FlaskClient, rows: Session, ladder: LadderView
) -> None:
    moved = ladder.rungs[1].id
    response = post(member_client, f"/ladder/rungs/{moved}/up")
    page = text(member_client, response.location)
    assert labels(rows) == ["Say hello", "Read along", "Join a walk"]
    assert 'role="status" id="moved-said"' in page
    assert "“Say hello” is now step 1 of 3." in page
    focused = re.findall(r'id="([^"]+)" autofocus', page)
    assert focused == [f"down-{moved}"], "the button just pressed is off, so the other one"
    assert "#" not in response.location, "a browser that jumps to a fragment ignores autofocus"
    assert re.search(rf'action="/ladder/rungs/{moved}/down".*?Undo', page, re.DOTALL)


@pytest.mark.requirement("R01", "R84")
def test_a_proposal_is_taken_or_left(member_client: FlaskClient, rows: Session, ladder: LadderView) -> None:
    change = propose(rows, ladder, 1)
    page = text(member_client)
    assert "You could go on to “Say hello”." in page
    assert "Nothing moves without your yes." in page
    assert view(rows).now == ladder.rungs[0]
    assert post(member_client, f"/ladder/changes/{change}/decline").status_code == 303
    assert "You left it as it was." in text(member_client)
    post(member_client, f"/ladder/changes/{propose(rows, ladder, 1)}/accept")
    assert view(rows).rungs[1].reached


@pytest.mark.requirement("R36")
def test_a_second_raise_in_a_week_is_held_back_with_its_reason(
    member_client: FlaskClient, rows: Session, ladder: LadderView
) -> None:
    post(member_client, f"/ladder/changes/{propose(rows, ladder, 1)}/accept")
    post(member_client, f"/ladder/changes/{propose(rows, ladder, 2)}/accept")
    page = text(member_client)
    assert "You moved up less than a week ago." in page
    assert "Monday 8 June" in page
    assert not view(rows).rungs[2].reached


@pytest.mark.requirement("R17")
def test_a_step_of_one_s_own_and_a_reward(
    member_client: FlaskClient, rows: Session, ladder: LadderView
) -> None:
    response = post(member_client, "/ladder/new", label="Ask for a book", like="same_room", reward="Cake")
    assert response.status_code == 303
    added = view(rows).rungs[-1]
    assert (added.label, added.body.kind, added.reward) == ("Ask for a book", "same_room", "Cake")
    post(member_client, f"/ladder/rungs/{ladder.rungs[0].id}/edit", label=LABELS[0], reward="A bath")
    assert "Afterwards: A bath" in text(member_client)
    post(member_client, "/ladder/new", label="Wave", like="")
    assert len(view(rows).rungs[-1].body.situation.assumed) == 15, (
        "what nobody stated is not taken for granted"
    )


@pytest.mark.requirement("R14")
def test_a_step_is_put_into_one_s_own_words_and_stays_as_big_as_it_was(
    member_client: FlaskClient, rows: Session, ladder: LadderView
) -> None:
    first = ladder.rungs[0]
    assert f'value="{first.label}"' in text(member_client, f"/ladder/rungs/{first.id}")
    post(member_client, f"/ladder/rungs/{first.id}/edit", label="  Read along with the knitters ", reward="")
    changed = view(rows).rungs[0]
    assert (changed.label, changed.body.situation) == ("Read along with the knitters", first.body.situation)
    response = post(member_client, f"/ladder/rungs/{first.id}/edit", label=" ", reward="")
    assert response.status_code == 422
    assert view(rows).rungs[0].label == "Read along with the knitters"


def test_a_step_without_words_is_asked_for(member_client: FlaskClient) -> None:
    response = post(member_client, "/ladder/new", label="", reward="Cake")
    assert response.status_code == 422
    assert "Say in a few words what the step is." in response.get_data(as_text=True)


def test_a_step_put_away_can_be_taken_back(
    member_client: FlaskClient, rows: Session, ladder: LadderView
) -> None:
    away = ladder.rungs[1].id
    post(member_client, f"/ladder/rungs/{away}/archive")
    assert labels(rows) == ["Read along", "Join a walk"]
    assert "Put away" in text(member_client)
    assert "Take it back" in text(member_client, f"/ladder/rungs/{away}")
    post(member_client, f"/ladder/rungs/{away}/restore")
    assert labels(rows) == ["Read along", "Join a walk", "Say hello"]


@pytest.mark.requirement("R19")
def test_a_tough_day_has_a_smaller_version_that_counts(
    member_client: FlaskClient, rows: Session, ladder: LadderView
) -> None:
    said_yes(rows, account_of(rows, EMAIL), outing(rows))
    page = text(member_client, "/ladder/tough-day")
    assert "Your step: Read along" in page
    assert "I can’t make it" in page
    assert post(member_client, "/ladder/tough-day", what="ten_minutes").status_code == 303
    assert "You took a smaller version of “Read along”. That counts." in text(member_client)
    assert view(rows).now == ladder.rungs[0]
    assert post(member_client, "/ladder/tough-day", what="everything").status_code == 422


@pytest.mark.requirement("R97")
def test_the_top_is_no_end(member_client: FlaskClient, rows: Session, ladder: LadderView) -> None:
    for rung in ladder.rungs:
        ladders.settle(rows, member=account_of(rows, EMAIL), rung=rung.id, now=NOW)
    rows.commit()
    assert "Nothing ends with that." in text(member_client)


@pytest.mark.requirement("R28", "R29", "R37")
def test_expected_and_found_are_drawn_with_their_numbers(member_client: FlaskClient, rows: Session) -> None:
    member, occurrence = account_of(rows, EMAIL), outing(rows)
    said_yes(rows, member, occurrence, expected=70)
    body = ReflectionBody(attended=True, peak=45, small_wins=(SmallWin.LONGER_TALK,), own_win="I waved")
    reflections.record(rows, member=member, occurrence=occurrence.id, reflection=body, now=occurrence.ends_at)
    rows.commit()
    moved = member_client.get("/ladder/progress", base_url=ORIGIN)
    assert (moved.status_code, moved.location) == (303, "/progress/#compared-title")
    page = text(member_client, "/progress/")
    compared = page[page.index('id="compared-title"') :].split("</section>")[0]
    assert "<td>70</td><td>45</td>" in compared.split("<table>")[1]
    assert "One outing was easier than you expected." in compared
    assert "I waved" in page


def test_without_a_ladder_every_page_has_a_way_on(member_client: FlaskClient) -> None:
    assert "There is no ladder yet" in text(member_client)
    assert "Take a break" in text(member_client, "/ladder/tough-day")
    assert "This page fills as you go" in text(member_client, "/progress/")
    assert post(member_client, "/ladder/tough-day", what="ten_minutes").status_code == 404


def test_another_member_s_steps_are_not_there(
    organizer_client: FlaskClient, rows: Session, ladder: LadderView
) -> None:
    change, rung = propose(rows, ladder, 1), ladder.rungs[0].id
    assert organizer_client.get(f"/ladder/rungs/{rung}").status_code == 404
    for path in (
        f"rungs/{rung}/down",
        f"rungs/{rung}/archive",
        f"rungs/{rung}/edit",
        f"changes/{change}/accept",
    ):
        assert post(organizer_client, f"/ladder/{path}").status_code == 404, path
    assert labels(rows) == list(LABELS)
