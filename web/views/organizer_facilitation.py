"""An organizer says that a professional leads a group, changes it, or says it no more."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import facilitation
from web import clock, own
from web.auth import Audience, audience
from web.db import db
from web.forms.facilitation import FacilitationForm

bp = Blueprint("facilitation", __name__)

Page = str | tuple[str, int] | Response


@bp.route("/groups/<group>/professional", methods=["GET", "POST"])
@audience(Audience.ORGANIZER)
def ask(group: str) -> Page:
    row = own.group(group)
    led = facilitation.of_group(db.session(), group=row.id)
    form = FacilitationForm(obj=led)
    if request.method == "GET" or not form.validate():
        page = render_template("organizer/facilitation.html", form=form, group=row, led=led)
        return page, 200 if request.method == "GET" else 422
    facilitation.ask(db.session(), group=row.id, draft=form.draft(), now=clock.now())
    db.session.commit()
    flash(_("Thank you. We look it up, and then members read it."), "success")
    return redirect(url_for("organizer.group", group=row.id), 303)


@bp.post("/groups/<group>/professional/none")
@audience(Audience.ORGANIZER)
def withdraw(group: str) -> Response:
    row = own.group(group)
    facilitation.withdraw(db.session(), group=row.id)
    db.session.commit()
    flash(_("Done. Nothing is said about who leads it."), "success")
    return redirect(url_for("organizer.group", group=row.id), 303)
