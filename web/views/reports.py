"""Say that something is not right: with a group, an event, a person."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from domain import reports
from domain.models import ReportCategory
from domain.reports import Kind
from web import clock
from web.auth import Audience, audience, current_account
from web.db import db
from web.forms.reports import ReportForm

bp = Blueprint("reports", __name__)

Page = str | tuple[str, int] | Response


@bp.route("/report/<any(group, event, person, fellow):kind>/<subject>", methods=["GET", "POST"])
@audience(Audience.ACCOUNT)
def file(kind: str, subject: str) -> Page:
    """Ask what is not right; sent, the two people no longer see each other."""
    me = current_account().id
    about = reports.subject(db.session(), viewer=me, kind=Kind(kind), identity=subject)
    form = ReportForm()
    if request.method == "GET" or not form.validate():
        page = render_template("reports/file.html", form=form, about=about)
        return page, 200 if request.method == "GET" else 422
    category = ReportCategory(form.category.data)
    reports.file(
        db.session(),
        reporter=me,
        about=about,
        category=category,
        words=form.words.data,
        now=clock.now(),
    )
    db.session.commit()
    parted = 1 if about.reported else None
    return redirect(url_for("reports.thanks", category=category, parted=parted), 303)


@bp.get("/report/thanks")
@audience(Audience.ACCOUNT)
def thanks() -> str:
    category = request.args.get("category", "")
    known = category if category in set(ReportCategory) else ReportCategory.OTHER
    hours = int(reports.DUE[ReportCategory(known)].total_seconds()) // 3600
    return render_template(
        "reports/thanks.html",
        hours=hours,
        danger=known == ReportCategory.DANGER,
        parted=request.args.get("parted") == "1",
    )
