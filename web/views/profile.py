"""What a member says about themselves, step by step at first and any time later."""

from __future__ import annotations

from flask import Blueprint, render_template

from web.auth import Audience, audience, current_member

bp = Blueprint("profile", __name__)


@bp.get("/welcome/")
@audience(Audience.MEMBER)
def welcome() -> str:
    return render_template("profile/welcome.html", member=current_member())


@bp.get("/profile/")
@audience(Audience.MEMBER)
def index() -> str:
    return render_template("profile/index.html", member=current_member())
