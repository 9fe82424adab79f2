"""The first page."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.routing import BuildError
from werkzeug.wrappers import Response

from web.auth import Audience, audience, current_member, viewer

bp = Blueprint("home", __name__)

#: Where a signed-in person's day begins, first match first; a page that does not exist is passed over.
BEGINNINGS = (
    (Audience.ADMIN, "admin.index"),
    (Audience.ORGANIZER, "organizer.index"),
    (Audience.ACCOUNT, "accounts.index"),
)


@bp.get("/")
@audience(Audience.ANYONE)
def index() -> str | Response:
    """Tell a visitor what this is; bring who is signed in to where their day begins."""
    asking = viewer()
    if asking.account is None:
        return render_template("home/index.html")
    if asking.is_member:
        return redirect(_members_start(), 303)
    return redirect(_others_start(asking.roles), 303)


def _members_start() -> str:
    if not current_member().steps_done:
        return url_for("profile.welcome")
    return _page("suggestions.index") or url_for("profile.index")


def _others_start(roles: frozenset[str]) -> str:
    for who, endpoint in BEGINNINGS:
        if (who is Audience.ACCOUNT or who in roles) and (href := _page(endpoint)):
            return href
    return url_for("accounts.index")


def _page(endpoint: str) -> str | None:
    try:
        return url_for(endpoint)
    except BuildError:
        return None
