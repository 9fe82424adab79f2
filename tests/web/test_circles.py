"""Three members go to an outing together, page by page, with the worker's own functions in between."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import consent, events
from domain.models import (
    Account,
    Block,
    Circle,
    CirclePlace,
    Consent,
    ConsentPurpose,
    Member,
    Occurrence,
    Report,
)
from tests import circle_rows, factories
from tests.conftest import NOW
from tests.web.conftest import ORIGIN, post, sign_in
from tests.web.loop_rows import suggested
from workers.jobs import circles as job

NAMES = ("Annabel", "Benedict", "Catriona")


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def at(now: datetime) -> None:
        monkeypatch.setattr("web.clock.now", lambda: now)

    at(NOW)
    return at


class Three:
    """Three members who said yes to an evening, each with a browser."""

    def __init__(self, app: Flask, rows: Session) -> None:
        self.rows = rows
        self.evening: Occurrence = circle_rows.games(rows)
        self.members: list[Member] = [
            circle_rows.guest(
                rows,
                self.evening,
                name,
                email=f"{name.lower()}@example.com",
                interests={"board-games": 1.0, "walking": 1.0},
                consents=(ConsentPurpose.COMFORT,),
            )
            for name in NAMES
        ]
        for each in self.members:
            rows.get_one(Account, each.id).demo = True
        self.path = f"/occurrences/{self.evening.id}/company"
        rows.commit()
        self.browsers: list[FlaskClient] = []
        for name in NAMES:
            client = app.test_client()
            assert sign_in(client, f"{name.lower()}@example.com").status_code in {302, 303}
            self.browsers.append(client)

    def page(self, who: int) -> str:
        response = self.browsers[who].get(self.path, base_url=ORIGIN)
        assert response.status_code == 200
        return response.get_data(as_text=True)

    def ask(self, who: int, *topics: str, agree: str = "y", conduct: str = "y") -> int:
        said = {"topics": list(topics), "agree": agree, "conduct": conduct}
        return post(self.browsers[who], self.path, **said).status_code

    def say(self, who: int, word: str) -> int:
        return post(self.browsers[who], f"{self.path}/{word}").status_code

    def companions(self, who: int) -> list[str]:
        """What the page says of each of the others, by name."""
        listed = re.search(r'id="who-title".*?</section>', self.page(who), re.DOTALL)
        return re.findall(r"<li><strong>.*?Something is not right", listed[0], re.DOTALL) if listed else []

    def card_page(self, who: int) -> str:
        return self.browsers[who].get("/profile/card", base_url=ORIGIN).get_data(as_text=True)

    def place(self) -> None:
        """What the worker does."""
        plan = job.place(self.rows, occurrence=self.evening.id, now=NOW)
        assert plan is not None
        fact = events.CirclesDue(occurrence=self.evening.id)
        job.FORM.apply(self.rows, {self.evening.id: plan}, [fact], NOW)
        self.rows.commit()


@pytest.fixture
def three(app: Flask, rows: Session, moment: Callable[[datetime], None]) -> Three:
    moment(NOW)
    return Three(app, rows)


def unnamed(page: str, but: int) -> bool:
    return not any(name in page for number, name in enumerate(NAMES) if number != but)


@pytest.mark.requirement("R38", "R47", "R54", "R55", "R71")
def test_three_members_go_together_and_two_would_meet_again(
    three: Three, moment: Callable[[datetime], None]
) -> None:
    assert "Would you like not to walk in alone" in three.page(0)
    for who in range(3):
        assert three.ask(who, "board-games") == 303
    assert "We are looking" in three.page(0)
    three.place()
    page = three.page(0)
    assert "2 others would like company too" in page
    assert "2 of them enjoy board games too" in page
    assert unnamed(page, 0)
    for who in (0, 1):
        assert three.say(who, "yes") == 303
    assert all(unnamed(three.page(who), who) for who in range(3))
    assert three.say(2, "yes") == 303
    page = three.page(0)
    assert {name for name in NAMES if name in page} >= {"Benedict", "Catriona"}
    assert "By the entrance" in page
    assert "Mill House" in page
    assert "without a reason" in page
    moment(three.evening.ends_at)
    places = dict(
        re.findall(r'name="again"[^>]*value="([0-9a-f]{32})".*?choice-text">(\w+)<', three.page(0), re.DOTALL)
    )
    mate = next(place for place, name in places.items() if name == "Benedict")
    before = three.page(1)
    assert post(three.browsers[0], f"{three.path}/again", again=mate).status_code == 303
    assert "would both like" not in three.page(0)
    assert steady(three.page(1)) == steady(before)
    mine = three.rows.scalars(select(CirclePlace.id).where(CirclePlace.member == three.members[0].id)).one()
    three.rows.rollback()
    assert post(three.browsers[1], f"{three.path}/again", again=mine).status_code == 303
    assert "You and Benedict would both like to meet again" in three.page(0)
    assert "You and Annabel would both like to meet again" in three.page(1)
    assert "would both like" not in three.page(2)
    idea = ahead_for(three, *three.members[:2])
    assert [f"/occurrences/{idea}" in three.page(who) for who in range(3)] == [True, True, False]
    assert "For you and Benedict" in three.page(0)


def ahead_for(three: Three, *members: Member) -> str:
    """An online games evening on these members' lists."""
    group = factories.group(three.rows, name="Online games", organizer=factories.account(three.rows))
    event = factories.event(three.rows, group=group, interests=["board-games"], online=True)
    place = factories.occurrence(three.rows, event=event, starts_at=three.evening.ends_at + timedelta(days=1))
    idea = place.id
    for each in members:
        suggested(three.rows, each.id, place)
    three.rows.commit()
    return idea


def steady(page: str) -> str:
    return re.sub(r'nonce="[^"]+"|name="(?:csrf_token|press)"[^>]*>|X-CSRFToken[^}]+}', "", page)


@pytest.mark.requirement("R20")
def test_without_the_yes_nothing_is_looked_for_and_taking_it_back_steps_out(three: Three) -> None:
    assert three.ask(0, "board-games", agree="") == 422
    assert three.ask(0, "chess") == 422
    for who in range(3):
        three.ask(who, "walking")
    three.place()
    assert "1 of them" not in three.page(0)
    post(three.browsers[0], "/profile/consent", purpose="introductions", answer="no")
    assert "Would you like not to walk in alone" in three.page(0)
    assert three.rows.scalars(select(Circle)).one().ended_at == NOW


@pytest.mark.requirement("R60")
def test_the_rules_of_conduct_are_accepted_once_on_the_page_where_one_asks(three: Three) -> None:
    assert "I go at their pace" in three.page(0)
    assert three.ask(0, "walking", conduct="") == 422
    assert three.ask(0, "walking") == 303
    kept = three.rows.scalars(select(Consent).where(Consent.purpose == ConsentPurpose.CONDUCT)).one()
    words = consent.WORDINGS[ConsentPurpose.CONDUCT]
    assert (kept.account, kept.version, kept.text_hash) == (three.members[0].id, words.version, words.digest)
    assert kept.given_at == NOW
    three.rows.rollback()
    assert "I go at their pace" not in three.page(0)
    assert three.ask(0, "board-games", conduct="") == 303


@pytest.mark.requirement("R20", "R44", "R57", "R60")
def test_cards_are_read_before_meeting_and_who_shows_none_is_not_marked(
    three: Three, moment: Callable[[datetime], None]
) -> None:
    for who in range(3):
        three.ask(who)
    three.place()
    card = {"eases": ["quiet_at_first"], "boundaries": ["no_touch"], "telling": "listen", "words": "Tea <b>"}
    for who in (0, 1):
        assert "Nothing yet" in three.card_page(who)
        assert post(three.browsers[who], "/profile/card", **card).status_code == 303
        assert "Nobody, for now" in three.card_page(who)
    assert three.say(1, "card") == 422
    assert post(three.browsers[1], f"{three.path}/card", answer="yes").status_code == 303
    for who in range(3):
        assert not three.companions(0)
        three.say(who, "yes")
    benedict, catriona = three.companions(0)
    for words in ("I am quiet at first", "No hugs or handshakes", "Just listen, please", "“Tea &lt;b&gt;”"):
        assert words in benedict
    assert (
        re.sub(r"<figure.*?</figure>", "<br>", benedict, flags=re.DOTALL)
        .replace("Benedict", "Catriona")
        .split("/companions/")[0]
        .split()
        == catriona.split("/companions/")[0].split()
    )
    assert not any("quiet at first" in each for each in three.companions(1)), "one's own yes is one's own"
    assert "Nobody reads your card here" in three.page(0)
    assert post(three.browsers[0], "/profile/consent", purpose="needs_card", answer="yes").status_code == 303
    assert "quiet at first" in three.companions(2)[0]
    post(three.browsers[0], "/profile/consent", purpose="needs_card", answer="no")
    assert "quiet at first" not in three.companions(2)[0]
    moment(three.evening.ends_at)
    assert "quiet at first" not in three.page(0)


@pytest.mark.requirement("R34")
def test_a_kind_word_comes_to_who_lets_it_and_stands_among_their_wins(
    three: Three, moment: Callable[[datetime], None]
) -> None:
    for who in range(3):
        three.ask(who)
    three.place()
    for who in range(3):
        three.say(who, "yes")
    moment(three.evening.ends_at)
    assert "A kind word" not in three.page(0)
    assert three.say(0, "kind") == 409
    post(three.browsers[1], "/profile/consent", purpose="kind_words", answer="yes")
    names = re.compile(r'name="to"[^>]*value="([0-9a-f]{32})".*?choice-text">(\w+)<', re.DOTALL)
    offered = names.findall(three.page(0))
    assert [name for _place, name in offered] == ["Benedict"]
    place = offered[0][0]
    assert post(three.browsers[0], f"{three.path}/kind", to=place, sentence="my own words").status_code == 422
    assert post(three.browsers[0], f"{three.path}/kind", to=place, sentence="glad").status_code == 303
    assert post(three.browsers[0], f"{three.path}/kind", to=place, sentence="easy").status_code == 409
    wins = [each.get("/wins/", base_url=ORIGIN).get_data(as_text=True) for each in three.browsers]
    assert ["Annabel: “I was glad you came.”" in each for each in wins] == [False, True, False]


@pytest.mark.requirement("R43")
def test_a_no_costs_nothing_and_is_not_told(three: Three) -> None:
    for who in range(3):
        three.ask(who)
    three.place()
    assert three.say(0, "out") == 303
    page = three.page(1)
    assert "We are looking" in page
    assert unnamed(page, 1)
    rsvp = three.browsers[0].get("/outings/", base_url=ORIGIN).get_data(as_text=True)
    assert "Board games" in rsvp


def test_it_is_offered_where_one_said_yes_and_nowhere_else(three: Three, rows: Session) -> None:
    page = three.browsers[0].get("/outings/", base_url=ORIGIN).get_data(as_text=True)
    links = sorted(set(re.findall(r'"(/outings/[0-9a-f]{32}/)"', page)))
    outings = [three.browsers[0].get(each, base_url=ORIGIN).get_data(as_text=True) for each in links]
    assert any(three.path in each for each in outings)
    other = circle_rows.games(rows)
    rows.commit()
    assert three.browsers[0].get(f"/occurrences/{other.id}/company", base_url=ORIGIN).status_code == 404


@pytest.mark.requirement("R47")
def test_one_can_part_from_a_companion_or_report_one(three: Three) -> None:
    for who in range(3):
        three.ask(who)
    three.place()
    for who in range(3):
        three.say(who, "yes")
    place = re.search(r"/companions/([0-9a-f]{32})/block", three.page(0))
    assert place
    ask = three.browsers[0].get(place[0], base_url=ORIGIN)
    assert "They are not told" in ask.get_data(as_text=True)
    report = post(
        three.browsers[0], f"/report/fellow/{place[1]}", category="harassment", words="Kept following me."
    )
    assert report.status_code == 303
    assert three.rows.scalars(select(Report)).one().kind == "fellow"
    assert three.rows.scalars(select(Block)).one()
    three.rows.rollback()
    assert post(three.browsers[0], place[0]).status_code == 404
    assert "We are looking" in three.page(0)


def test_too_late_is_said_with_what_else_there_is(three: Three, moment: Callable[[datetime], None]) -> None:
    moment(three.evening.starts_at - circle_rows.AHEAD / 6)
    page = three.page(0)
    assert "too close now" in page
    assert "Maureen says hello" in page or "Other ideas for you" in page
    assert three.ask(0) == 409
