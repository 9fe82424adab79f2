"""That a professional leads a group: said by its organizer, looked up by an admin, then read by members."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import Account, Facilitation, Group
from tests import factories
from tests.web.conftest import ORIGIN, post
from tests.web.loop_rows import account_of

SAID = {
    "kind": "group_therapy",
    "name": "Dr Reed",
    "profession": "clinical psychologist",
    "register": "Psychology register, number 4711",
    "agreed": "y",
}


def page(client: FlaskClient, path: str) -> str:
    response = client.get(path, base_url=ORIGIN)
    assert response.status_code == 200
    return response.get_data(as_text=True)


@pytest.fixture
def group(rows: Session, organizer_client: FlaskClient) -> Group:
    organizer = rows.get_one(Account, account_of(rows, "organizer@example.com"))
    group = factories.group(rows, organizer=organizer, name="Tuesday circle")
    rows.commit()
    return group


def asked(rows: Session) -> Facilitation:
    rows.expire_all()
    row = rows.scalars(select(Facilitation)).one()
    rows.commit()
    return row


@pytest.mark.requirement("R94")
@pytest.mark.parametrize(("found", "told"), [("yes", True), ("no", False)])
def test_members_read_it_only_after_an_admin_has_found_it(
    group: Group,
    organizer_client: FlaskClient,
    admin_client: FlaskClient,
    member_client: FlaskClient,
    rows: Session,
    found: str,
    told: bool,
) -> None:
    occurrence = factories.occurrence(rows, event=factories.event(rows, group=group))
    rows.commit()
    member_pages = (f"/groups/{group.id}", f"/occurrences/{occurrence.id}")
    path = f"/organizer/groups/{group.id}/professional"
    assert post(organizer_client, path, **SAID).status_code == 303
    assert "We are looking up Dr Reed" in page(organizer_client, f"/organizer/groups/{group.id}")
    assert not any("Dr Reed" in page(member_client, each) for each in member_pages)
    assert "1 group says that a professional leads it" in page(admin_client, "/admin/")
    row = asked(rows)
    desk = f"/admin/professionals/{row.id}"
    assert "Psychology register, number 4711" in page(admin_client, desk)
    finding = {"asked": row.asked_at.isoformat(), "found": found, "reason": "Looked at the register."}
    assert post(admin_client, desk, **finding).status_code == 303
    assert post(admin_client, desk, **finding).status_code == 409
    for each in member_pages:
        html = page(member_client, each)
        assert ("Led by Dr Reed, clinical psychologist." in html) is told
        assert "4711" not in html
    mine = page(organizer_client, f"/organizer/groups/{group.id}")
    assert ("Looked at the register." in mine) is not told
    assert "Nothing to look up just now." in page(admin_client, "/admin/professionals/")


def test_what_is_missing_is_said_and_the_rest_kept(
    group: Group, organizer_client: FlaskClient, admin_client: FlaskClient, rows: Session
) -> None:
    path = f"/organizer/groups/{group.id}/professional"
    response = post(organizer_client, path, **SAID | {"agreed": "", "register": ""})
    html = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "Ask them first, please." in html
    assert 'value="clinical psychologist"' in html
    assert post(organizer_client, path, **SAID).status_code == 303
    desk = f"/admin/professionals/{asked(rows).id}"
    assert post(admin_client, desk, found="yes", reason="").status_code == 422
    assert post(admin_client, desk, asked="yesterday", found="yes", reason="Found.").status_code == 409


def test_it_can_be_taken_back(group: Group, organizer_client: FlaskClient, rows: Session) -> None:
    path = f"/organizer/groups/{group.id}/professional"
    post(organizer_client, path, **SAID)
    assert 'value="Dr Reed"' in page(organizer_client, path)
    assert post(organizer_client, f"{path}/none").status_code == 303
    assert rows.scalars(select(Facilitation)).all() == []
