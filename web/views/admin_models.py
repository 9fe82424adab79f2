"""What is learnt from joins: which model is in force, how good it is, learn now, put one back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import affinity_models, fits
from domain.affinity_models import CONTENT
from domain.errors import Conflict, NotFound
from domain.models import ModelFit
from web import clock, model_words
from web.auth import Audience, audience, current_account
from web.db import db
from web.forms.models import PutInForceForm

bp = Blueprint("models", __name__, url_prefix="/matching/models")

Page = str | tuple[str, int] | Response


@bp.get("/")
@audience(Audience.ADMIN)
def index() -> str:
    session = db.session()
    current, found = affinity_models.in_force(session), fits.latest(session)
    return render_template(
        "admin/models.html",
        current=current,
        fit=affinity_models.fit_of(session, current.version) if current.version else None,
        latest=next((each for each in found if each.finished_at), None),
        at_work=fits.current(session),
        fits=found,
        kept=affinity_models.kept(session),
        history=affinity_models.history(session),
        words=model_words,
        now=clock.now(),
    )


@bp.post("/")
@audience(Audience.ADMIN)
def learn() -> Page:
    """Ask for a fit; where one is at work already, follow that one."""
    author = current_account().id
    fit = fits.request(db.session(), reason=fits.ASKED, author=author, now=clock.now())
    db.session.commit()
    return redirect(url_for("admin.models.progress", fit=fit.id), 303)


@bp.get("/fits/<fit>")
@audience(Audience.ADMIN)
def progress(fit: str) -> str:
    """Show how far a fit is and what became of it; with htmx only the fragment is asked for."""
    row = db.session.get(ModelFit, fit)
    if row is None:
        raise NotFound
    template = "admin/_fit.html" if request.headers.get("HX-Request") else "admin/fit.html"
    return render_template(template, fit=row, words=model_words)


@bp.route("/versions/<version>", methods=["GET", "POST"])
@audience(Audience.ADMIN)
def version(version: str) -> Page:
    """Show one model beside the one in force; sent, it comes into force."""
    session = db.session()
    current = affinity_models.in_force(session)
    fit = affinity_models.fit_of(session, version)
    if fit is None and version != CONTENT:
        raise NotFound
    form = PutInForceForm() if request.method == "POST" else PutInForceForm(data={"expected": current.number})
    if request.method == "GET" or not form.validate():
        return _version(version, form), 200 if request.method == "GET" else 422
    try:
        bulk = affinity_models.put_in_force(
            session,
            author=current_account().id,
            version=None if version == CONTENT else version,
            note=form.note.data,
            expected=form.expected.data,
            keep_it=form.keep_it.data,
            now=clock.now(),
        )
    except Conflict:
        session.rollback()
        return _collided(version, form), 409
    session.commit()
    if bulk is None:
        flash(_("Noted. It was in force already, so nobody is matched again."), "success")
        return redirect(url_for("admin.models.index"), 303)
    return redirect(url_for("admin.matching.progress", bulk=bulk.id), 303)


def _collided(version: str, form: PutInForceForm) -> str:
    """Show the page again with what is in force by now; sent once more, it is compared with that."""
    number = affinity_models.in_force(db.session()).number
    again = PutInForceForm(formdata=None, data={**form.data, "expected": number})
    return _version(version, again, collided=True)


def _version(version: str, form: PutInForceForm, **more: Any) -> str:
    session = db.session()
    return render_template(
        "admin/model.html",
        version=version,
        content=version == CONTENT,
        current=affinity_models.in_force(session),
        fit=affinity_models.fit_of(session, version),
        there=version == CONTENT or version in affinity_models.kept(session),
        form=form,
        words=model_words,
        now=clock.now(),
        **more,
    )
