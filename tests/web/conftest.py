"""The pages on a real database of each test's own, with people signed in through the real sign-in page."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, BaseConverter, FloatConverter, IntegerConverter, Rule
from werkzeug.serving import ThreadedWSGIServer, make_server
from werkzeug.test import TestResponse

from domain import database
from domain.models import Account, RoleName
from tests import factories
from tests.browser import launched
from tests.conftest import KEYRING
from web.app import create_app
from web.config import WebConfig
from web.db import db

ORIGIN = "http://localhost:8000"


def web_config(database_url: str, home: Path, **changes: Any) -> WebConfig:
    """A configuration for tests; ``changes`` replace single values."""
    facts: dict[str, Any] = {
        "secret_key": "a secret key for tests, long enough to be one",
        "master_key": KEYRING.masters[0],
        "database_url": database_url,
        "base_url": ORIGIN,
        "home": home,
        "trusted_hosts": ("localhost",),
        "mail_from": "handrail@example.com",
        "demo": True,
    }
    return WebConfig(**facts | changes)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as started:
        yield started


@pytest.fixture
def address(sqlite_url: str, tmp_path: Path) -> Iterator[str]:
    """An application of this test's own, served where a browser can reach it."""
    holder: list[Flask] = []
    server = make_server("127.0.0.1", 0, lambda env, start: holder[0](env, start), threaded=True)  # noqa: PLW0108
    assert isinstance(server, ThreadedWSGIServer)
    server.daemon_threads = False  # closing waits for what is still being answered, such as a page's icon
    base = f"http://localhost:{server.port}"
    holder.append(create_app(web_config(sqlite_url, tmp_path, base_url=base)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield base
    server.shutdown()
    thread.join()
    server.server_close()
    let_go(holder[0])


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the application that serves one test after the other."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def sqlite_url(sqlite_template: Path, home: Path) -> str:
    """A migrated database of this test's own, always at the same place."""
    for each in home.iterdir():
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    file = shutil.copy(sqlite_template, home / "handrail.db")
    return f"sqlite:///{file}"


@pytest.fixture(scope="session")
def pages(home: Path) -> Flask:
    """An application for many tests: to make one, and its templates, takes longer than most of them."""
    return create_app(web_config(f"sqlite:///{home}/handrail.db", home))


@pytest.fixture
def app(pages: Flask, sqlite_url: str) -> Iterator[Flask]:
    """The application, with nothing in its database and nobody counted yet; it stays as it is."""
    for limiter in pages.extensions["limiter"]:
        limiter.reset()
    yield pages
    let_go(pages)


@pytest.fixture
def own_app(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application of this test's own, to be changed."""
    made = create_app(web_config(sqlite_url, tmp_path))
    yield made
    let_go(made)


def let_go(app: Flask) -> None:
    """Close an application's database."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def rows(app: Flask, sqlite_url: str) -> Iterator[Session]:
    """A session of its own beside the application's.

    Its transactions hold the write lock: commit or roll back before a client changes anything. Rows stay
    readable after the commit.
    """
    engine = database.open_engine(sqlite_url)
    with database.open_sessions(engine, KEYRING)() as session:
        session.expire_on_commit = False
        yield session
    engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody who is not signed in."""
    return app.test_client()


def csrf(client: FlaskClient, path: str = "/help") -> str:
    """The forgery token of this client's session, as a page of theirs carries it."""
    page = client.get(path, base_url=ORIGIN).get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, f"no token on {path}"
    return found[1]


def post(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    """Send a form as its page would."""
    return client.post(path, data={"csrf_token": csrf(client), **fields}, base_url=ORIGIN)


def sign_in(client: FlaskClient, email: str, password: str = factories.PASSWORD) -> TestResponse:
    """Sign in through the page."""
    return post(client, "/login", email=email, password=password)


def path_of(app: Flask, rule: Rule) -> str:
    """A path this rule answers to, its ids those of nothing that exists."""
    values = {name: _sample(rule._converters[name]) for name in rule.arguments}
    with app.test_request_context(base_url=ORIGIN):
        built = rule.build(values)
    assert built is not None
    return built[1]


def _sample(converter: BaseConverter) -> Any:
    if isinstance(converter, IntegerConverter | FloatConverter):
        return 1
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return "0" * 32


@pytest.fixture
def signed_in(app: Flask, rows: Session) -> Callable[..., FlaskClient]:
    """A function that makes a member and returns their client; ``facts`` go to `factories.member`.

    ``demo`` accounts may hold a role without a second factor where the configuration says demo.
    """

    def make(email: str = "robin@example.com", **facts: Any) -> FlaskClient:
        member = factories.member(rows, email=email, **facts)
        account = rows.get_one(Account, member.id)
        account.demo = True
        rows.commit()
        client = app.test_client()
        response = sign_in(client, email)
        assert response.status_code in {302, 303}, response.get_data(as_text=True)
        return client

    return make


@pytest.fixture
def member_client(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in("member@example.com")


@pytest.fixture
def organizer_client(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in("organizer@example.com", roles=[RoleName.ORGANIZER])


@pytest.fixture
def admin_client(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in("admin@example.com", roles=[RoleName.ADMIN])
