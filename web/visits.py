"""Signed in, from here until then: each browser's session is a row as well as a cookie.

The cookie is signed and names the row. A copy of it is worth nothing once the row is gone, so signing out,
here or from elsewhere, is final. How long somebody has been away is kept in the cookie: looking at a page
writes nothing to the database.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Response, after_this_request, g, request, session
from flask_login import user_logged_out
from flask_security import user_authenticated

from domain import visits
from web.db import READING, db

IDLE = timedelta(minutes=30)
#: The cookie is renewed no more often than this.
TICK = timedelta(minutes=1)
VISIT, SEEN = "visit", "seen"
_KEPT = frozenset({"_user_id", "_fresh", "_id", "_flashes"}) | {
    "fs_cc",
    "fs_paa",
    "identity.id",
    "identity.auth_type",
}


def init_app(app: Flask) -> None:
    """Begin a visit at each sign-in, end it at sign-out; the account library must be set up already."""
    manager: Any = app.extensions["security"].login_manager
    manager.user_loader(_visiting(manager._user_callback))
    app.after_request(_keep_as_it_was)
    app.config["PERMANENT_SESSION_LIFETIME"] = visits.KEPT
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    user_authenticated.connect(_signed_in, app)
    user_logged_out.connect(_signed_out, app)


def moment() -> datetime:
    """Return this moment by the machine's own clock, as the account library does."""
    return datetime.now(UTC)


def _visiting(load: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a loader of who is signed in that asks for a visit, too."""

    def loaded(user: str) -> Any:
        found = load(user)
        return found if found is not None and _goes_on(found.id) else None

    return loaded


def _goes_on(account: str) -> bool:
    now, seen = moment(), float(session.get(SEEN, 0))
    row = visits.current(db.session(), visit=session.get(VISIT, ""), account=account, now=now)
    away = now - datetime.fromtimestamp(seen, UTC)
    if row is None or (not row.kept and away > IDLE):
        return False
    if away > TICK:
        session[SEEN] = int(now.timestamp())
    return True


def _signed_in(_sender: Flask, user: Any, **_facts: Any) -> None:
    renew(user.id, kept=session.get("_remember") == "set")


def renew(account: str, *, kept: bool = False) -> None:
    """Begin a new session: what the browser brought along is dropped, its forgery token included."""
    before, now = session.get(VISIT), moment()
    g.cookie_before = dict(session)
    carried = {name: value for name, value in session.items() if name in _KEPT}
    session.clear()
    session.update(carried)
    g.pop("csrf_token", None)
    g.pop("viewer", None)
    if before:
        visits.end(db.session(), before)
    session[VISIT] = visits.begin(db.session(), account=account, kept=kept, now=now).id
    session[SEEN] = int(now.timestamp())
    session.permanent = kept
    after_this_request(_commit)


def _signed_out(_sender: Flask, **_facts: Any) -> None:
    # A look at a page cannot write: the account library signs out who looks at a step of sign-in, signed in.
    if (visit := session.pop(VISIT, None)) and request.method not in READING:
        visits.end(db.session(), visit)
        after_this_request(_commit)
    session.clear()


def _keep_as_it_was(response: Response) -> Response:
    """Where a visit could not be kept, change no cookie: the same form, sent again, must still fit."""
    if response.status_code >= 500 and "cookie_before" in g:
        session.clear()
        session.update(g.cookie_before)
    return response


def _commit(response: Response) -> Response:
    db.session.commit()
    return response
