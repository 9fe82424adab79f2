"""Blocking, reporting and deciding, over the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from domain import blocks
from domain.models import Account, Block, Group, Member, Membership, Occurrence, Report, RoleName
from tests import factories
from tests.web.conftest import ORIGIN, post
from web import clock

SignedIn = Callable[..., FlaskClient]


def get(client: FlaskClient, path: str) -> TestResponse:
    return client.get(path, base_url=ORIGIN)


def text(response: TestResponse) -> str:
    return " ".join(response.get_data(as_text=True).split())


class Town:
    """Ann and Ben show their names to a group that Olga runs; Ann, Ben and Olga are signed in."""

    def __init__(self, rows: Session, signed_in: SignedIn) -> None:
        self.olga = signed_in("olga@example.com", display_name="Olga", roles=[RoleName.ORGANIZER])
        self.ann = signed_in("ann@example.com", display_name="Ann")
        self.ben = signed_in("ben@example.com", display_name="Ben")
        people = {each.display_name: each for each in rows.scalars(select(Member))}
        self.ids = {name: each.id for name, each in people.items()}
        organizer = rows.get_one(Account, self.ids["Olga"])
        self.group: Group = factories.group(rows, organizer=organizer)
        self.walk: Occurrence = factories.occurrence(
            rows,
            event=factories.event(rows, group=self.group),
            starts_at=clock.now() + timedelta(days=2),
        )
        self.memberships: dict[str, Membership] = {
            name: factories.membership(rows, of=people[name], group=self.group, name_shown=True)
            for name in ("Ann", "Ben")
        }
        rows.commit()


@pytest.fixture
def town(rows: Session, signed_in: SignedIn) -> Town:
    return Town(rows, signed_in)


def count(rows: Session, table: type) -> int:
    found = len(rows.scalars(select(table)).all())
    rows.commit()
    return found


def test_a_fellow_member_is_blocked_from_the_groups_page_and_taken_back(town: Town, rows: Session) -> None:
    page = text(get(town.ann, f"/groups/{town.group.id}"))
    assert f"/groups/{town.group.id}/people" in page
    people = text(get(town.ann, f"/groups/{town.group.id}/people"))
    assert "Ben" in people
    assert town.ids["Ben"] not in people, "nobody learns another's id"
    path = f"/people/{town.memberships['Ben'].id}/block"
    assert "They are not told" in text(get(town.ann, path))
    answer = post(town.ann, path)
    assert answer.status_code == 303
    assert "leave it quietly" in text(get(town.ann, answer.location))
    for client in (town.ann, town.ben):
        seen = text(get(client, f"/groups/{town.group.id}/people"))
        assert "Ann" not in seen
        assert "Ben" not in seen
    listed = text(get(town.ann, "/blocks/"))
    found = re.search(r'action="(/blocks/[0-9a-f]{32}/undo)"', listed)
    assert found
    assert "Ben" in listed
    assert post(town.ben, found[1]).status_code == 404
    assert post(town.ann, found[1]).status_code == 303
    assert "Ben" in text(get(town.ann, f"/groups/{town.group.id}/people"))


def test_a_group_is_gone_for_who_would_not_meet_its_organizer(town: Town) -> None:
    path = f"/groups/{town.group.id}/organizer/block"
    assert get(town.ann, path).status_code == 200
    assert post(town.ann, path).status_code == 303
    for gone in (f"/groups/{town.group.id}", f"/occurrences/{town.walk.id}", path):
        assert get(town.ann, gone).status_code == 404
    assert "Tuesday walkers" not in text(get(town.ann, "/groups/"))
    assert "The person who runs “Tuesday walkers”" in text(get(town.ann, "/blocks/"))


def test_the_organizer_sees_the_named_people_too(town: Town) -> None:
    people = text(get(town.olga, f"/groups/{town.group.id}/people"))
    assert "Ann" in people
    assert "Ben" in people


def report(client: FlaskClient, path: str, category: str = "danger") -> TestResponse:
    return post(client, path, category=category, words="He followed me home.")


@pytest.mark.parametrize("kind", ["group", "event", "person"])
def test_everything_can_be_reported_and_parts_at_once(town: Town, rows: Session, kind: str) -> None:
    subject = {"group": town.group.id, "event": town.walk.id, "person": town.memberships["Ben"].id}[kind]
    path = f"/report/{kind}/{subject}"
    page = text(get(town.ann, path))
    assert "We look within 4 hours." in page
    answer = report(town.ann, path)
    assert answer.status_code == 303
    assert "within 4 hours" in text(get(town.ann, answer.location))
    row = rows.scalars(select(Report)).one()
    other = town.ids["Ben" if kind == "person" else "Olga"]
    assert (row.kind, row.reported) == (kind, other)
    assert blocks.apart(rows, town.ids["Ann"], other)


def test_a_report_needs_words_and_something_one_can_see(
    town: Town, rows: Session, signed_in: SignedIn
) -> None:
    path = f"/report/person/{town.memberships['Ben'].id}"
    refused = post(town.ann, path, category="danger", words=" ")
    assert refused.status_code == 422
    assert "Write a line" in text(refused)
    stranger = signed_in("stranger@example.com")
    assert get(stranger, path).status_code == 404
    assert report(stranger, path).status_code == 404
    assert count(rows, Report) == count(rows, Block) == 0


def moderators(signed_in: SignedIn) -> tuple[FlaskClient, FlaskClient]:
    one, other = (signed_in(f"mod{n}@example.com", roles=[RoleName.MODERATOR]) for n in range(2))
    return one, other


def test_the_desk_shows_words_only_once_opened(town: Town, rows: Session, signed_in: SignedIn) -> None:
    report(town.ann, f"/report/person/{town.memberships['Ben'].id}")
    one, other = moderators(signed_in)
    identity = rows.scalars(select(Report.id)).one()
    rows.commit()
    path = f"/moderation/{identity}"
    assert identity in text(get(one, "/moderation/"))
    assert "followed me" not in text(get(one, path))
    assert post(one, f"{path}/open").status_code == 303
    opened = text(get(one, path))
    assert "He followed me home." in opened
    assert "report opened" in opened
    assert "followed me" not in text(get(other, path))
    assert "ann@example.com" not in opened
    assert "Ann" not in opened


def decide(client: FlaskClient, path: str, step: str, **answer: str) -> TestResponse:
    post(client, f"{path}/open")
    return post(client, f"{path}/{step}", reason="As it was.", **answer)


def test_closing_an_account_takes_two_and_ends_its_sessions(
    town: Town, rows: Session, signed_in: SignedIn
) -> None:
    report(town.ann, f"/report/person/{town.memberships['Ben'].id}")
    one, other = moderators(signed_in)
    identity = rows.scalars(select(Report.id)).one()
    rows.commit()
    path = f"/moderation/{identity}"
    assert post(one, f"{path}/decide", outcome="warned", reason="x").status_code == 409
    assert decide(one, path, "decide", outcome="suspended").status_code == 303
    assert get(town.ben, "/account/").status_code == 200
    assert decide(one, path, "second", answer="agree").status_code == 403
    assert decide(other, path, "second", answer="").status_code == 422
    assert decide(other, path, "second", answer="agree").status_code == 303
    assert get(town.ben, "/account/").status_code == 303, "signed out at the next request"
    assert "Close the account" in text(get(one, "/moderation/"))


def test_a_decision_needs_an_outcome_and_a_reason(town: Town, rows: Session, signed_in: SignedIn) -> None:
    report(town.ann, f"/report/person/{town.memberships['Ben'].id}", "other")
    one, _ = moderators(signed_in)
    identity = rows.scalars(select(Report.id)).one()
    rows.commit()
    path = f"/moderation/{identity}"
    post(one, f"{path}/open")
    assert post(one, f"{path}/decide", outcome="warned").status_code == 422
    assert decide(one, path, "decide", outcome="nothing_found").status_code == 303
    assert decide(one, path, "decide", outcome="warned").status_code == 409


@pytest.mark.parametrize("path", ["/moderation/", "/moderation/" + "0" * 32])
def test_the_desk_is_for_moderators(
    app: Flask, member_client: FlaskClient, admin_client: FlaskClient, path: str
) -> None:
    assert get(app.test_client(), path).status_code == 303
    for client in (member_client, admin_client):
        assert get(client, path).status_code == 403
