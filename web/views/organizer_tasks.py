"""An organizer names small tasks at an event."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import tasks
from domain.errors import Invalid
from web import own
from web.auth import Audience, audience
from web.db import db
from web.forms.tasks import TasksForm

bp = Blueprint("tasks", __name__)


@bp.route("/events/<event>/tasks", methods=["GET", "POST"])
@audience(Audience.ORGANIZER)
def name(event: str) -> str | tuple[str, int] | Response:
    row, _group = own.event(event)
    named = tasks.of_event(db.session(), event=row.id)
    known = [{"label": each.label, "people": each.people} for each in named]
    form = TasksForm(data={"tasks": known} if request.method == "GET" else None)
    if request.method == "GET":
        return render_template("organizer/tasks.html", form=form, event=row)
    if not form.validate():
        return render_template("organizer/tasks.html", form=form, event=row), 422
    try:
        tasks.name(db.session(), event=row, drafts=form.drafts())
    except Invalid as refusal:
        form.problem(str(next(iter(refusal.problems.values()))))
        return render_template("organizer/tasks.html", form=form, event=row, refused=True), 422
    db.session.commit()
    flash(_("Saved. Who says yes can take one."), "success")
    return redirect(url_for("organizer.events.page", event=row.id), 303)
