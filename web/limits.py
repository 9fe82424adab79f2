"""How often somebody may fail to sign in, counted in the database.

A page is refused, not an account: the count is kept per account and network, so that nobody can lock
somebody else out, and per network alone.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from functools import wraps
from hashlib import sha256
from typing import Any

from flask import Flask, abort, current_app, make_response, request, session
from flask_login import current_user

from domain import database, tries
from web import clock
from web.db import db


def guard(app: Flask, endpoints: Iterable[str]) -> None:
    """Count the failures of these endpoints, those that check a secret."""
    for endpoint in endpoints:
        if endpoint in app.view_functions:
            app.view_functions[endpoint] = _counted(app.view_functions[endpoint])


def _counted(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def checked(*arguments: Any, **values: Any) -> Any:
        if request.method != "POST":
            return view(*arguments, **values)
        person, network = _mark(f"{request.remote_addr}|{_named()}"), _mark(f"{request.remote_addr}")
        if _too_many(person, tries.PER_PERSON) or _too_many(network, tries.PER_NETWORK):
            abort(429)
        response = make_response(view(*arguments, **values))
        if response.status_code not in {302, 303}:
            _note(person, network)
        return response

    return checked


def _named() -> str:
    """Return whose secret is tried, as typed or as known from the step before."""
    typed = request.form.get("email", "") or session.get("tf_user_id", "") or getattr(current_user, "id", "")
    return str(typed).strip().lower()


def _mark(text: str) -> str:
    key = str(current_app.secret_key).encode()
    return hmac.new(key, f"tries:{text}".encode(errors="replace"), sha256).hexdigest()


def _too_many(mark: str, limits: tuple[tries.Limit, ...]) -> bool:
    return tries.too_many(db.session(), mark=mark, limits=limits, now=clock.now())


def _note(*marks: str) -> None:
    """Keep the count whatever else the failed request began."""
    rows = db.session()
    rows.rollback()
    database.begin(rows, "write")
    tries.note(rows, marks=marks, now=clock.now())
    rows.commit()
