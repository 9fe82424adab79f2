"""Pages that are only words, the choice of colours, and the way out."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request
from werkzeug.wrappers import Response

from web.auth import Audience, audience
from web.config import WebConfig
from web.security import A_YEAR, leads_home

bp = Blueprint("pages", __name__)
THEMES = ("light", "dark")


@bp.get("/about")
@audience(Audience.ANYONE)
def about() -> str:
    return render_template("pages/about.html")


@bp.get("/privacy")
@audience(Audience.ANYONE)
def privacy() -> str:
    return render_template("pages/privacy.html")


@bp.get("/terms")
@audience(Audience.ANYONE)
def terms() -> str:
    return render_template("pages/terms.html")


@bp.get("/break")
@audience(Audience.ANYONE)
def pause() -> str:
    return render_template("pages/break.html")


@bp.get("/leave")
@audience(Audience.ANYONE)
def leave() -> str:
    """Show a page that says nothing about where one was."""
    return render_template("pages/leave.html")


@bp.post("/theme")
@audience(Audience.ANYONE)
def theme() -> Response:
    """Keep the chosen colours in a cookie and go back to where one was."""
    config: WebConfig = current_app.extensions["handrail_config"]
    target = request.form.get("next", "/")
    response = redirect(target if leads_home(target) else "/", 303)
    chosen = request.form.get("theme")
    if chosen in THEMES:
        response.set_cookie(
            "theme", chosen, max_age=A_YEAR, secure=config.secure, httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie("theme", secure=config.secure, httponly=True, samesite="Lax")
    return response
