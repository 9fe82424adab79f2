"""Help now: reachable from every page and without an account."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from web import help_lines
from web.auth import Audience, audience

bp = Blueprint("help", __name__)


@bp.get("/help")
@audience(Audience.ANYONE)
def index() -> str:
    here = help_lines.nearest(request.args.get("country"))
    numbers = help_lines.read()
    return render_template("help/index.html", here=here, numbers=numbers)
