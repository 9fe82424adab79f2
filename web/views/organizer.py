"""An organizer's groups: found, change and close them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import announcements, belonging, facilitation, groups, schedule
from domain.errors import Invalid
from domain.models import Group
from web import clock, inclusion_words, own, rhythm_words
from web.auth import Audience, audience, current_account
from web.db import db
from web.forms.choices import NEEDS, VALUES
from web.forms.groups import GroupForm, ReasonForm, as_fields
from web.outing_words import LABELS
from web.prose import prose
from web.views import organizer_events, organizer_facilitation, organizer_tasks

bp = Blueprint("organizer", __name__, url_prefix="/organizer")
bp.register_blueprint(organizer_events.bp)
bp.register_blueprint(organizer_facilitation.bp)
bp.register_blueprint(organizer_tasks.bp)
bp.add_app_template_filter(prose, "prose")
bp.add_app_template_filter(rhythm_words.of_event, "rhythm")

Page = str | tuple[str, int] | Response


@bp.get("/")
@audience(Audience.ORGANIZER)
def index() -> str:
    session, now = db.session(), clock.now()
    run = groups.run_by(session, organizer=current_account().id)
    open_ones = [each for each in run if each.closed_at is None]
    announced = announcements.of_groups(session, groups=open_ones, now=now)
    own_groups = [{"group": each, "announced": announced[each.id]} for each in open_ones]
    return render_template("organizer/index.html", own_groups=own_groups)


@bp.route("/groups/new", methods=["GET", "POST"])
@audience(Audience.ORGANIZER)
def found() -> Page:
    form = GroupForm()
    if request.method == "GET":
        return render_template("organizer/group_form.html", form=form, group=None)
    if (group := _founded(form)) is None:
        return render_template("organizer/group_form.html", form=form, group=None), 422
    flash(_("Your group is there. Members can find it now. Next, post its first event."), "success")
    return redirect(url_for("organizer.group", group=group.id), 303)


def _founded(form: GroupForm) -> Group | None:
    """Found the group and commit; None, with the form's problems said, where it cannot be."""
    if not form.validate():
        return None
    try:
        group = groups.found(
            db.session(),
            organizer=current_account().id,
            draft=form.draft(),
            now=clock.now(),
            identity=form.key.data,
        )
    except Invalid as refusal:
        _explain(form, refusal)
        return None
    db.session.commit()
    return group


def _explain(form: GroupForm, refusal: Invalid) -> None:
    for name, problem in refusal.problems.items():
        form[name].errors = [*form[name].errors, problem]


@bp.get("/groups/<group>")
@audience(Audience.ORGANIZER)
def group(group: str) -> str:
    row = own.group(group)
    return render_template(
        "organizer/group.html",
        group=row,
        led=facilitation.of_group(db.session(), group=row.id),
        led_shown=facilitation.shown(db.session(), group=row.id, now=clock.now()) is not None,
        announced=announcements.of_group(db.session(), group=row, now=clock.now()),
        at_home=belonging.at_home(db.session(), group=row.id, now=clock.now()),
        members=groups.size(db.session(), viewer=current_account().id, group=row.id),
        interests=[LABELS.get(each.interest, each.interest) for each in row.interests],
        offers=_worded(row.offers, NEEDS),
        values=_worded(row.values, VALUES),
        checklist=inclusion_words.of_group(row),
    )


def _worded(slugs: list[str], words: Mapping[Any, str]) -> list[str]:
    known = {str(slug): str(label) for slug, label in words.items()}
    return [known.get(slug, slug.replace("_", " ")) for slug in slugs]


@bp.route("/groups/<group>/edit", methods=["GET", "POST"])
@audience(Audience.ORGANIZER)
def edit(group: str) -> Page:
    row = own.group(group)
    form = GroupForm(data=as_fields(row))
    if request.method == "GET":
        return render_template("organizer/group_form.html", form=form, group=row)
    if not form.validate():
        return render_template("organizer/group_form.html", form=form, group=row), 422
    groups.change(db.session(), group=row, draft=form.draft())
    db.session.commit()
    flash(_("Saved. Members see it now."), "success")
    return redirect(url_for("organizer.group", group=row.id), 303)


@bp.route("/groups/<group>/close", methods=["GET", "POST"])
@audience(Audience.ORGANIZER)
def close(group: str) -> Page:
    row = own.group(group)
    form = ReasonForm()
    announced = [
        each
        for each in announcements.of_group(db.session(), group=row, now=clock.now())
        if each.next is not None
    ]
    if request.method == "GET" or not form.validate():
        page = render_template("organizer/close.html", form=form, group=row, announced=announced)
        return page, 200 if request.method == "GET" else 422
    schedule.wind_up(db.session(), group=row, reason=form.reason.data, now=clock.now())
    db.session.commit()
    flash(_("“%(name)s” is closed. Thank you for having kept it going.", name=row.name), "success")
    return redirect(url_for("organizer.index"), 303)
