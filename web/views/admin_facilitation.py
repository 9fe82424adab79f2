"""Groups that are said to be led by a professional: an admin looks each one up."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import facilitation
from domain.errors import Conflict
from web import clock, directory_words
from web.auth import Audience, audience, current_account
from web.db import db
from web.forms.facilitation import FindingForm

bp = Blueprint("facilitation", __name__, url_prefix="/professionals")

Page = str | tuple[str, int] | Response


@bp.get("/")
@audience(Audience.ADMIN)
def index() -> str:
    waiting = facilitation.waiting(db.session(), now=clock.now())
    return render_template("admin/professionals.html", waiting=waiting)


@bp.route("/<facilitation_id>", methods=["GET", "POST"])
@audience(Audience.ADMIN)
def decide(facilitation_id: str) -> Page:
    row, group = facilitation.named(db.session(), facilitation=facilitation_id)
    form = FindingForm()
    if request.method == "GET" or not form.validate():
        page = render_template(
            "admin/professional.html", row=row, group=group, form=form, kinds=directory_words.KINDS
        )
        return page, 200 if request.method == "GET" else 422
    facilitation.decide(
        db.session(),
        admin=current_account().id,
        facilitation=row.id,
        asked_at=_moment(form.asked.data),
        verified=form.found.data == "yes",
        reason=form.reason.data,
        now=clock.now(),
    )
    db.session.commit()
    flash(_("Noted. The organizer sees it on the group’s page."), "success")
    return redirect(url_for("admin.facilitation.index"), 303)


def _moment(said: str | None) -> datetime:
    try:
        return datetime.fromisoformat(said or "")
    except ValueError as error:
        raise Conflict(_("This form is not whole. Please load the page again.")) from error
