"""Check-ins on their pages: offered, put off, stopped; told in words, no number, no name for anybody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from domain import checkins, consent, notebook, person_touches
from domain.checkin_answers import Balance, LonelinessAnswers, Lonely, Often, SelfAnswers
from domain.models import CheckInKind, ConsentPurpose, EntryKind, Member
from domain.person_touches import Every
from tests.conftest import NOW
from tests.web.conftest import ORIGIN, post
from tests.web.loop_rows import account_of, at, still
from web.lessons import for_balance

EMAIL = "member@example.com"
FOUR = {
    "companionship": "often",
    "left_out": "some_of_the_time",
    "isolated": "hardly_ever",
    "lonely": "occasionally",
}
#: The recommended wording, word for word.
QUESTIONS = (
    "How often do you feel that you lack companionship?",
    "How often do you feel left out?",
    "How often do you feel isolated from others?",
    "How often do you feel lonely?",
)
__all__ = ["still"]


def page(client: FlaskClient, path: str = "/check-ins/") -> str:
    return client.get(path, base_url=ORIGIN).get_data(as_text=True)


def member_of(rows: Session) -> Member:
    return rows.get_one(Member, account_of(rows, EMAIL))


def answered(rows: Session, *oftens: Often) -> None:
    member = member_of(rows)
    consent.give(rows, account=member.id, purpose=ConsentPurpose.CHECK_INS, now=NOW)
    for week, often in enumerate(oftens):
        answers = LonelinessAnswers(
            companionship=often, left_out=often, isolated=often, lonely=Lonely.SOMETIMES
        )
        now = NOW + timedelta(weeks=week)
        checkins.answer(rows, member=member, kind=CheckInKind.LONELINESS, answers=answers, now=now)
    rows.commit()


@pytest.mark.requirement("R88")
def test_the_four_questions_stand_in_their_recommended_words_with_their_answers(
    member_client: FlaskClient,
) -> None:
    html = page(member_client, "/check-ins/loneliness")
    assert re.findall(r"<legend>([^<]+)</legend>", html)[:4] == list(QUESTIONS)
    assert html.count("Hardly ever or never") == 3
    assert [html.count(f'value="{each}"') for each in Lonely] == [1, 4, 1, 4, 1]


@pytest.mark.requirement("R88", "R20")
def test_answers_are_kept_after_a_yes_alone_and_all_four_belong_together(member_client: FlaskClient) -> None:
    refused = post(member_client, "/check-ins/loneliness", **FOUR)
    assert refused.status_code == 422
    assert "We need your yes" in refused.get_data(as_text=True)
    three = FOUR | {"lonely": "", "consent": "y"}
    assert post(member_client, "/check-ins/loneliness", **three).status_code == 422
    assert post(member_client, "/check-ins/loneliness", **FOUR, consent="y").status_code == 303
    html = page(member_client)
    assert "It is kept, for you alone." in html
    assert "Your yes" not in page(member_client, "/check-ins/loneliness")


@pytest.mark.requirement("R88")
@pytest.mark.parametrize(
    ("oftens", "words"),
    [
        ([Often.OFTEN], "Next time we can say whether anything has moved."),
        ([Often.OFTEN, Often.HARDLY], "a little lighter now"),
        ([Often.SOMETIMES, Often.SOMETIMES], "about the same as the first time"),
        ([Often.HARDLY, Often.OFTEN], "a little heavier now"),
    ],
)
def test_the_trend_is_told_in_words_without_a_number_or_a_label(
    member_client: FlaskClient, rows: Session, oftens: list[Often], words: str
) -> None:
    answered(rows, *oftens)
    html = page(member_client)
    assert words in html
    section = html[html.index('id="trend-title"') :].split("</section>")[0]
    said = re.sub(r"<[^>]+>", " ", section)
    assert set(re.findall(r"\d+", said)) <= {"2"}
    assert not re.search(r"(?i)you are lonely|score|severe|risk|normal|cut-off|diagnos", said)


@pytest.mark.requirement("R81")
def test_the_week_is_offered_put_off_and_answered_with_one_line(
    member_client: FlaskClient, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'action="/check-ins/week/later"' not in page(member_client)
    at(monkeypatch, NOW + timedelta(days=8))
    assert 'action="/check-ins/week/later"' in page(member_client)
    assert post(member_client, "/check-ins/week/later").status_code == 303
    assert 'action="/check-ins/week/later"' not in page(member_client)
    assert post(member_client, "/check-ins/week", consent="y").status_code == 422
    assert post(member_client, "/check-ins/week", consent="y", good="Tea with Mo").status_code == 303
    assert "Tea with Mo" in page(member_client)


@pytest.mark.requirement("R81", "R01")
def test_each_kind_is_stopped_and_taken_up_again_and_mail_is_asked_for(member_client: FlaskClient) -> None:
    post(member_client, "/check-ins/self/stop")
    assert "Not offered any more." in page(member_client)
    post(member_client, "/check-ins/self/again")
    assert "Not offered any more." not in page(member_client)
    post(member_client, "/check-ins/week/mail", wanted="yes")
    assert page(member_client).count("No mail about it<") == 1
    post(member_client, "/check-ins/week/mail", wanted="no")
    assert "No mail about it<" not in page(member_client)


@pytest.mark.requirement("R66")
def test_a_low_answer_says_that_ideas_become_gentler(member_client: FlaskClient) -> None:
    post(member_client, "/check-ins/self", consent="y", myself="10")
    assert "The next ideas will be a little gentler." in page(member_client)
    post(member_client, "/check-ins/self", myself="90")
    assert "Go on choosing people and places where that works." in page(member_client)


@pytest.mark.requirement("R74")
def test_giving_more_twice_in_a_row_is_noticed_for_oneself_alone(
    member_client: FlaskClient, rows: Session
) -> None:
    member = member_of(rows)
    consent.give(rows, account=member.id, purpose=ConsentPurpose.CHECK_INS, now=NOW)
    for balance in (Balance.GAVE, Balance.GAVE):
        said = SelfAnswers(balance=balance)
        checkins.answer(rows, member=member, kind=CheckInKind.SELF, answers=said, now=NOW)
    rows.commit()
    assert "Twice in a row you gave more than you got." in page(member_client)
    post(member_client, "/check-ins/self", balance=Balance.EVEN)
    assert "Twice in a row" not in page(member_client)


@pytest.mark.requirement("R74", "R75")
@pytest.mark.parametrize("way", [Balance.GAVE, Balance.RECEIVED])
def test_where_it_is_uneven_twice_sentences_and_another_pace_are_offered_there(
    member_client: FlaskClient, rows: Session, way: Balance
) -> None:
    member = member_of(rows)
    kim = notebook.write(rows, member=member.id, kind=EntryKind.PERSON, said={"what": "Kim"}, now=NOW).id
    person_touches.choose(rows, member=member, person=kim, every=Every.WEEK, now=NOW)
    consent.give(rows, account=member.id, purpose=ConsentPurpose.CHECK_INS, now=NOW)
    rows.commit()
    sentences = for_balance(way).uneven[way]
    assert len(sentences) >= 3
    for times in (1, 2):
        assert not any(each in page(member_client) for each in sentences), f"after {times - 1}"
        assert post(member_client, "/check-ins/self", balance=way).status_code == 303
    html = page(member_client)
    assert all(each in html for each in sentences)
    assert all(each in page(member_client, "/practice/change-a-plan") for each in sentences), "one source"
    assert '<option value="week" selected>' in html
    answer = post(member_client, f"/people/{kim}/touch", every="month", back="check-ins")
    assert answer.location.endswith("/check-ins/#balance-title")
    assert '<option value="month" selected>' in page(member_client)


@pytest.mark.requirement("R20", "R88")
def test_all_answers_are_deleted_at_once(member_client: FlaskClient, rows: Session) -> None:
    answered(rows, Often.OFTEN)
    assert post(member_client, "/check-ins/forget").status_code == 303
    assert checkins.history(rows, member=account_of(rows, EMAIL), kind=CheckInKind.LONELINESS) == []
    rows.rollback()
    assert "Delete my answers" not in page(member_client)
