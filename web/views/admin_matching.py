"""Matching settings: see what is in force, change it with a reason, follow what follows, go back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import settings
from domain.errors import Conflict, Invalid, NotFound
from domain.models import BulkRun, SettingsVersion
from matching.settings import MatchingSettings, SettingsError, describe
from web import admin_words, clock
from web.auth import Audience, audience, current_account
from web.db import db
from web.forms.matching_settings import ActivateForm, MatchingSettingsForm, RestoreForm, bounds_words

bp = Blueprint("matching", __name__, url_prefix="/matching")

Page = str | tuple[str, int] | Response


@bp.get("/")
@audience(Audience.ADMIN)
def index() -> str:
    session = db.session()
    version, current = settings.in_force(session)
    return render_template(
        "admin/matching.html",
        version=version,
        rows=_rows(current),
        history=settings.history(session) or [version],
    )


def _rows(current: MatchingSettings) -> list[dict[str, Any]]:
    body = current.to_json()
    return [
        {"name": name, **facts, "value": admin_words.number(body[name])} for name, facts in describe().items()
    ]


@bp.route("/change", methods=["GET", "POST"])
@audience(Audience.ADMIN)
def change() -> Page:
    """Show the form; sent, it shows the differences to be checked, and stores nothing yet."""
    version, current = settings.in_force(db.session())
    if request.method == "GET":
        return _form(MatchingSettingsForm.showing(current, version.number), version)
    form = MatchingSettingsForm()
    if request.form.get("step") == "change":
        return _form(form, version)
    if not _valid(form):
        return _form(form, version), 422
    if not settings.draft(db.session(), body=form.body()).changes:
        flash(_("Nothing is different from version %(number)s yet.", number=version.number), "info")
        return _form(form, version)
    return _check(ActivateForm(formdata=None, data=form.data))


def _valid(form: MatchingSettingsForm) -> bool:
    """Return whether the settings can be used together; the form says what stands against it."""
    if not form.validate():
        return False
    try:
        MatchingSettings.from_json(form.body())
    except SettingsError as refusal:
        for name, problem in refusal.problems.items():
            form[name].errors = [*form[name].errors, problem]
        return False
    return True


def _form(form: MatchingSettingsForm, version: SettingsVersion) -> str:
    bounds = {name: bounds_words(facts) for name, facts in describe().items()}
    return render_template("admin/change.html", form=form, version=version, bounds=bounds)


def _check(form: ActivateForm) -> str:
    session = db.session()
    version, current = settings.in_force(session)
    drafted = settings.draft(session, body=form.body())
    return render_template(
        "admin/check.html",
        form=form,
        version=version,
        rows=admin_words.table(current, drafted.settings),
        values=form.body(),
    )


@bp.post("/activate")
@audience(Audience.ADMIN)
def activate() -> Page:
    form = ActivateForm()
    if not form.validate():
        known = {"note", "csrf_token"}
        if set(form.errors) <= known:
            return _check(form), 422
        return _form(form, settings.in_force(db.session())[0]), 422
    try:
        bulk = settings.activate(
            db.session(),
            author=current_account().id,
            body=form.body(),
            note=form.note.data,
            expected=form.expected.data,
            now=clock.now(),
        )
    except Conflict:
        return _collided(form.expected.data, MatchingSettings.from_json(form.body())), 409
    except Invalid as refusal:
        flash(str(refusal), "error")
        return _form(form, settings.in_force(db.session())[0]), 422
    db.session.commit()
    return redirect(url_for("admin.matching.progress", bulk=bulk.id), 303)


def _collided(expected: int, wanted: MatchingSettings) -> str:
    """Show what was on the screen, what is in force by now, and what was wanted, side by side."""
    session = db.session()
    version, current = settings.in_force(session)
    seen = next((each for each in settings.history(session) if each.number == expected), None)
    before = MatchingSettings.from_json(seen.body) if seen else current
    return render_template(
        "admin/collided.html",
        version=version,
        expected=expected,
        rows=admin_words.table(before, current, wanted),
        values=wanted.to_json(),
    )


def _version(number: int) -> SettingsVersion:
    found = next((each for each in settings.history(db.session()) if each.number == number), None)
    if found is None:
        raise NotFound
    return found


@bp.route("/versions/<int:number>", methods=["GET", "POST"])
@audience(Audience.ADMIN)
def version(number: int) -> Page:
    """Show one version beside the one in force; sent, a copy of it comes into force."""
    session = db.session()
    current, in_force = settings.in_force(session)
    row = current if current.number == number else _version(number)
    form = RestoreForm() if request.method == "POST" else RestoreForm(data={"expected": current.number})
    facts = {"row": row, "version": current, "form": form}
    rows = admin_words.table(MatchingSettings.from_json(row.body), in_force)
    if request.method == "GET" or not form.validate():
        page = render_template("admin/version.html", rows=rows, **facts)
        return page, 200 if request.method == "GET" else 422
    try:
        bulk = settings.roll_back(
            session,
            author=current_account().id,
            number=number,
            note=form.note.data,
            expected=form.expected.data,
            now=clock.now(),
        )
    except Conflict:
        return _collided(form.expected.data, MatchingSettings.from_json(row.body)), 409
    session.commit()
    return redirect(url_for("admin.matching.progress", bulk=bulk.id), 303)


@bp.get("/progress/<bulk>")
@audience(Audience.ADMIN)
def progress(bulk: str) -> str:
    """Show how far everybody has been matched again; with htmx only the fragment is asked for."""
    row = db.session.get(BulkRun, bulk)
    if row is None:
        raise NotFound
    template = "admin/_bulk.html" if request.headers.get("HX-Request") else "admin/progress.html"
    made = db.session.get(SettingsVersion, row.settings_version) if row.settings_version else None
    return render_template(template, bulk=row, version=made)
