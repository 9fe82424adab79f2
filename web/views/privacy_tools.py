"""What one can do about one's own data: a copy of it, leaving, coming back; and meeting safely."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_security import logout_user
from flask_security.utils import hash_password, verify_password
from werkzeug.wrappers import Response

from domain import accounts, erasure, export
from domain.errors import NotFound
from domain.models import Account
from web import clock
from web.auth import Audience, audience, current_account
from web.config import WebConfig
from web.db import db
from web.forms.privacy_tools import AT_ONCE, IN_A_WEEK, LeaveForm, ReturnForm
from web.fresh import fresh

bp = Blueprint("privacy_tools", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/privacy/yours")
@audience(Audience.ACCOUNT)
def index() -> str:
    """Show everything one can decide about one's own data, in one place."""
    return render_template("privacy_tools/index.html")


@bp.get("/privacy/export")
@audience(Audience.ACCOUNT)
@fresh("privacy_tools.export_page")
def export_page() -> str:
    return render_template("privacy_tools/export.html", **_copy())


@bp.get("/privacy/export/state")
@audience(Audience.ACCOUNT)
def export_state() -> str:
    """Return the part of the page that follows the copy being made."""
    return render_template("privacy_tools/_state.html", **_copy())


def _copy() -> dict[str, object]:
    row, now = export.newest(db.session(), account=current_account().id), clock.now()
    return {
        "copy": row,
        "building": row is not None and export.is_building(row, now=now),
        "ready": row is not None and export.is_ready(row, now=now),
    }


@bp.post("/privacy/export")
@audience(Audience.ACCOUNT)
@fresh("privacy_tools.export_page")
def ask_export() -> Response:
    export.request(db.session(), account=current_account(), now=clock.now())
    db.session.commit()
    return redirect(url_for("privacy_tools.export_page"), 303)


@bp.post("/privacy/export/<export_id>/file")
@audience(Audience.ACCOUNT)
@fresh("privacy_tools.export_page")
def take_export(export_id: str) -> Response:
    """Hand a copy to its owner; that it was taken is noted, so this is no GET."""
    config: WebConfig = current_app.extensions["handrail_config"]
    name = export.take(db.session(), account=current_account().id, export=export_id, now=clock.now())
    path = config.home / "exports" / name
    if not path.is_file():
        raise NotFound(_("This copy is no longer here. You can ask for a new one."))
    db.session.commit()
    return send_file(path, mimetype="application/zip", as_attachment=True, download_name="handrail.zip")


@bp.route("/privacy/leave", methods=["GET", "POST"])
@audience(Audience.ACCOUNT)
@fresh("privacy_tools.leave")
def leave() -> Page:
    """Say what leaving means; sent, the account is invisible and signed out everywhere at once."""
    form = LeaveForm(when=IN_A_WEEK) if request.method == "GET" else LeaveForm()
    if request.method == "GET" or not form.validate():
        page = render_template("privacy_tools/leave.html", form=form)
        return page, 200 if request.method == "GET" else 422
    at_once = form.when.data == AT_ONCE
    erasure.ask(db.session(), account=current_account(), at_once=at_once, now=clock.now())
    db.session.commit()
    logout_user()
    return redirect(url_for("privacy_tools.left", for_good=1 if at_once else None), 303)


@bp.get("/privacy/left")
@audience(Audience.ANYONE)
def left() -> str:
    return render_template("privacy_tools/left.html", for_good=request.args.get("for_good") == "1")


@bp.route("/privacy/come-back", methods=["GET", "POST"])
@audience(Audience.ANYONE)
def come_back() -> Page:
    """Take a leaving back within its week; every wrong answer looks the same."""
    form = ReturnForm()
    if request.method == "GET" or not form.validate():
        page = render_template("privacy_tools/come_back.html", form=form)
        return page, 200 if request.method == "GET" else 422
    account = _who(form)
    if account is None:
        form.password.errors = [_("That did not work. Check the address and the password.")]
        return render_template("privacy_tools/come_back.html", form=form), 422
    erasure.undo(db.session(), account=account, now=clock.now())
    db.session.commit()
    flash(_("Good to have you back. Everything is as it was. Please sign in."), "success")
    return redirect(url_for("security.login"), 303)


def _who(form: ReturnForm) -> Account | None:
    """Return the leaving account these words belong to; as slow for an address nobody has."""
    account = accounts.find(db.session(), form.email.data)
    if account is None or account.password is None:
        hash_password(form.password.data)
        return None
    identity, stored = account.id, account.password
    if not verify_password(form.password.data, stored):
        return None
    if erasure.pending(db.session(), identity) is None:
        return None
    return db.session.get(Account, identity)


@bp.get("/meeting-safely")
@audience(Audience.ANYONE)
def meeting_safely() -> str:
    return render_template("privacy_tools/meeting_safely.html")
