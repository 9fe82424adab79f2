"""What a browser is told and shown: nothing from elsewhere, nowhere else to go, no word that runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from tests.security import walk
from tests.security.actors import Actor
from tests.security.site import Site
from tests.web.conftest import ORIGIN
from web.security import leads_home

#: Attributes by which a page makes a browser ask for something by itself.
LOADING = {"src", "srcset", "poster", "data", "background", "ping", "manifest", "formaction", "xlink:href"}


class Seen(HTMLParser):
    """What stands in a page: addresses it loads from, forms and scripts, handlers and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.actions: list[str] = []
        self.inline: list[str] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.loads += [value for name, value in given.items() if name in LOADING]
        if tag == "link":
            self.loads.append(given.get("href", ""))
        if tag == "form":
            self.actions.append(given.get("action", ""))
        if (
            tag == "script"
            and "src" not in given
            and given.get("type")
            not in {
                "application/json",
                "application/ld+json",
            }
        ):
            self.inline.append("script")
        self.inline += [name for name in given if name.startswith("on") or name == "style"]


def leaves(address: str) -> bool:
    """Whether a browser would ask somebody else for it."""
    parts = urlsplit(address.strip())
    return bool(parts.netloc) and f"{parts.scheme}://{parts.netloc}" != ORIGIN


@pytest.mark.requirement("C24", "C25", "C26", "C27", "C29")
@pytest.mark.parametrize(
    "actor", [Actor.ANONYMOUS, Actor.SELF, Actor.ORGANIZER, Actor.SUPPORTER, Actor.ADMIN]
)
def test_every_answer_is_guarded_and_nothing_leaves_the_origin(site: Site, actor: Actor) -> None:
    pages = 0
    for call in walk.calls(site.app, site.world, ("GET",)):
        answer = site.ask(actor, call.path)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'nonce-"), call
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert not [name for name in dict(answer.headers) if name.lower().startswith("access-control")]
        if answer.mimetype == "text/html":
            seen = Seen(answer.get_data(as_text=True))
            pages += 1
            assert [each for each in seen.loads + seen.actions if leaves(each)] == [], call
            assert seen.inline == [], call
            assert not {"iframe", "object", "embed", "base"} & set(seen.tags), call
    assert pages > 30


@pytest.mark.requirement("C29")
def test_another_origin_is_told_nothing(site: Site) -> None:
    for call in walk.calls(site.app, site.world, ("GET", "POST")):
        headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": call.method}
        answer = site.ask(Actor.ANONYMOUS, call.path, method="OPTIONS", headers=headers)
        assert not [name for name in dict(answer.headers) if name.lower().startswith("access-control")], call


LEADS = ("//", "///", "////", "/\\", "\\\\", "/%2f", "/%5c", "https:", "https://", "\t//", "/\t/", "//%09/")
#: Addresses that look like ours, or become somebody else's in a browser.
ELSEWHERE = (
    *(f"{lead}{host}" for lead in LEADS for host in ("evil.example", "localhost@evil.example")),
    "https:/evil.example",
    "http://localhost:8000@evil.example",
    "//localhost:8000.evil.example/",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//http://localhost",
    "data:text/html,x",
    "vbscript:x",
    "//evil。example",
    "//evil%E3%80%82example",
    "//[::1]",
    "http:///evil.example",
    "/\r\nLocation: https://evil.example",
    "/%0d%0aSet-Cookie:x=1",
    "/.evil.example",
    "/../..//evil.example",
    "/;@evil.example",
    "?next=//evil.example",
    "\u2028//evil.example",
    "\ufeff//evil.example",
    "//\u0000evil.example",
)


@pytest.mark.requirement("C30")
def test_no_payload_leads_elsewhere(site: Site) -> None:
    assert len(ELSEWHERE) >= 40
    followed = 0
    for target in ELSEWHERE:
        with site.app.test_request_context(base_url=ORIGIN):
            assert not leads_home(target), target
        for path in ("/login", "/register", "/verify", "/wan-signin", "/"):
            for actor in (Actor.ANONYMOUS, Actor.SELF):
                answer = site.ask(actor, path, query_string={"next": target})
                place = answer.headers.get("Location", "/")
                assert not leaves(place), (path, target, place)
                assert place.startswith("/"), (path, target, place)
                assert not place.startswith(("//", "/\\")), (path, target, place)
                assert "evil" not in place, (path, target, place)
                followed += 1
        answer = site.ask(Actor.SELF, "/theme", method="POST", data={"next": target, "theme": "dark"})
        assert answer.location == "/", target
    assert followed >= 400


ENDS = ("\r\n", "\n", "\r", "%0d%0a", "\u2028", "\u560d\u560a")
HEADERS = (
    *(f"x{end}Set-Cookie: planted=1" for end in ENDS),
    "x\r\n\r\n<script>",
    "x\x00y",
    "\x0bplanted",
    "\x1fplanted",
)


@pytest.mark.requirement("C39")
@pytest.mark.parametrize("payload", HEADERS)
def test_what_is_asked_for_writes_no_header(site: Site, payload: str) -> None:
    """In addresses, queries, forms and cookies of every page one can get without an account."""
    for path in ("/login", "/help", "/check-mail", "/theme", "/register"):
        for method in ("GET", "POST"):
            answer = site.ask(
                Actor.ANONYMOUS,
                path,
                method=method,
                query_string={"next": payload, "page": payload},
                data={"email": payload, "theme": payload, "display_name": payload}
                if method == "POST"
                else None,
            )
            for name, value in answer.headers.items():
                assert "planted" not in name + value, (path, name)
                assert not re.search(r"[\r\n\x00]", name + value)


@pytest.mark.requirement("C30", "C39")
@pytest.mark.parametrize("path", ["//evil.example", "/groups/%0d%0aSet-Cookie:planted=1", "/\\evil.example"])
def test_a_strange_address_with_a_strange_next_is_no_way_out(site: Site, path: str) -> None:
    answer = site.ask(Actor.SELF, path, query_string={"next": "//evil.example"})
    assert answer.status_code in {303, 308, 400, 404}
    assert not leaves(answer.headers.get("Location", "/"))
    assert "planted" not in str(answer.headers)
