"""The database of a request: Flask-SQLAlchemy on our own base, reading or writing by the request's method.

A GET or HEAD cannot write. Every other method takes the write lock before anything is read. A view that must
think for long, such as checking a password, steps outside its transaction while it does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, current_app, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as BoundSession
from sqlalchemy.exc import SQLAlchemyError

from domain import database
from domain.models import Base
from domain.sealed import Keyring
from web.config import WebConfig

READING = frozenset({"GET", "HEAD", "OPTIONS"})
KEYRING = "handrail_keyring"
#: Endpoints that need no database, or must say themselves that it is away.
UNREAD = frozenset({"static", "security.static", "health.alive", "health.ready", "health.figures"})


class KeyedSession(BoundSession):
    """A session that can open sealed fields with the application's master keys."""

    def __init__(self, db: SQLAlchemy, **options: Any) -> None:
        super().__init__(db, **options, info={"keyring": current_app.extensions[KEYRING]})


class Database(SQLAlchemy):
    """Flask-SQLAlchemy on a base that is complete already."""

    def _make_declarative_base(self, model_class: Any, disable_autonaming: bool = False) -> Any:  # noqa: ARG002
        # The extension would copy the base, which SQLAlchemy refuses for one with a type_annotation_map.
        model_class.metadata.info["bind_key"] = None
        self.metadatas[None] = model_class.metadata
        return model_class


db = Database(model_class=Base, session_options={"class_": KeyedSession})


def init_app(app: Flask, config: WebConfig) -> None:
    """Bind the application to its database; nothing is connected yet."""
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    # Parameters hold addresses and sealed bodies: they are kept out of error messages, and so out of logs.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = database.engine_options(config.database_url) | {
        "hide_parameters": True
    }
    app.extensions[KEYRING] = Keyring((config.master_key, *config.master_key_fallbacks))
    db.init_app(app)
    with app.app_context():
        database.prepare(db.engine)
    app.before_request(begin)
    app.teardown_appcontext(let_go)


def let_go(_error: BaseException | None) -> None:
    """End the transaction; a connection cut meanwhile is thrown away, and the answer still goes out."""
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session().invalidate()


def begin() -> None:
    """Begin the request's transaction: a reader for GET and HEAD, a writer otherwise."""
    if request.endpoint in UNREAD:
        return
    database.begin(db.session(), "read" if request.method in READING else "write")


@contextmanager
def outside_transaction() -> Iterator[None]:
    """End the transaction while something slow is done, so that nobody waits for our write lock.

    Rows read before are read anew afterwards. With unsaved changes at hand the transaction is kept.
    """
    session = db.session()
    if session.new or session.dirty or session.deleted or request.method in READING:
        yield
        return
    session.rollback()
    yield
    database.begin(session, "write")
