"""Bad requests of every kind, to every page: refused calmly, quickly, without a word of how it is made."""

from __future__ import annotations

import importlib
import os
import pkgutil
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import pytest
from flask_wtf import FlaskForm
from werkzeug.test import TestResponse
from wtforms.fields.core import UnboundField

import web.forms
from domain.models import Account, Base, Block, Restriction
from tests.security import walk
from tests.security.actors import Actor
from tests.security.site import Site, release, serve
from tests.security.walk import READ, UNSAFE, Call
from tests.web.conftest import ORIGIN

#: How many requests are made; `make security` makes 10,000.
REQUESTS = int(os.environ.get("HANDRAIL_FUZZ", "2000"))
SLOW = 2.0
#: Fields sent at once to every form.
AT_ONCE = 60
JUNK = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff\ud800",
    "\u202e\u2066",
    "👩‍👩‍👧‍👦" * 9,
    "é" * 70,
    "A" * 5000,
    "1e309",
    "-1e309",
    "NaN",
    "Infinity",
    "-1",
    "9" * 400,
    "99999999999999999999",
    "0x10",
    "1_000",
    "٣",
    "1999-12-31",
    "2101-01-01",
    "0000-00-00",
    "9999-12-31T23:59",
    "2026-02-30",
    "2026-06-01T25:61",
    "../../etc/passwd",
    "..%2f..%2f",
    "' OR 1=1 --",
    "{{7*7}}",
    "${jndi:ldap://e}",
    "<script>1</script>",
    "[]",
    "{}",
    "null",
    "true",
    "f" * 32,
    "F" * 32,
    "Moon/Base",
    "a@b",
    "%",
    "%s%n",
    "\u2028\u2029",
    "\r\nX: y",
)
FIELDS = [
    "email",
    "password",
    "display_name",
    "time_zone",
    "next",
    "page",
    "status",
    "interest",
    "when",
    "place",
    "free",
    "moved",
    "way",
    "suggestion",
    "said",
    "expected",
    "reward",
    "intentional",
    "over_cap",
    "first",
    "second",
    "third",
    "own_words",
    "interests",
    "consent",
    "energy",
    "slot_0",
    "radius_km",
    "weekly_cap",
    "rest_hours",
    "town",
    "card",
    "access_needs",
    "avoid",
    "pronouns",
    "until",
    "attended",
    "predicted",
    "peak",
    "end",
    "easy",
    "challenging",
    "adjust",
    "safety_behaviours",
    "small_wins",
    "own_win",
    "meet_again",
    "step",
    "feelings",
    "label",
    "what",
    "about",
    "kind",
    "name",
    "summary",
    "description",
    "offers",
    "values",
    "has_step_free",
    "need_quiet",
    "locality",
    "newcomer_limit",
    "greeter",
    "key",
    "title",
    "text",
    "date",
    "start",
    "hours",
    "minutes",
    "every",
    "rrule",
    "capacity",
    "price",
    "currency",
    "venue",
    "address",
    "url",
    "online",
    "group_size",
    "talking",
    "seal",
    "action",
    "reason",
    "note",
    "expected",
    "list_length",
    "ceiling",
    "words",
    "code",
    "setup",
    "usage",
    "new_password",
    "category",
    "items",
    "theme",
]
TRACES = ("Traceback", "File &#34;", 'File "', "sqlalchemy", "werkzeug.exceptions", "OperationalError")


def fields(chance: random.Random) -> dict[str, Any]:
    names = chance.sample(FIELDS, chance.randint(0, 12))
    return {
        name: chance.choices(JUNK, k=chance.choice((1, 1, 1, 2, 5)))
        if chance.random() < 0.2
        else chance.choice(JUNK)
        for name in names
    }


def plain(text: str) -> str:
    """A lone surrogate can be in no request; what a browser would send instead."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def form(chance: random.Random) -> dict[str, Any]:
    found = fields(chance)
    return {
        name: [plain(each) for each in value] if isinstance(value, list) else plain(value)
        for name, value in found.items()
    }


def raw(chance: random.Random) -> dict[str, Any]:
    """A body that is not what it says it is."""
    kinds = (
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "text/xml",
        "application/x-www-form-urlencoded; charset=utf-7",
        "x" * 300,
        "",
    )
    bodies = (
        b"",
        b"\xff\xfe\x00",
        b"--x\r\n",
        b"{" * 2000,
        b"%",
        b"a=%ff%fe&a=%00&b",
        b"&" * 900,
        b"a" * 9000,
    )
    return {"data": chance.choice(bodies), "content_type": chance.choice(kinds)}


def address(chance: random.Random, call: Call) -> str:
    """The page's own address, or one with something else where an id was."""
    if chance.random() < 0.5 or "<" not in call.rule:
        return call.path
    parts = call.path.split("/")
    place = chance.randrange(1, len(parts))
    parts[place] = chance.choice(
        ("%00", "%ff%fe", "%ed%a0%80", "9" * 300, "..", "%2e%2e", "a" * 900, "-1", "%0d%0a")
    )
    return "/".join(parts)


def ask(site: Site, chance: random.Random, call: Call) -> TestResponse:
    actor = chance.choice(list(Actor))
    headers = {"HX-Request": "true"} if chance.random() < 0.2 else {}
    query = form(chance) if chance.random() < 0.6 else {}
    if call.method == "GET":
        return site.ask(actor, address(chance, call), query_string=query, headers=headers)
    if chance.random() < 0.2:
        sent = raw(chance)
        headers["X-CSRFToken"] = site.town.tickets[actor].token
        return site.ask(
            actor, address(chance, call), method=call.method, headers=headers, query_string=query, **sent
        )
    return site.ask(
        actor,
        address(chance, call),
        method=call.method,
        headers=headers,
        query_string=query,
        data=form(chance),
    )


def without_argon2(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed slowly on purpose; that is not what is measured here."""
    monkeypatch.setattr("web.passwords.Hashing.hash", lambda *_a, **_k: "no password has this hash")
    monkeypatch.setattr("web.passwords.Hashing.verify", lambda *_a, **_k: False)


@pytest.mark.requirement("C42", "C57")
def test_no_bad_request_breaks_anything(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    without_argon2(monkeypatch)
    chance = random.Random(20261123)
    calls = walk.calls(site.app, site.world, READ + UNSAFE)
    statuses: Counter[int] = Counter()
    broken, slowest = [], 0.0
    for number in range(REQUESTS):
        call = calls[number % len(calls)]
        began = time.perf_counter()
        answer = ask(site, chance, call)
        took = time.perf_counter() - began
        slowest = max(slowest, took)
        statuses[answer.status_code] += 1
        text = answer.get_data(as_text=True) if answer.status_code >= 400 else ""
        if answer.status_code >= 500 or any(each in text for each in TRACES):
            broken.append((number, call.method, call.rule, answer.status_code))
        if call.endpoint in {"security.logout", "privacy_tools.leave", "visits.end_others"}:
            site.restore()
    with capsys.disabled():
        print(  # noqa: T201
            f"\nbad requests: {REQUESTS} to {len(calls)} pages, {len(broken)} broken,"
            f" slowest {slowest:.1f} s, statuses {dict(sorted(statuses.items()))}",
            *broken[:20],
            sep="\n  ",
        )
    assert broken == []
    assert slowest < SLOW * 3, "two seconds on a quiet machine"


def fields_of_forms() -> set[str]:
    """The names of all fields of all forms."""
    for module in pkgutil.iter_modules(web.forms.__path__):
        importlib.import_module(f"web.forms.{module.name}")
    kinds, found = [FlaskForm], set()
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        found |= {name for name in dir(kind) if isinstance(getattr(kind, name), UnboundField)}
    return found


def parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Fewer at once than a form may have."""
    return (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE))


def actor_of(path: str) -> Actor:
    """Who may send a form of this part of the site."""
    desks = {"organizer": Actor.ORGANIZER, "admin": Actor.ADMIN, "moderation": Actor.MODERATOR}
    return desks.get(path.split("/")[1], Actor.SELF)


@pytest.mark.requirement("C42", "C57")
@pytest.mark.parametrize("junk", ["9" * 400, "sNaN", "\x00"])
def test_no_answer_is_beyond_any_field(site: Site, monkeypatch: pytest.MonkeyPatch, junk: str) -> None:
    """Every form gets the same in all fields, also those that a scatter of bad requests seldom meets."""
    without_argon2(monkeypatch)
    names = sorted(fields_of_forms() - {"csrf_token"})
    statuses: Counter[int] = Counter()
    for call, some in product(walk.calls(site.app, site.world, ("POST",)), parts(names)):
        answers = dict.fromkeys(some, junk)
        answer = site.ask(actor_of(call.path), call.path, method="POST", data=answers)
        assert answer.status_code < 500, (call.path, some)
        statuses[answer.status_code] += 1
        if call.endpoint in {"security.logout", "privacy_tools.leave", "visits.end_others"}:
            site.restore()
    assert statuses[422] > 50, "most forms must have looked at their fields"


@pytest.mark.requirement("C45")
def test_too_much_is_refused_everywhere(site: Site) -> None:
    folder = site.file.parent / "small"
    folder.mkdir()
    small = serve(site.town, folder, upload_bytes=3000)
    for call in walk.calls(small.app, small.world, UNSAFE):
        answer = small.ask(Actor.SELF, call.path, method=call.method, data={"words": "a" * 6000})
        assert answer.status_code == 413, call
    release(small.app)


@pytest.mark.requirement("C45")
def test_too_many_parts_are_refused(site: Site) -> None:
    many = {f"field_{number}": "x" for number in range(500)}
    answer = site.ask(Actor.SELF, "/ladder/new", method="POST", data=many, content_type="multipart/form-data")
    assert answer.status_code == 413


@pytest.mark.requirement("C51")
@pytest.mark.parametrize("page", ["0", "-5", "99999999999999999999999", "x", "1e9"])
def test_no_list_is_longer_than_a_hundred(site: Site, page: str) -> None:
    for call in walk.calls(site.app, site.world, ("GET",)):
        for actor in (Actor.SELF, Actor.ADMIN):
            query = {"page": page, "per_page": "100000", "limit": "100000", "size": "100000"}
            answer = site.ask(actor, call.path, query_string=query)
            assert answer.status_code < 500
            if call.endpoint in {"events.index", "groups.index", "admin.runs.index"}:
                assert answer.get_data(as_text=True).count("<article") <= 100


@pytest.mark.requirement("C43")
@pytest.mark.parametrize("actor", [Actor.SELF, Actor.ORGANIZER])
def test_no_form_writes_a_column_it_does_not_show(site: Site, actor: Actor) -> None:
    """Every column of the account and of the tables that decide about rights is posted to every form."""
    names = {column.name for mapper in Base.registry.mappers for column in mapper.columns}
    planted = dict.fromkeys(names, "1") | {"roles": "admin", "active": "", "demo": "y", "organizer": "f" * 32}
    planted |= {"email": "planted@example.com"}
    guarded = ("email_mark", "sealed", "password", "fs_uniquifier", "demo", "active", "confirmed_at")
    for call in walk.calls(site.app, site.world, ("POST",)):
        if call.endpoint.startswith(("security.logout", "privacy_tools.leave")):
            continue
        with site.rows() as rows:
            account = rows.get_one(Account, site.world.accounts[actor])
            before = [getattr(account, name) for name in guarded], sorted(role.name for role in account.roles)
            limits = rows.query(Restriction).count(), rows.query(Block).filter_by(other="f" * 32).count()
        site.ask(actor, call.path, method="POST", data=planted)
        with site.rows() as rows:
            account = rows.get_one(Account, site.world.accounts[actor])
            after = [getattr(account, name) for name in guarded], sorted(role.name for role in account.roles)
            became = {"accounts.become_organizer"} if call.endpoint == "accounts.become_organizer" else set()
            assert before == after or became, call
            assert limits == (
                rows.query(Restriction).count(),
                rows.query(Block).filter_by(other="f" * 32).count(),
            )


@pytest.mark.requirement("C44")
def test_a_parameter_sent_twice_is_refused_where_one_is_meant(site: Site) -> None:
    token = site.town.tickets[Actor.SELF].token
    body = f"csrf_token={token}&csrf_token={token}&label=one&label=two"
    answer = site.ask(
        Actor.SELF,
        "/ladder/new",
        method="POST",
        data=body,
        content_type="application/x-www-form-urlencoded",
        base_url=ORIGIN,
    )
    assert answer.status_code == 400
