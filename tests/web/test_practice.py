"""Things to practise: what each teaches, and the way from a lesson to a step of the member's own."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.models import Rung
from tests.web.conftest import ORIGIN, post
from tests.web.loop_rows import still
from web.lessons import lesson, lessons

__all__ = ["still"]


def page(client: FlaskClient, path: str) -> str:
    return client.get(path, base_url=ORIGIN).get_data(as_text=True)


def steps(rows: Session) -> int:
    found = rows.scalar(select(func.count()).select_from(Rung)) or 0
    rows.rollback()
    return found


def test_every_lesson_is_read_and_has_a_source(member_client: FlaskClient) -> None:
    html = page(member_client, "/practice/")
    for each in lessons():
        assert f'href="/practice/{each.id}"' in html
        assert each.source in page(member_client, f"/practice/{each.id}")
        assert re.search(r"\d{4}", each.source)
        assert each.steps
    assert member_client.get("/practice/no-such-lesson", base_url=ORIGIN).status_code == 404


@pytest.mark.requirement("R56")
def test_listening_has_its_three_cues(member_client: FlaskClient) -> None:
    html = page(member_client, "/practice/listen-for-more")
    assert all(cue in html for cue in ("Tone", "Pace", "Face and hands"))


@pytest.mark.requirement("R45")
@pytest.mark.parametrize("about", ["say-no", "ask-for-it", "change-a-plan"])
def test_there_are_sentences_to_decline_to_ask_and_to_renegotiate(
    member_client: FlaskClient, about: str
) -> None:
    found = lesson(about)
    assert found is not None
    assert len(found.phrases) >= 3
    html = page(member_client, f"/practice/{about}")
    assert "To try" in html
    assert all(phrase.replace("'", "&#39;") in html for phrase in found.phrases)


@pytest.mark.requirement("R25", "R56", "R59")
@pytest.mark.parametrize(
    ("about", "offered"), [("say-back", 1), ("listen-for-more", 1), ("share-a-little", 3)]
)
def test_a_lesson_becomes_a_step_only_when_asked(
    member_client: FlaskClient, rows: Session, about: str, offered: int
) -> None:
    found = lesson(about)
    assert found is not None
    assert len(found.steps) == offered
    before = page(member_client, "/ladder/")
    page(member_client, f"/practice/{about}")
    assert all(step.label not in before for step in found.steps)
    for number, step in enumerate(found.steps, start=1):
        assert post(member_client, f"/practice/{about}/steps/{number}").status_code == 303
        assert step.label in page(member_client, "/ladder/")
    count = steps(rows)
    assert post(member_client, f"/practice/{about}/steps/1").status_code == 303
    assert steps(rows) == count
    assert post(member_client, f"/practice/{about}/steps/{offered + 1}").status_code == 404
