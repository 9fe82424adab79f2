"""Every rule, every method, everybody: who gets through, who signs in first, for whom nothing is there."""

from __future__ import annotations

import hashlib
import re
import sqlite3

import pytest
from werkzeug.test import TestResponse

from domain.models import Account, Consent, ConsentPurpose, Membership, RoleName
from tests.conftest import NOW
from tests.security import walk
from tests.security.actors import SIGNED_IN, Actor
from tests.security.site import Site, steady
from tests.security.walk import READ, UNSAFE
from tests.security.who_may import OWNERS, SIGNED, WHO, Answer, expected

CELLS = 1500


def answer_of(response: TestResponse) -> Answer | int:
    """The class of an answer; a status that says nothing of rights stands for itself."""
    match response.status_code:
        case 303 if (response.location or "").startswith("/login"):
            return Answer.SIGN_IN
        case 403:
            return Answer.FORBIDDEN
        case 404:
            return Answer.MISSING
        case 200 | 302 | 303 | 304 | 409 | 422:
            return Answer.THROUGH
        case status:
            return status


@pytest.mark.requirement("C01")
def test_every_page_is_named_in_the_table_and_the_other_way_round(site: Site) -> None:
    endpoints = {rule.endpoint for rule in site.app.url_map.iter_rules()}
    assert endpoints == set(WHO)
    assert set(OWNERS) <= endpoints


@pytest.mark.requirement("C01", "C02")
def test_everybody_is_answered_as_the_table_says(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    wrong, cells = [], 0
    for call in walk.calls(site.app, site.world):
        for actor in Actor:
            response = site.ask(actor, call.path, method=call.method)
            found = answer_of(response)
            cells += 1
            if found != expected(call.endpoint, actor):
                wrong.append((call.method, call.rule, str(actor), response.status_code))
            if call.method in UNSAFE and response.status_code < 400:
                site.restore()
    with capsys.disabled():
        print(f"\nmatrix: {cells} cells asked, {len(wrong)} wrong", *wrong, sep="\n  ")  # noqa: T201
    assert wrong == []
    assert cells >= CELLS


def nameless(response: TestResponse) -> bytes:
    """The body without the address that was asked for."""
    return re.sub(rb"[0-9a-f]{32}", b"", steady(response))


@pytest.mark.requirement("C03")
def test_what_is_somebody_elses_is_as_absent_as_what_never_was(site: Site) -> None:
    things = site.world.things
    missing = walk.nowhere(things)
    compared, wrong = 0, []
    for rule, method in walk.rules(site.app, READ + UNSAFE):
        owners = OWNERS.get(rule.endpoint)
        if owners is None or not walk.objects(rule):
            continue
        mine, none = (walk.path_of(site.app, rule, each) for each in (things, missing))
        for actor in Actor:
            if actor in owners or expected(rule.endpoint, actor) is not Answer.MISSING:
                continue
            theirs, absent = (site.ask(actor, path, method=method) for path in (mine, none))
            compared += 1
            if (theirs.status_code, nameless(theirs)) != (absent.status_code, nameless(absent)):
                wrong.append((method, rule.rule, str(actor), theirs.status_code, absent.status_code))
    assert wrong == []
    assert compared > 100


@pytest.mark.requirement("C03")
@pytest.mark.parametrize("actor", sorted(SIGNED_IN))
def test_an_id_of_nothing_is_never_found(site: Site, actor: Actor) -> None:
    missing = walk.nowhere(site.world.things)
    for rule, method in walk.rules(site.app, READ + UNSAFE):
        if rule.endpoint == "groups.leave":
            continue  # leaving what one does not belong to is done already
        if walk.objects(rule) and actor in WHO[rule.endpoint]:
            response = site.ask(actor, walk.path_of(site.app, rule, missing), method=method)
            assert response.status_code == 404, (method, rule.rule, response.status_code)


def digest(site: Site) -> str:
    """A hash of every row of every table, whichever file it lies in."""
    connection = sqlite3.connect(site.file)
    text = "\n".join(connection.iterdump())
    connection.close()
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.requirement("C05")
@pytest.mark.parametrize("actor", list(Actor))
def test_looking_writes_nothing(site: Site, actor: Actor) -> None:
    before = digest(site)
    calls = walk.calls(site.app, site.world, ("GET",))
    for call in calls:
        site.ask(actor, call.path)
    assert len(calls) > 60
    assert digest(site) == before


@pytest.mark.requirement("C28")
@pytest.mark.parametrize("actor", [Actor.ANONYMOUS, Actor.SELF, Actor.ORGANIZER, Actor.ADMIN])
def test_no_change_without_a_token_whoever_asks(site: Site, actor: Actor) -> None:
    before = digest(site)
    calls = walk.calls(site.app, site.world, UNSAFE)
    for call in calls:
        for data in ({}, {"csrf_token": site.town.tickets[Actor.OTHER].token}):
            response = site.ask(actor, call.path, method=call.method, forged=True, data=data)
            refused = 404 if call.endpoint in SIGNED else 400
            assert response.status_code == refused, (call, response.status_code)
    assert len(calls) > 60
    assert digest(site) == before


@pytest.mark.requirement("C06")
def test_a_role_taken_away_bites_at_the_next_request(site: Site) -> None:
    assert site.ask(Actor.ADMIN, "/admin/").status_code == 200
    with site.rows() as rows:
        account = rows.get_one(Account, site.world.accounts[Actor.ADMIN])
        account.roles = [role for role in account.roles if role.name != RoleName.ADMIN]
        rows.commit()
    assert site.ask(Actor.ADMIN, "/admin/").status_code == 403


@pytest.mark.requirement("C06")
def test_a_name_is_gone_from_the_group_at_the_next_request(site: Site) -> None:
    path = f"/organizer/events/{site.world.things['event']}"
    assert "Other" in site.ask(Actor.ORGANIZER, path).get_data(as_text=True)
    with site.rows() as rows:
        rows.query(Consent).filter_by(
            account=site.world.accounts[Actor.OTHER], purpose=ConsentPurpose.GROUP_VISIBILITY
        ).update({"withdrawn_at": NOW})
        rows.query(Membership).filter_by(member=site.world.accounts[Actor.OTHER]).update(
            {"name_shown": False}
        )
        rows.commit()
    assert "Other" not in site.ask(Actor.ORGANIZER, path).get_data(as_text=True)
