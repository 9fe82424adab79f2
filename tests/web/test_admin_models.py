"""What is learnt: seen in plain words, learnt now, put back with a note, never behind another's back."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from domain import affinity_models, fits
from domain.fits import Fitted
from domain.models import BulkRun, ModelFit, OutboxMessage
from tests.conftest import NOW
from tests.web.conftest import ORIGIN, csrf

MODELS = "/admin/matching/models/"
SIZES = {"least": 200, "members": 300, "people": 250, "groups": 30, "joins": 900}


def text(response: TestResponse) -> str:
    return response.get_data(as_text=True)


def send(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(client), **fields}, base_url=ORIGIN)


def tried(recall: float) -> dict[str, Any]:
    return {
        "people": 120,
        "fitted": {"recall": recall, "macro": 0.31, "ndcg": 0.2},
        "in_force": {"recall": 0.38, "macro": 0.25, "ndcg": 0.2},
        "popularity": {"recall": 0.3, "macro": 0.1, "ndcg": 0.2},
    }


def fitted(rows: Session, version: str | None, *, people: int = 250, recall: float = 0.42) -> str:
    """A finished fit; without a version, one of too few people."""
    row = fits.request(rows, reason=fits.NIGHTLY, now=NOW)
    found = Fitted(
        sizes=SIZES | {"people": people},
        measures={"warm": tried(recall), "cold": {"people": 0}} if version else {},
        version=version,
        data=version.encode() if version else None,
        against=affinity_models.in_force(rows).number,
    )
    fits.finish(rows, row.id, found, now=NOW)
    rows.commit()
    return str(row.id)


def number(rows: Session) -> int:
    found = affinity_models.in_force(rows).number
    rows.rollback()
    return found


def test_before_anything_is_learnt_the_page_says_what_decides(admin_client: FlaskClient) -> None:
    page = text(admin_client.get(MODELS))
    assert "Nothing has been learnt yet." in page
    assert "Suggestions go by words" in page
    assert "Learn now" in page


def test_too_few_people_are_said_to_be_too_few(admin_client: FlaskClient, rows: Session) -> None:
    fit = fitted(rows, None, people=38)
    page = text(admin_client.get(MODELS))
    assert "Too few people yet: 38 of 200" in page
    assert "Too few people have a history yet" in text(admin_client.get(f"{MODELS}fits/{fit}"))


def test_a_model_is_shown_with_what_it_finds(admin_client: FlaskClient, rows: Session) -> None:
    fitted(rows, "aaaa")
    for path in (MODELS, f"{MODELS}versions/aaaa"):
        page = text(admin_client.get(path))
        assert "120 tried</span></th><td>42</td><td>38</td><td>30</td>" in page
        assert "<td>31</td><td>25</td><td>10</td>" in page
        assert "Newcomers" not in page, "nobody new was tried"
    assert "model aaaa is in force" in text(admin_client.get(MODELS))
    assert "Handrail itself" in text(admin_client.get(MODELS))


def test_learning_now_is_asked_for_once_and_followed(admin_client: FlaskClient, rows: Session) -> None:
    first, second = (send(admin_client, MODELS).location for _ in range(2))
    assert first == second
    (fit,) = rows.scalars(select(ModelFit))
    assert fit.author is not None
    assert rows.scalars(select(OutboxMessage.kind)).all().count("model_fit_due") == 1
    rows.rollback()
    assert first == f"{MODELS}fits/{fit.id}"
    page = text(admin_client.get(str(first)))
    assert "Waiting for its turn" in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert "See how far it is" in text(admin_client.get(MODELS))
    fragment = text(admin_client.get(str(first), headers={"HX-Request": "true"}))
    assert "<html" not in fragment
    assert f'hx-get="{first}"' in fragment
    fits.give_up(rows, fit.id, failure="ValueError", now=NOW)
    rows.commit()
    ended = text(admin_client.get(str(first), headers={"HX-Request": "true"}))
    assert "hx-get" not in ended
    assert "did not succeed" in ended
    assert admin_client.get(f"{MODELS}fits/{'0' * 32}").status_code == 404


def test_an_earlier_one_is_put_back_with_a_note(admin_client: FlaskClient, rows: Session) -> None:
    fitted(rows, "aaaa")
    fitted(rows, "bbbb")
    path = f"{MODELS}versions/aaaa"
    refused = send(admin_client, path, expected=2, note=" ")
    assert refused.status_code == 422
    assert "Say in a sentence why this changes." in text(refused)
    answer = send(admin_client, path, expected=2, note="Small groups went missing.", keep_it="y")
    bulk = rows.scalars(select(BulkRun).order_by(BulkRun.id.desc())).first()
    assert bulk is not None
    rows.rollback()
    assert (answer.status_code, answer.location) == (303, f"/admin/matching/progress/{bulk.id}")
    page = text(admin_client.get(MODELS))
    assert "Small groups went missing." in page
    assert "model aaaa is in force" in page
    assert "It is kept until" in page
    assert (
        text(admin_client.get(f"/admin/matching/progress/{bulk.id}")).count("Everybody is being matched") == 1
    )


def test_words_and_popularity_can_be_put_back_too(admin_client: FlaskClient, rows: Session) -> None:
    fitted(rows, "aaaa")
    assert send(admin_client, f"{MODELS}versions/content", expected=1, note="A rest.").status_code == 303
    assert number(rows) == 2
    assert "No model is in force" in text(admin_client.get(MODELS))


def test_letting_go_matches_nobody_again(admin_client: FlaskClient, rows: Session) -> None:
    fitted(rows, "aaaa")
    send(admin_client, f"{MODELS}versions/aaaa", expected=1, note="Keep.", keep_it="y")
    assert "Let go of it sooner" in text(admin_client.get(MODELS))
    answer = send(admin_client, f"{MODELS}versions/aaaa", expected=2, note="Enough.")
    assert answer.location == MODELS
    page = text(admin_client.get(MODELS))
    assert "nobody is matched again" in page
    assert "It is kept until" not in page


@pytest.mark.requirement("C47")
def test_another_in_force_by_then_is_shown_and_nothing_put_in_force(
    admin_client: FlaskClient, rows: Session
) -> None:
    fitted(rows, "aaaa")
    fitted(rows, "bbbb")
    answer = send(admin_client, f"{MODELS}versions/aaaa", expected=1, note="Mine.")
    page = text(answer)
    assert answer.status_code == 409
    assert "Another came into force while you were looking: bbbb" in page
    assert 'value="Mine."' in page
    assert number(rows) == 2
    assert send(admin_client, f"{MODELS}versions/aaaa", expected=2, note="Mine.").status_code == 303


def test_one_whose_arrays_are_gone_shows_its_figures_alone(admin_client: FlaskClient, rows: Session) -> None:
    fitted(rows, "aaaa")
    fitted(rows, "bbbb")
    affinity_models.prune(rows, now=NOW + affinity_models.KEPT * 2)
    rows.commit()
    page = text(admin_client.get(f"{MODELS}versions/aaaa"))
    assert "too old to be put back" in page
    assert "Put this one in force" not in page
    assert send(admin_client, f"{MODELS}versions/aaaa", expected=2, note="Still.").status_code == 404
    assert admin_client.get(f"{MODELS}versions/nowhere").status_code == 404
