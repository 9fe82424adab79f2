"""The progress page: one's own, in words, charts with tables; nothing to lose and nobody to compare with."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from domain import comforts, members, reflections, trails, wins
from domain.models import Member
from domain.reflections import MeetAgain, ReflectionBody, Signal
from domain.trails import Point, Span
from domain.wins import WinKind
from matching.comfort import start
from matching.inputs import Need
from matching.ladder import record
from matching.pace import Attempt, Pace
from matching.situations import QUESTIONS, situation
from tests.conftest import NOW
from tests.web.conftest import ORIGIN, post
from tests.web.loop_rows import account_of, at, outing, said_yes, still

EMAIL = "member@example.com"
__all__ = ["still"]


def page(client: FlaskClient) -> str:
    answer = client.get("/progress/", base_url=ORIGIN)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def been(rows: Session, *, days: int, size: float = 0.5, **said: object) -> None:
    member, occurrence = account_of(rows, EMAIL), outing(rows, days=days, facts={"group_size": size})
    said_yes(rows, member, occurrence)
    body = ReflectionBody(**{"attended": True} | said)  # type: ignore[arg-type]
    reflections.record(rows, member=member, occurrence=occurrence.id, reflection=body, now=occurrence.ends_at)
    rows.commit()


def point(day: int, suds: float) -> Point:
    span = Span(suds=suds, low=suds - 12, high=suds + 12)
    return Point(
        at=NOW + timedelta(days=day), index=suds, index_sd=4, kinds={each.id: span for each in QUESTIONS}
    )


@pytest.mark.requirement("R96")
def test_three_pillars_stand_on_it_from_the_first_day_and_it_says_what_will_come(
    member_client: FlaskClient,
) -> None:
    html = page(member_client)
    for title, href in (
        ("Kindness to yourself", "/notebook/"),
        ("Small steps", "/ladder/"),
        ("People who can help", "/support/"),
    ):
        card = re.search(
            rf'<article class="card"[^>]*>\s*<h3[^>]*>{title}</h3>.*?</article>', html, re.DOTALL
        )
        assert card
        assert f'href="{href}"' in card[0]
    assert "This page fills as you go" in html


@pytest.mark.requirement("R29", "R28", "R04")
def test_hard_and_good_are_two_pictures_each_with_title_words_and_numbers(
    member_client: FlaskClient, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day, (hard, good) in enumerate([(70, 30), (65, 40), (40, 60), (35, 80)]):
        been(rows, days=day, predicted=75, peak=hard, good=good, signals=(Signal.LISTENED,))
    monkeypatch.setattr("web.clock.now", lambda: NOW + timedelta(days=10))
    html = page(member_client)
    for name, numbers in (("hard-chart", [70, 65, 40, 35]), ("good-chart", [30, 40, 60, 80])):
        figure = html[html.index(f'id="{name}-title"') :].split("</figure>")[0]
        assert [int(each) for each in re.findall(r"<td>(\d+)</td>", figure)] == numbers
        assert re.search(rf'<desc id="{name}-desc">[^<]+</desc>', figure)
    assert "The hardest moments have become easier." in html
    assert "Your outings have become better for you." in html
    assert "4 outings were easier than you expected." in html
    assert "In the last three months you went out 4 times." in html
    assert "You noticed 4 signs that people met." in html


def test_each_kind_of_outing_shows_then_and_now_with_its_doubt(
    member_client: FlaskClient, rows: Session
) -> None:
    member = account_of(rows, EMAIL)
    for each in (point(0, 70), point(7, 66), point(14, 45)):
        trails.append(rows, member=member, point=each, now=NOW)
    rows.commit()
    html = page(member_client)
    assert "6 kinds of outing may feel clearly easier than at first." in html
    assert html.count("<td>70</td><td>45</td><td>33 to 57</td>") == 6
    assert len(re.findall(r'<title id="kind-\w+-title">', html)) == 6


@pytest.mark.requirement("R03")
def test_a_mismatch_is_said_kindly_with_a_way_on(member_client: FlaskClient, rows: Session) -> None:
    member = rows.get_one(Member, account_of(rows, EMAIL))
    members.save_private(rows, member=member, needs=(Need.CONFIDANT, Need.NOT_SURE), now=NOW)
    rows.commit()
    for day in range(5):
        been(rows, days=day, size=0.9)
    html = page(member_client)
    assert "Someone to trust" in html
    assert "Your last 5 outings, mostly in larger groups, led somewhere else." in html
    assert "Getting close to one person is easier" in html


@pytest.mark.requirement("R10", "R37", "R65", "R07")
def test_months_circle_and_what_one_can_build_on_are_told_without_a_mark(
    member_client: FlaskClient, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    been(rows, days=0, left_early=True, meet_again=MeetAgain.YES)
    wins.log(rows, member=account_of(rows, EMAIL), kind=WinKind.OWN, words="I stayed ten minutes", now=NOW)
    rows.commit()
    monkeypatch.setattr("web.clock.now", lambda: NOW + timedelta(days=62))
    html = page(member_client)
    assert "2 moments so far that you made happen." in html
    assert "I stayed ten minutes" in html
    assert "So far you have been with one group and met a few people." in html
    assert "A quiet month. Rest is part of it." in html
    assert "1 outing, 1 small win" in html
    words = re.sub(r"<[^>]+>", " ", html).lower()
    assert not {"streak", "missed", "failed", "score", "behind", "average"} & set(re.findall(r"\w+", words))


@pytest.mark.requirement("R89", "R95")
def test_two_overwhelming_outings_lead_to_somebody_to_talk_to_and_leave_no_mark(
    member_client: FlaskClient, rows: Session
) -> None:
    member = account_of(rows, EMAIL)
    pace = Pace()
    for _ in range(2):
        attempt = Attempt(situation=situation(talking=0.5), anticipated=40, peak=90, attended=True)
        pace = record(pace, attempt)
    comforts.store(rows, member, replace(start([50] * 6), pace=pace), NOW)
    trails.append(rows, member=member, point=point(0, 50), now=NOW)
    rows.commit()
    html = page(member_client)
    assert "Two of your last outings were a great deal to carry" in html
    assert "Find somebody to talk to" in html
    assert "We go gently for a while" in html


@pytest.mark.requirement("R24", "R29", "R58")
def test_signs_of_connection_and_how_good_it_was_are_asked_kept_and_told(
    member_client: FlaskClient, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    yes = said_yes(rows, account_of(rows, EMAIL), outing(rows))
    at(monkeypatch, NOW + timedelta(days=3))
    assert "We both asked something" in member_client.get(
        f"/outings/{yes.id}/reflection", base_url=ORIGIN
    ).get_data(as_text=True)
    said = {
        "went": "stayed",
        "peak": "30",
        "good": "85",
        "signals": ["asked_back", "laughed"],
        "again": "yes",
    }
    assert post(member_client, f"/outings/{yes.id}/reflection", **said).status_code == 303
    (kept,) = reflections.recollect(rows, member=account_of(rows, EMAIL))
    assert (kept.body.good, kept.body.signals) == (85, (Signal.ASKED_BACK, Signal.LAUGHED))
    rows.rollback()
    html = page(member_client)
    assert "Together, you called them very good. You noticed 2 signs that people met." in html
    assert "Once there were people you would like to meet again." in html


@pytest.mark.requirement("R20")
def test_it_is_for_members_alone(client: FlaskClient) -> None:
    assert client.get("/progress/", base_url=ORIGIN).status_code in {302, 303, 401}
