"""What every template is given: the ways about, the theme, static files with their hash, help nearby."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request
from flask_babel import lazy_gettext as _l

from domain import heartbeats, outbox, policies
from domain.events import Lane
from domain.policies import Audience
from web import clock, help_lines
from web.auth import viewer
from web.config import WebConfig
from web.db import db
from web.security import csp_nonce

THEMES = ("light", "dark")
#: Seconds a member's work waits before a calm line says so.
PATIENCE = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """One of the ways about: where it leads, for whom, and which pages belong to it."""

    endpoint: str
    label: Any
    who: Audience
    pages: frozenset[str]  #: blueprints, and single endpoints


def _to(endpoint: str, label: Any, who: Audience, *pages: str) -> Way:
    return Way(endpoint=endpoint, label=label, who=who, pages=frozenset(pages))


WAYS = (
    _to("suggestions.index", _l("For you"), Audience.MEMBER, "suggestions"),
    _to("rsvps.index", _l("Outings"), Audience.MEMBER, "rsvps", "reflections"),
    _to("events.index", _l("Events"), Audience.MEMBER, "events", "recurring", "groups"),
    _to("ladder.index", _l("Ladder"), Audience.MEMBER, "ladder"),
    _to(
        "profile.index",
        _l("You"),
        Audience.MEMBER,
        "profile",
        "accounts",
        "privacy_tools",
        "blocks",
        "supporters",
    ),
    _to("organizer.index", _l("Organize"), Audience.ORGANIZER, "organizer"),
    _to("moderation.index", _l("Reports"), Audience.MODERATOR, "moderation"),
    _to("admin.index", _l("Admin"), Audience.ADMIN, "admin"),
)
OUTSIDE = (
    _to("home.index", _l("Home"), Audience.ANYONE, "home"),
    _to("pages.about", _l("How it works"), Audience.ANYONE, "pages.about"),
)


def init_app(app: Flask, config: WebConfig) -> None:
    """Give templates what they share."""
    app.jinja_env.globals.update(
        static=_static(app, config), csp_nonce=csp_nonce, base_url=config.base_url, demo=config.demo
    )
    app.context_processor(shared)


def shared() -> dict[str, Any]:
    """Return what every page's frame asks for."""
    asking = viewer()
    theme = request.cookies.get("theme")
    return {
        "nav": ways(asking),
        "signed_in": asking.account is not None,
        "viewer": asking,
        "theme": theme if theme in THEMES else "system",
        "worker_quiet": asking.is_member and _quiet(),
        "help_line": help_lines.nearest(),
    }


def _quiet() -> bool:
    """Return whether suggestions take longer than usual: no worker is heard of, or none is being woken."""
    session = db.session()
    heard = heartbeats.alive(session, kind="worker", lane=Lane.MATCHING, now=clock.now())
    return not heard or outbox.waits(session, Lane.MATCHING, longer_than=PATIENCE)


def ways(asking: policies.Viewer) -> list[dict[str, Any]]:
    """Return the ways about for who asks, the current one marked; one without a page is left out."""
    wanted = WAYS if asking.account else OUTSIDE
    shown = [each for each in wanted if policies.can_see_audience(asking, each.who)]
    return [_shown(each) for each in shown if each.endpoint in current_app.view_functions]


def _shown(way: Way) -> dict[str, Any]:
    here = {request.endpoint, (request.blueprint or "").partition(".")[0]}
    return {
        "label": way.label,
        "href": current_app.url_for(way.endpoint),
        "current": bool(here & way.pages),
    }


def _static(app: Flask, config: WebConfig) -> Callable[[str], str]:
    folder = Path(str(app.static_folder))
    known: dict[str, str] = {}

    def static(path: str) -> str:
        if config.reload or path not in known:
            known[path] = sha256((folder / path).read_bytes()).hexdigest()[:12]
        return f"/static/{path}?v={known[path]}"

    return static
