"""Groups as members meet them: join by a yes of one's own, leave without a word."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import Account, Block, Group, Membership
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import post
from tests.web.loop_rows import account_of, outing, still  # noqa: F401

EMAIL = "member@example.com"


@pytest.fixture
def group(rows: Session) -> Group:
    outing(rows)
    return rows.scalars(select(Group)).one()


def text(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_groups_are_listed_and_narrowed(member_client: FlaskClient, group: Group) -> None:
    assert "Tuesday walkers" in text(member_client, "/groups/?interest=walking")
    assert "No group about this yet" in text(member_client, "/groups/?interest=choir")


def test_a_group_s_page_says_who_greets_and_what_is_coming(member_client: FlaskClient, group: Group) -> None:
    page = text(member_client, f"/groups/{group.id}")
    for words in ("Maureen", "Larkford", "Slow walk by the river", "without joining"):
        assert words in page, words


@pytest.mark.requirement("R01", "R20")
@pytest.mark.parametrize(("field", "shown"), [({}, False), ({"name_shown": "yes"}, True)])
def test_joining_says_first_what_it_means_and_shows_a_name_only_by_consent(
    member_client: FlaskClient, rows: Session, group: Group, field: dict[str, str], shown: bool
) -> None:
    path = f"/groups/{group.id}/join"
    assert "You are not signed up for anything." in text(member_client, path)
    assert rows.scalars(select(Membership)).all() == []
    assert post(member_client, path, **field).status_code == 303
    assert rows.scalars(select(Membership.name_shown)).all() == [shown]
    assert "You belong to this group." in text(member_client, f"/groups/{group.id}")
    assert "Where you belong" in text(member_client, "/groups/")


def test_leaving_needs_no_reason(member_client: FlaskClient, rows: Session, group: Group) -> None:
    post(member_client, f"/groups/{group.id}/join")
    post(member_client, f"/groups/{group.id}/leave")
    assert rows.scalars(select(Membership.left_at)).all() == [NOW]
    assert "Where you belong" not in text(member_client, "/groups/")


def test_a_group_of_somebody_blocked_is_not_there(
    member_client: FlaskClient, rows: Session, group: Group
) -> None:
    organizer = factories.member(rows)
    group.organizer = rows.get_one(Account, organizer.id).id
    rows.add(Block(member=account_of(rows, EMAIL), other=organizer.id, created_at=NOW))
    rows.commit()
    assert "Tuesday walkers" not in text(member_client, "/groups/")
    assert member_client.get(f"/groups/{group.id}").status_code == 404
    assert post(member_client, f"/groups/{group.id}/join").status_code == 404
