"""Small wins on their page: noted, shown, taken out, and shown again before a later step."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from domain import wins
from domain.wins import WinKind
from tests.conftest import NOW
from tests.web.conftest import ORIGIN, post
from tests.web.loop_rows import account_of, outing, said_yes, still

EMAIL = "member@example.com"
__all__ = ["still"]


def page(client: FlaskClient, path: str = "/wins/") -> str:
    return client.get(path, base_url=ORIGIN).get_data(as_text=True)


@pytest.mark.requirement("R33")
@pytest.mark.parametrize("kind", [kind for kind in WinKind if kind is not WinKind.OWN])
def test_each_kind_is_noted_with_one_tap_and_without_words(member_client: FlaskClient, kind: WinKind) -> None:
    assert post(member_client, "/wins/", kind=kind).status_code == 303
    html = page(member_client)
    assert "Noted. However small, it counts." in html
    assert "What you noted" in html


@pytest.mark.requirement("R33")
def test_one_of_one_s_own_needs_words_and_is_taken_out_again(
    member_client: FlaskClient, rows: Session
) -> None:
    refused = post(member_client, "/wins/", kind="own")
    assert refused.status_code == 422
    assert "Say in a few words what it was." in refused.get_data(as_text=True)
    post(member_client, "/wins/", kind="own", words="I looked up")
    assert "I looked up" in page(member_client)
    (win,) = wins.logged(rows, member=account_of(rows, EMAIL))
    rows.rollback()
    assert post(member_client, f"/wins/{win.id}/remove").status_code == 303
    assert "I looked up" not in page(member_client)
    assert post(member_client, f"/wins/{win.id}/remove").status_code == 404


@pytest.mark.requirement("R63")
def test_a_win_is_shown_again_before_a_later_step(member_client: FlaskClient, rows: Session) -> None:
    member, occurrence = account_of(rows, EMAIL), outing(rows)
    wins.log(rows, member=member, kind=WinKind.OWN, words="I asked about the dog", now=NOW)
    rows.commit()
    assert "I asked about the dog" in page(member_client, f"/occurrences/{occurrence.id}/yes")
    yes = said_yes(rows, member, occurrence)
    assert "I asked about the dog" in page(member_client, f"/outings/{yes.id}/")
