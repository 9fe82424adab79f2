"""The town served: anybody can be asked for, and everything put back as it was."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from domain import database
from domain.models import Account
from tests import factories
from tests.conftest import KEYRING
from tests.security import town
from tests.security.actors import Actor, World
from tests.web.conftest import ORIGIN, csrf, sign_in, web_config
from web.app import create_app
from web.db import db
from web.visits import SEEN

COOKIE = "handrail"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """One browser's session, and the forgery token its pages carry."""

    cookie: str = field(repr=False)
    token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Town:
    """A database to copy, what is in it, and everybody's session."""

    file: Path
    world: World
    tickets: dict[Actor, Ticket]


@dataclass(kw_only=True, slots=True)
class Site:
    """The application on a copy of the town."""

    app: Flask
    file: Path
    town: Town
    _addresses: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def world(self) -> World:
        return self.town.world

    def ask(
        self, actor: Actor, path: str, *, method: str = "GET", forged: bool = False, **options: Any
    ) -> TestResponse:
        """Send one request as somebody, each from another network; ``forged``: without the token."""
        ticket = self.town.tickets[actor]
        headers = {"Cookie": f"{COOKIE}={ticket.cookie}"} | options.pop("headers", {})
        data = options.pop("data", None)
        if method not in {"GET", "HEAD", "OPTIONS"} and not forged and not isinstance(data, bytes | str):
            data = {"csrf_token": ticket.token, **(data or {})}
        return self.app.test_client(use_cookies=False).open(
            path,
            method=method,
            data=data,
            base_url=options.pop("base_url", ORIGIN),
            headers=headers,
            environ_base={"REMOTE_ADDR": self.address()},
            buffered=True,
            **options,
        )

    def browser(self, actor: Actor) -> FlaskClient:
        """A client that keeps its cookies, signed in as somebody."""
        client = self.app.test_client()
        client.set_cookie(COOKIE, self.town.tickets[actor].cookie, domain="localhost")
        return client

    def address(self) -> str:
        number = next(self._addresses)
        return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"

    @contextmanager
    def rows(self) -> Iterator[Session]:
        """A session beside the application's."""
        with opened(self.file) as session:
            yield session

    def restore(self) -> None:
        """Put the database back as it was."""
        release(self.app)
        for each in self.file.parent.glob(f"{self.file.name}*"):
            each.unlink()
        shutil.copy(self.town.file, self.file)


@contextmanager
def opened(file: Path) -> Iterator[Session]:
    engine = database.open_engine(f"sqlite:///{file}")
    with database.open_sessions(engine, KEYRING)() as session:
        session.expire_on_commit = False
        yield session
    engine.dispose()


def release(app: Flask) -> None:
    """Let go of the database file."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def serve(found: Town, folder: Path, **changes: Any) -> Site:
    file = folder / "town.db"
    shutil.copy(found.file, file)
    app = create_app(web_config(f"sqlite:///{file}", folder, **changes))
    return as_of_now(Site(app=app, file=file, town=found))


def as_of_now(site: Site) -> Site:
    """Return the site with everybody signed in just now, and nobody counted."""
    for limiter in site.app.extensions["limiter"]:
        limiter.reset()
    tickets = {actor: _as_of_now(site.app, ticket) for actor, ticket in site.town.tickets.items()}
    return Site(app=site.app, file=site.file, town=replace(site.town, tickets=tickets))


def _as_of_now(app: Flask, ticket: Ticket) -> Ticket:
    """Return a session as of a sign-in just now: the town may have been settled a long test run ago."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    kept = signer.loads(ticket.cookie)
    kept |= {name: type(kept[name])(time.time()) for name in ("fs_paa", SEEN) if name in kept}
    return replace(ticket, cookie=signer.dumps(kept))


def settle(template: Path, folder: Path) -> Town:
    """Build the town in a copy of an empty database and sign everybody in."""
    file = folder / "settled.db"
    shutil.copy(template, file)
    with opened(file) as session:
        database.begin(session, "write")
        world = town.build(session)
        session.commit()
    app = create_app(web_config(f"sqlite:///{file}", folder))
    tickets = {actor: _ticket(app, actor) for actor in Actor}
    with opened(file) as session:
        database.begin(session, "write")
        session.get_one(Account, world.accounts[Actor.SUSPENDED]).active = False
        session.commit()
    release(app)
    return Town(file=file, world=world, tickets=tickets)


def _ticket(app: Flask, actor: Actor) -> Ticket:
    client = app.test_client()
    if actor is not Actor.ANONYMOUS:
        answer = sign_in(client, actor.email, factories.PASSWORD)
        assert answer.status_code in {302, 303}, (actor, answer.status_code)
    token = csrf(client)
    cookie = client.get_cookie(COOKIE, domain="localhost")
    assert cookie is not None
    return Ticket(cookie=cookie.value, token=token)


_CHANGING = re.compile(
    rb'nonce="[^"]+"|name="(?:csrf_token|key|press)"[^>]*>|X-CSRFToken[^}]+}'
    rb'|<span class="reference">.*?</span>',
    re.DOTALL,
)


def steady(answer: TestResponse) -> bytes:
    """The body without what is new in every answer: nonce, token and reference number."""
    return _CHANGING.sub(b"", answer.get_data())
