"""Sessions: begun anew at sign-in, ended for good at sign-out, over after a while, ended from elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from domain import accounts
from domain.models import Account, RoleName, Visit
from tests import factories
from tests.conftest import NOW
from tests.security import walk
from tests.security.actors import Actor
from tests.security.site import COOKIE, Site, release, serve
from tests.web.conftest import ORIGIN, csrf, post, sign_in, web_config
from web.app import create_app


def inside(client: FlaskClient) -> bool:
    return client.get("/account/", base_url=ORIGIN).status_code == 200


def cookie_of(client: FlaskClient) -> str:
    found = client.get_cookie(COOKIE, domain="localhost")
    assert found is not None
    return found.value


def stolen(site: Site, cookie: str) -> FlaskClient:
    """Another browser that holds a copy of somebody's cookie."""
    client = site.app.test_client()
    client.set_cookie(COOKIE, cookie, domain="localhost")
    return client


def after(monkeypatch: pytest.MonkeyPatch, **time: float) -> None:
    later = datetime.now(UTC) + timedelta(**time)
    monkeypatch.setattr("web.visits.moment", lambda: later)


@pytest.mark.requirement("C09")
def test_a_planted_session_is_dropped_at_sign_in(site: Site) -> None:
    client = site.app.test_client()
    csrf(client)
    planted = cookie_of(client)
    sign_in(client, Actor.OTHER.email)
    assert cookie_of(client) != planted
    assert not inside(stolen(site, planted))
    assert inside(client)


@pytest.mark.requirement("C09")
def test_signing_in_again_ends_the_session_before(site: Site) -> None:
    client = site.browser(Actor.OTHER)
    before = cookie_of(client)
    post(client, "/logout")
    sign_in(client, Actor.OTHER.email)
    assert inside(client)
    assert not inside(stolen(site, before))


@pytest.mark.requirement("C10")
def test_signing_out_ends_every_copy_of_the_session(site: Site) -> None:
    client = site.browser(Actor.SELF)
    copy = stolen(site, cookie_of(client))
    assert inside(copy)
    post(client, "/logout")
    assert not inside(copy)
    with site.rows() as rows:
        mine = rows.scalars(select(Visit).where(Visit.account == site.world.accounts[Actor.SELF])).all()
    assert mine == []


@pytest.mark.requirement("C10")
def test_signing_out_on_one_device_leaves_the_other_alone(site: Site) -> None:
    other = site.app.test_client()
    sign_in(other, Actor.SELF.email)
    post(site.browser(Actor.SELF), "/logout")
    assert inside(other)


@pytest.mark.requirement("C10")
def test_a_signed_cookie_without_a_visit_opens_nothing(site: Site) -> None:
    """As forged by somebody who knows the secret key alone, or copied from before a restore."""
    client = site.browser(Actor.SELF)
    with client.session_transaction(base_url=ORIGIN) as session:
        session["visit"] = "0" * 32
    assert not inside(client)


@pytest.mark.requirement("C10")
def test_a_visit_opens_its_own_account_alone(site: Site) -> None:
    client = site.browser(Actor.SELF)
    with site.rows() as rows:
        theirs = rows.scalars(select(Visit).where(Visit.account == site.world.accounts[Actor.OTHER])).one()
    with client.session_transaction(base_url=ORIGIN) as session:
        session["visit"] = theirs.id
    assert not inside(client)


@pytest.mark.requirement("C11")
@pytest.mark.parametrize(("minutes", "still_in"), [(29, True), (31, False)])
def test_half_an_hour_away_signs_out(
    site: Site, monkeypatch: pytest.MonkeyPatch, minutes: int, still_in: bool
) -> None:
    client = site.app.test_client()
    sign_in(client, Actor.SELF.email)
    after(monkeypatch, minutes=minutes)
    assert inside(client) is still_in


@pytest.mark.requirement("C11")
def test_half_a_day_signs_out_whatever_was_done(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    client = site.browser(Actor.SELF)
    for quarter in range(1, 48):
        after(monkeypatch, minutes=15 * quarter - 5)
        assert inside(client), quarter
    after(monkeypatch, hours=12, minutes=1)
    assert not inside(client)


@pytest.mark.requirement("C11")
def test_on_a_device_of_ones_own_it_is_thirty_days(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    client = site.app.test_client()
    post(client, "/login", email=Actor.OTHER.email, password=factories.PASSWORD, remember="y")
    kept = client.get_cookie(COOKIE, domain="localhost")
    assert kept is not None
    assert kept.expires is not None
    assert client.get_cookie("handrail-remember", domain="localhost") is None
    after(monkeypatch, days=29)
    assert inside(client)
    after(monkeypatch, days=31)
    assert not inside(client)


@pytest.mark.requirement("C12")
def test_closing_an_account_ends_its_sessions_at_once(site: Site) -> None:
    client = site.browser(Actor.SELF)
    assert inside(client)
    with site.rows() as rows:
        rows.get_one(Account, site.world.accounts[Actor.SELF]).active = False
        rows.commit()
    assert not inside(client)


@pytest.mark.requirement("C13")
def test_a_person_sees_where_they_are_signed_in_and_ends_the_others(site: Site) -> None:
    here, there = site.browser(Actor.SELF), site.app.test_client()
    sign_in(there, Actor.SELF.email)
    page = here.get("/account/visits", base_url=ORIGIN).get_data(as_text=True)
    assert page.count('<li class="visit">') == 2
    assert "This one" in page
    assert post(here, "/account/visits/end-others").status_code == 303
    assert inside(here)
    assert not inside(there)


@pytest.mark.requirement("C13")
def test_ending_the_others_ends_nobody_elses(site: Site) -> None:
    post(site.browser(Actor.SELF), "/account/visits/end-others")
    assert inside(site.browser(Actor.OTHER))


FRESH = {
    "/change-email": "security.change_email",
    "/mf-recovery-codes": "security.mf_recovery_codes",
    "/tf-setup": "security.two_factor_setup",
    "/wan-register": "security.wan_register",
}


@pytest.mark.requirement("C14")
@pytest.mark.parametrize("path", sorted(FRESH))
def test_what_matters_asks_for_the_password_again_after_ten_minutes(site: Site, path: str) -> None:
    client = site.browser(Actor.SELF)
    assert client.get(path, base_url=ORIGIN).status_code == 200
    with client.session_transaction(base_url=ORIGIN) as session:
        session["fs_paa"] -= 11 * 60
        session.pop("fs_gexp", None)
    asked = client.get(path, base_url=ORIGIN)
    assert asked.status_code in {302, 303}
    assert "/verify" in asked.location


@pytest.mark.requirement("C15")
def test_every_cookie_there_is_carries_its_flags(site: Site, tmp_path: Path) -> None:
    base = "https://handrail.example"
    folder = tmp_path / "https"
    folder.mkdir()
    secure = serve(site.town, folder, base_url=base, trusted_hosts=("handrail.example",))
    seen = 0
    for call in walk.calls(secure.app, secure.world, ("GET", "POST")):
        for actor in (Actor.ANONYMOUS, Actor.SELF):
            cookie = f"__Host-handrail={secure.town.tickets[actor].cookie}"
            answer = secure.ask(
                actor, call.path, method=call.method, base_url=base, headers={"Cookie": cookie}
            )
            for line in answer.headers.getlist("Set-Cookie"):
                seen += 1
                flags = set(line.split("; ")[1:])
                assert {"Secure", "HttpOnly", "Path=/"} <= flags, (call.rule, line)
                assert flags & {"SameSite=Lax", "SameSite=Strict"}, (call.rule, line)
                assert "Domain" not in line
        if call.method == "POST":
            secure.restore()
    release(secure.app)
    assert seen > 20


@pytest.mark.requirement("C16")
@pytest.mark.parametrize("actor", [Actor.SELF, Actor.ORGANIZER, Actor.ADMIN])
def test_no_page_is_kept_by_a_browser_or_on_the_way(site: Site, actor: Actor) -> None:
    for call in walk.calls(site.app, site.world, ("GET",)):
        if call.endpoint not in {"static", "security.static"}:
            assert site.ask(actor, call.path).headers["Cache-Control"] == "private, no-store", call.rule


@pytest.mark.requirement("C16")
def test_signing_out_clears_the_browser(site: Site) -> None:
    answer = site.ask(Actor.SELF, "/logout", method="POST")
    assert answer.headers["Clear-Site-Data"] == '"cache"'


@pytest.mark.requirement("C22")
@pytest.mark.parametrize("actor", [Actor.ORGANIZER, Actor.ADMIN, Actor.MODERATOR])
def test_outside_the_demo_no_role_is_used_without_a_second_lock(
    site: Site, tmp_path: Path, actor: Actor
) -> None:
    """Even in a session that began before the role was given."""
    folder = tmp_path / "real"
    folder.mkdir()
    real = serve(site.town, folder, demo=False)
    for call in walk.calls(real.app, real.world, ("GET", "POST")):
        if call.rule.startswith(("/organizer", "/admin", "/moderation")):
            answer = real.ask(actor, call.path, method=call.method)
            assert answer.status_code in {303, 403}, call
            if answer.status_code == 303:
                assert answer.location == "/tf-setup", call
    release(real.app)


@pytest.mark.requirement("C09", "C22")
def test_becoming_an_organizer_begins_a_new_session(site: Site) -> None:
    client = site.browser(Actor.SELF)
    before = cookie_of(client)
    assert post(client, "/account/organizer", about="A slow walk.", kind="y").status_code == 303
    assert inside(client)
    assert not inside(stolen(site, before))
    with site.rows() as rows:
        assert rows.get_one(Account, site.world.accounts[Actor.SELF]).has(RoleName.ORGANIZER)


@pytest.mark.requirement("C20")
def test_failures_are_counted_whatever_becomes_of_the_queue_server(site: Site, tmp_path: Path) -> None:
    """Two processes, neither of which reaches the counting server, share one count."""
    config = web_config(f"sqlite:///{site.file}", tmp_path, redis_url="unix:///nowhere/at/all.sock")
    processes = [create_app(config), create_app(config)]
    statuses = [
        sign_in(processes[number % 2].test_client(), Actor.OTHER.email, "not the password").status_code
        for number in range(7)
    ]
    for each in processes:
        release(each)
    assert statuses == [422] * 5 + [429] * 2


@pytest.mark.requirement("C20")
def test_who_goes_on_failing_waits_longer(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    statuses = []
    for quarter in range(4):
        monkeypatch.setattr("web.clock.now", lambda at=NOW + timedelta(minutes=16 * quarter): at)
        statuses += [
            sign_in(site.app.test_client(), Actor.OTHER.email, "not the password").status_code
            for _ in range(6)
        ]
    assert statuses.count(422) == 10
    assert statuses[12:] == [429] * 12


@pytest.mark.requirement("C20")
def test_the_count_says_nothing_of_who_and_where(site: Site) -> None:
    sign_in(site.app.test_client(), "somebody@example.com", "not the password")
    held = b"".join(path.read_bytes() for path in site.file.parent.glob("town.db*"))
    assert b"somebody@example.com" not in held
    assert b"127.0.0.1" not in held


@pytest.mark.requirement("C23")
def test_nobody_becomes_an_admin_through_the_pages(site: Site) -> None:
    for actor in (Actor.SELF, Actor.ORGANIZER):
        for call in walk.calls(site.app, site.world, ("POST",)):
            site.ask(actor, call.path, method="POST", data={"roles": "admin", "role": "admin", "kind": "y"})
            if call.endpoint == "security.logout":
                site.restore()
    with site.rows() as rows:
        found = [each.id for each in rows.scalars(select(Account)) if each.has(RoleName.ADMIN)]
    assert found == [site.world.accounts[Actor.ADMIN]]
    assert accounts.TIME_COST == 2
