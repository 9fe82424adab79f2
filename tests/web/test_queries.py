"""How many statements a page needs: pinned, and the same however much there is on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as listen
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import sealed
from domain.models import MatchingRun, Member, Rsvp, RsvpStatus, RunStatus, Suggestion
from tests import factories
from tests.web.conftest import ORIGIN
from web import clock
from web.db import db

#: Statements of each page for a member, those of who is signed in and of the frame included.
MOST = {
    "/suggestions/": 17,
    "/events/": 8,
    "/events/recurring/": 10,
    "/outings/": 10,
    "/profile/": 9,
    "/ladder/": 8,
    "/groups/": 10,
    "/progress/": 15,
    "/account/mails/": 11,
    "/routines/": 8,
    "/portfolio/": 8,
}


@contextmanager
def counting(app: Flask) -> Iterator[list[str]]:
    """Gather the statements the application makes."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            said.append(statement)

    with app.app_context():
        engine = db.engine
    listen.listen(engine, "before_cursor_execute", note)
    yield said
    listen.remove(engine, "before_cursor_execute", note)


def statements(app: Flask, client: FlaskClient, path: str) -> list[str]:
    client.get(path, base_url=ORIGIN)  # what is asked once a process does not count
    with counting(app) as said:
        answer = client.get(path, base_url=ORIGIN)
    assert answer.status_code == 200, path
    return said


def add_much(rows: Session, number: int) -> None:
    """Add groups with events, say yes to some, look at others, be shown a few."""
    now = clock.now().replace(microsecond=0)
    member = rows.scalars(select(Member)).one()
    run = MatchingRun(
        member=member.id, reason="x", status=RunStatus.FINISHED, requested_at=now, finished_at=now, outcome={}
    )
    rows.add(run)
    for each in range(number):
        group = factories.group(rows, organizer=factories.account(rows), name=f"Group {each} of {number}")
        factories.membership(rows, of=member, group=group)
        ahead = factories.event(
            rows, group=group, title=f"Walk {each} of {number}", facts={"talking": 0.2}, rrule="FREQ=WEEKLY"
        )
        shown = factories.occurrence(rows, event=ahead, starts_at=now + timedelta(days=1, minutes=each))
        going = factories.occurrence(rows, event=ahead, starts_at=now + timedelta(days=2, minutes=each))
        gone = factories.occurrence(rows, event=ahead, starts_at=now - timedelta(days=2, minutes=each))
        for place in (going, gone):
            rows.add(
                Rsvp(
                    occurrence=place.id,
                    member=member.id,
                    status=RsvpStatus.YES,
                    intentional=False,
                    responded_at=now,
                )
            )
        suggestion = Suggestion(
            run=run.id,
            member=member.id,
            occurrence=shown.id,
            position=each + 1,
            kind="right_sized",
            created_at=now,
        )
        sealed.seal(rows, suggestion, {"score": 0.5, "anticipated": 40.0, "reasons": [], "parts": {}})
        rows.add(suggestion)
    rows.commit()


@pytest.mark.parametrize("path", MOST)
def test_a_page_asks_no_more_for_more(
    app: Flask, rows: Session, signed_in: Callable[..., FlaskClient], path: str
) -> None:
    client = signed_in("member@example.com")
    add_much(rows, 2)
    few = statements(app, client, path)
    add_much(rows, 8)
    many = statements(app, client, path)
    assert len(many) == len(few), [each for each in many if many.count(each) > few.count(each)]
    assert len(many) <= MOST[path], f"{len(many)} statements: {many}"
