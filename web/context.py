"""What every template is given: the ways about, the theme, static files with their hash, help nearby."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request
from flask_babel import lazy_gettext as _l
from werkzeug.routing import BuildError

from domain import heartbeats, policies
from domain.policies import Audience
from web import clock, help_lines
from web.auth import viewer
from web.config import WebConfig
from web.db import db
from web.security import csp_nonce

THEMES = ("light", "dark")

#: The ways about, for whom they are; one whose page does not exist is left out. At most five for each person.
WAYS: tuple[tuple[str, Any, Audience], ...] = (
    ("suggestions.index", _l("For you"), Audience.MEMBER),
    ("events.index", _l("Events"), Audience.MEMBER),
    ("ladder.index", _l("Ladder"), Audience.MEMBER),
    ("profile.index", _l("You"), Audience.MEMBER),
    ("organizer.index", _l("Your groups"), Audience.ORGANIZER),
    ("admin.index", _l("Admin"), Audience.ADMIN),
)
OUTSIDE: tuple[tuple[str, Any], ...] = (("home.index", _l("Home")), ("pages.about", _l("How it works")))


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
    return not heartbeats.alive(db.session(), kind="worker", now=clock.now())


def ways(asking: policies.Viewer) -> list[dict[str, Any]]:
    """Return the ways about for who asks, the current one marked."""
    if asking.account is None:
        wanted = [(endpoint, label) for endpoint, label in OUTSIDE]
    else:
        wanted = [(name, label) for name, label, who in WAYS if policies.can_see_audience(asking, who)]
    return [way for endpoint, label in wanted if (way := _way(endpoint, label))]


def _way(endpoint: str, label: Any) -> dict[str, Any] | None:
    try:
        href = current_app.url_for(endpoint)
    except BuildError:
        return None
    blueprint = endpoint.partition(".")[0]
    here = (request.blueprint or "").partition(".")[0]  # a nested blueprint belongs to the one around it
    current = request.endpoint == endpoint or (here == blueprint and blueprint != "pages")
    return {"label": label, "href": href, "current": current}


def _static(app: Flask, config: WebConfig) -> Callable[[str], str]:
    folder = Path(str(app.static_folder))
    known: dict[str, str] = {}

    def static(path: str) -> str:
        if config.reload or path not in known:
            known[path] = sha256((folder / path).read_bytes()).hexdigest()[:12]
        return f"/static/{path}?v={known[path]}"

    return static
