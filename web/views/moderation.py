"""The moderators' desk: what was reported and nothing else; who opened it and what was decided is kept."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import audit, moderation, reports
from domain.errors import Conflict
from domain.models import Outcome, Report, ReportState
from web import clock
from web.auth import Audience, audience, current_account
from web.db import db
from web.forms.reports import CATEGORIES, OUTCOMES, DecisionForm, SecondForm

bp = Blueprint("moderation", __name__, url_prefix="/moderation")

Page = str | tuple[str, int] | Response


@bp.get("/")
@audience(Audience.MODERATOR)
def index() -> str:
    me, session = current_account().id, db.session()
    return render_template(
        "moderation/index.html",
        waiting=reports.waiting(session, moderator=me),
        decided=reports.decided(session, moderator=me),
        categories=CATEGORIES,
        outcomes=OUTCOMES,
        now=clock.now(),
    )


@bp.get("/<report>")
@audience(Audience.MODERATOR)
def page(report: str) -> str:
    """Show when and what kind; the words only to who opened the report within the hour."""
    row = _report(report)
    return _show(row, _form(row))


def _report(report: str) -> Report:
    return reports.get(db.session(), moderator=current_account().id, report=report)


def _form(row: Report) -> Any:
    return SecondForm() if row.state == ReportState.SECOND else DecisionForm()


def _form_sent(row: Report, kind: type[DecisionForm | SecondForm]) -> Any:
    """Return the form that was sent, unless the report has moved on to another since it was shown."""
    form = _form(row)
    if not isinstance(form, kind):
        raise Conflict(_("Somebody has decided about this in the meantime."))
    return form


def _show(row: Report, form: Any) -> str:
    session, me, now = db.session(), current_account().id, clock.now()
    return render_template(
        "moderation/page.html",
        row=row,
        form=form,
        opened=reports.read(session, moderator=me, report=row, now=now),
        may_decide=reports.is_open_to(session, moderator=me, report=row, now=now),
        mine=row.proposed_by == me,
        others=reports.others_about(session, row),
        entries=audit.about(session, f"report:{row.id}"),
        categories=CATEGORIES,
        outcomes=OUTCOMES,
        now=now,
    )


@bp.post("/<report>/open")
@audience(Audience.MODERATOR)
def open_report(report: str) -> Response:
    row = reports.open_report(db.session(), moderator=current_account().id, report=report, now=clock.now())
    db.session.commit()
    return redirect(url_for("moderation.page", report=row.id), 303)


@bp.post("/<report>/decide")
@audience(Audience.MODERATOR)
def decide(report: str) -> Page:
    row = _report(report)
    form = _form_sent(row, DecisionForm)
    if not form.validate():
        return _show(row, form), 422
    moderation.decide(
        db.session(),
        moderator=current_account().id,
        report=report,
        outcome=Outcome(form.outcome.data),
        reason=form.reason.data,
        now=clock.now(),
    )
    return _decided(row)


@bp.post("/<report>/second")
@audience(Audience.MODERATOR)
def second(report: str) -> Page:
    """Agree to closing an account, or send it back, as another moderator than the first."""
    row = _report(report)
    form = _form_sent(row, SecondForm)
    if not form.validate():
        return _show(row, form), 422
    answer = moderation.agree if form.answer.data == "agree" else moderation.refuse
    answer(
        db.session(),
        moderator=current_account().id,
        report=report,
        reason=form.reason.data,
        now=clock.now(),
    )
    return _decided(row)


def _decided(row: Report) -> Response:
    db.session.commit()
    second = row.state == ReportState.SECOND
    flash(
        _("Noted. Somebody else has to agree before the account is closed.") if second else _("Decided."),
        "success",
    )
    return redirect(url_for("moderation.index"), 303)
