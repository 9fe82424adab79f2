"""What the tests of the loop's pages begin with: a time that stands still, and outings to talk about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import accounts, rsvps, runs, settings, suggestions
from domain.models import Occurrence, Rsvp, RsvpStatus, Suggestion
from domain.suggestions import Drafted
from tests import factories
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch, app: Flask, rows: Session) -> Iterator[None]:
    """Let every page live at `NOW`, and the session of the test let go of the database meanwhile."""
    at(monkeypatch, NOW)

    def let_go() -> None:
        rows.rollback()

    first = app.before_request_funcs[None]
    first.insert(0, let_go)
    yield
    first.remove(let_go)


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr("web.clock.now", lambda: moment)


def account_of(rows: Session, email: str) -> str:
    found = accounts.find(rows, email)
    assert found is not None
    return str(found.id)


def outing(rows: Session, *, days: int = 0, **columns: Any) -> Occurrence:
    """Return an occurrence tomorrow evening, or so many days later; ``columns`` go to the event."""
    group = factories.group(rows, name="Tuesday walkers", locality="Larkford", greeter="Maureen")
    facts: dict[str, Any] = {
        "facts": {"group_size": 0.5, "talking": 0.3, "sensory_load": 0.1, "hard_to_leave": 0.2},
        "venue": "Mill House",
        "address": "12 Mill Lane",
        "locality": "Larkford",
    }
    event = factories.event(rows, group=group, **facts | columns)
    starts_at = NOW + timedelta(days=1 + days, hours=8, minutes=30)
    occurrence = factories.occurrence(rows, event=event, starts_at=starts_at)
    rows.commit()
    return occurrence


def said_yes(rows: Session, member: str, occurrence: Occurrence, **facts: Any) -> Rsvp:
    row = rsvps.respond(
        rows, member=member, occurrence=occurrence.id, status=RsvpStatus.YES, now=NOW, over_cap=True, **facts
    )
    rows.commit()
    return row


def suggested(
    rows: Session,
    member: str,
    occurrence: Occurrence | None,
    *,
    kind: str = "right_sized",
    position: int = 1,
    practice: str = "online_message",
) -> Suggestion:
    """Store a suggestion through a finished run, as a worker does."""
    run = runs.latest(rows, member=member) or runs.request(rows, member=member, reason="asked", now=NOW)
    body = {
        "anticipated": 44.0,
        "practice": practice,
        "reasons": [{"code": "shared_interests", "data": {"words": ["walking"], "number": None}}],
    }
    draft = Drafted(
        run=run.id,
        member=member,
        occurrence=occurrence.id if occurrence else None,
        position=position,
        kind=kind,
        body=body,
    )
    suggestions.replace(rows, members=[], drafts=[draft], now=NOW)
    outcome = {"possible": 3, "excluded": {"distance": 12, "not_open": 1}, "proposals": 1}
    runs.start(rows, [run.id], settings_version=_version(rows), now=NOW)
    runs.finish(rows, {run.id: outcome}, now=NOW)
    made = rows.scalars(select(Suggestion).order_by(Suggestion.id.desc())).first()
    rows.commit()
    assert made is not None
    return made


def _version(rows: Session) -> str:

    return str(settings.in_force(rows)[0].id)


def answers(rows: Session, member: str) -> list[str]:
    rows.expire_all()
    return list(rows.scalars(select(Rsvp.status).where(Rsvp.member == member)))


__all__ = ["account_of", "answers", "at", "outing", "said_yes", "still", "suggested"]
