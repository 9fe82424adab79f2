"""The directory as an admin keeps it: add, change, take out, put back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import directory
from domain.directory import STALE
from domain.errors import Invalid
from domain.models import Service
from web import clock, directory_words
from web.auth import Audience, audience, current_account
from web.db import db
from web.forms.directory import ServiceForm, as_fields

bp = Blueprint("directory", __name__, url_prefix="/directory")

Page = str | tuple[str, int] | Response


@bp.get("/")
@audience(Audience.ADMIN)
def index() -> str:
    services = directory.kept(db.session())
    return render_template(
        "admin/directory.html", services=services, kinds=directory_words.KINDS, stale=clock.now() - STALE
    )


@bp.route("/new", methods=["GET", "POST"])
@audience(Audience.ADMIN)
def add() -> Page:
    return _asked(ServiceForm(), None)


@bp.route("/<service>", methods=["GET", "POST"])
@audience(Audience.ADMIN)
def edit(service: str) -> Page:
    row = directory.named(db.session(), service=service)
    return _asked(ServiceForm(data=as_fields(row)), row)


def _asked(form: ServiceForm, row: Service | None) -> Page:
    """Show the form, or keep what it says."""
    if request.method == "GET" or not _kept(form, row):
        page = render_template("admin/service.html", form=form, service=row)
        return page, 200 if request.method == "GET" else 422
    flash(_("Saved. People see it now."), "success")
    return redirect(url_for("admin.directory.index"), 303)


def _kept(form: ServiceForm, row: Service | None) -> bool:
    """Keep it and commit; False, with the form's problems said, where it cannot be."""
    if not form.validate():
        return False
    session, admin, now = db.session(), current_account().id, clock.now()
    try:
        if row is None:
            directory.add(session, admin=admin, draft=form.draft(), now=now)
        else:
            directory.change(session, admin=admin, service=row, draft=form.draft(), now=now)
    except Invalid as refusal:
        for name, problem in refusal.problems.items():
            form[name].errors = [*form[name].errors, problem]
        return False
    session.commit()
    return True


@bp.post("/<service>/retire")
@audience(Audience.ADMIN)
def retire(service: str) -> Response:
    row = directory.named(db.session(), service=service)
    directory.retire(db.session(), admin=current_account().id, service=row, now=clock.now())
    db.session.commit()
    flash(_("Taken out. Nobody sees it any more."), "success")
    return redirect(url_for("admin.directory.index"), 303)


@bp.post("/<service>/restore")
@audience(Audience.ADMIN)
def restore(service: str) -> Response:
    row = directory.named(db.session(), service=service)
    directory.restore(db.session(), admin=current_account().id, service=row, now=clock.now())
    db.session.commit()
    flash(_("It is back. People see it again."), "success")
    return redirect(url_for("admin.directory.index"), 303)
