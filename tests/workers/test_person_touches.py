"""Words now and then to get in touch, over weeks: only where asked for, and seldom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import notebook, person_touches
from domain.database import Sessions, writing
from domain.models import EntryKind, Member
from domain.person_touches import Every
from tests import factories
from tests.workers.conftest import Outbasket
from tests.workers.test_timers import look

BEGINS = datetime(2026, 12, 1, 12, tzinfo=UTC)
DUE = datetime(2026, 12, 8, 18, 1, tzinfo=UTC)


def settle(session: Session, *names: str, every: Every | None = Every.WEEK) -> list[str]:
    """A member and people they see; return the people."""
    member = factories.member(session, time_zone="Europe/London", display_name="Mira")
    found = []
    for name in names or ("Kim next door",):
        said = {"what": name, "notes": "Likes tulips"}
        row = notebook.write(session, member=member.id, kind=EntryKind.PERSON, said=said, now=BEGINS)
        if every:
            person_touches.choose(session, member=member, person=row.id, every=every, now=BEGINS)
        found.append(row.id)
    return found


def letters(basket: Outbasket) -> list[EmailMessage]:
    return [mail for mail in basket.sent if mail["X-Handrail-Kind"] == person_touches.KIND]


def evenings(url: str, basket: Outbasket, days: Iterable[int]) -> list[int]:
    """Look at six on these evenings, each with a new worker; return on which letters came."""
    came: list[int] = []
    for number in days:
        before = len(letters(basket))
        look(url, basket, BEGINS.replace(hour=18, minute=1) + timedelta(days=number))
        came += [number] * (len(letters(basket)) - before)
    return came


@pytest.mark.requirement("R68")
def test_at_most_two_a_week_over_everybody_and_none_that_was_not_asked_for(
    database_url: str, sessions: Sessions, basket: Outbasket
) -> None:
    with writing(sessions) as session:
        settle(session, "Kim", "Lee", "Sam", "Noor")
        settle(session, "Unasked", every=None)
    came = evenings(database_url, basket, range(7, 25))
    assert all(len([each for each in came if day <= each < day + 7]) <= 2 for day in came), came
    assert len(came) >= 5
    assert len({mail["To"] for mail in letters(basket)}) == 1
    texts = [mail.get_content() for mail in letters(basket)]
    pages = {word for text in texts for word in text.split() if "/people/" in word}
    assert len(pages) == 4, "each has their turn"


@pytest.mark.requirement("R68")
def test_the_letter_has_one_small_idea_and_says_neither_whom_nor_what_was_noted(
    database_url: str, sessions: Sessions, basket: Outbasket
) -> None:
    with writing(sessions) as session:
        (kim,) = settle(session)
    assert evenings(database_url, basket, (6, 7, 13, 14)) == [7, 14]
    first, second = (mail.get_content() for mail in letters(basket))
    assert "Ask how something went that they told you of." in first
    assert "Send a photo of something you saw today." in second
    assert f"/people/{kim}" in first
    whole = first + second + str(letters(basket)[0]["Subject"])
    assert not [each for each in ("Kim", "tulips", "you have not", "haven't", "last time") if each in whole]


@pytest.mark.requirement("R68")
@pytest.mark.parametrize("why", ["in touch", "stopped"])
def test_what_was_written_and_not_sent_yet_is_not_sent_any_more(
    database_url: str, sessions: Sessions, basket: Outbasket, why: str
) -> None:
    with writing(sessions) as session:
        (kim,) = settle(session)
    basket.refuses = 99
    look(database_url, basket, DUE)
    basket.refuses = 0
    with writing(sessions) as session:
        member = session.scalars(select(Member)).one()
        if why == "stopped":
            person_touches.end(session, member=member.id, person=kim)
        else:
            person_touches.in_touch(session, member=member, person=kim, now=DUE)
    look(database_url, basket, DUE + timedelta(hours=2))
    assert letters(basket) == []
