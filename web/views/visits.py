"""Where one is signed in, and signing out everywhere else."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import visits
from web.auth import Audience, audience, current_account
from web.db import db
from web.visits import VISIT, moment

bp = Blueprint("visits", __name__, url_prefix="/account/visits")


@bp.get("")
@audience(Audience.ACCOUNT)
def index() -> str:
    found = visits.listed(db.session(), account=current_account().id, now=moment())
    return render_template("accounts/visits.html", visits=found, here=session.get(VISIT))


@bp.post("/end-others")
@audience(Audience.ACCOUNT)
def end_others() -> Response:
    visits.end_others(db.session(), account=current_account().id, keep=session.get(VISIT))
    db.session.commit()
    flash(_("You are signed in here alone now."), "success")
    return redirect(url_for("visits.index"), 303)
