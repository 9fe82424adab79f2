"""A person's account: how they sign in, what they agreed to, and becoming an organizer."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import accounts
from domain.models import RoleName
from web import visits
from web.auth import Audience, audience, current_account
from web.db import db
from web.forms.accounts import OrganizerForm

bp = Blueprint("accounts", __name__)


@bp.get("/check-mail")
@audience(Audience.ANYONE)
def check_mail() -> str:
    """Say what happens after signing up; the same for an address that was known already."""
    return render_template("accounts/check_mail.html")


@bp.get("/account/")
@audience(Audience.ACCOUNT)
def index() -> str:
    account = current_account()
    return render_template(
        "accounts/index.html",
        account=account,
        email=accounts.email_of(db.session(), account),
        is_organizer=account.has(RoleName.ORGANIZER),
    )


@bp.get("/account/organizer")
@audience(Audience.ACCOUNT)
def organizer() -> str:
    return render_template("accounts/organizer.html", form=OrganizerForm())


@bp.post("/account/organizer")
@audience(Audience.ACCOUNT)
def become_organizer() -> tuple[str, int] | Response:
    form = OrganizerForm()
    if not form.validate():
        return render_template("accounts/organizer.html", form=form), 422
    accounts.grant(db.session(), account=current_account(), role=RoleName.ORGANIZER)
    visits.renew(current_account().id)
    db.session.commit()
    flash(_("You can set up groups and events now."), "success")
    return redirect(url_for("accounts.index"), 303)
