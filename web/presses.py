"""A form sent twice has one effect: each names its press, and the second press of a name does nothing."""

from __future__ import annotations

import re
import secrets

from flask import Flask, abort, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import presses
from web import clock
from web.db import db
from web.security import leads_home

FIELD = "press"
_GIVEN = re.compile(r"([0-9a-f]{32}) (/.{0,500})")


def new() -> str:
    """Return what a form carries: a name nobody can guess, and the page to come back to."""
    page = request.full_path.removesuffix("?")
    return f"{secrets.token_hex(16)} {page if leads_home(page) else '/'}"


def refuse_second() -> Response | None:
    """Lead a press that had its effect back to the page it came from; nothing is done again."""
    given = request.form.get(FIELD) if request.method == "POST" else None
    if given is None:
        return None
    found = _GIVEN.fullmatch(given)
    if found is None:
        abort(400)
    if presses.first(db.session(), press=found[1], now=clock.now()):
        return None
    flash(_("We have this already. It counts once."), "info")
    return redirect(found[2] if leads_home(found[2]) else "/", 303)


def init_app(app: Flask) -> None:
    """Ask after the guards and the audience, in the transaction of the view."""
    app.jinja_env.globals["press"] = new
    app.before_request(refuse_second)
