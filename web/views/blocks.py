"""The people of a group, the people one would rather not meet, and taking that back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import blocks, groups, people
from domain.people import Mention
from web import clock
from web.auth import Audience, audience, current_account, current_member
from web.db import db

bp = Blueprint("blocks", __name__)


@bp.get("/blocks/")
@audience(Audience.MEMBER)
def index() -> str:
    return render_template(
        "blocks/index.html", blocked=blocks.listed(db.session(), member=current_member().id)
    )


@bp.post("/blocks/<block>/undo")
@audience(Audience.MEMBER)
def undo(block: str) -> Response:
    blocks.undo(db.session(), member=current_member().id, block=block, now=clock.now())
    db.session.commit()
    flash(_("Done. You may meet each other again."), "success")
    return redirect(url_for("blocks.index"), 303)


@bp.get("/groups/<group>/people")
@audience(Audience.ACCOUNT)
def of_group(group: str) -> str:
    """Show who of a group agreed to be named to it, to those who belong to it."""
    viewer = current_account().id
    named = people.of_group(db.session(), viewer=viewer, group=group)
    found = groups.get_open(db.session(), viewer=viewer, group=group)
    unnamed = groups.size(db.session(), viewer=viewer, group=group) - len(named)
    belongs = groups.membership(db.session(), member=viewer, group=group) is not None
    return render_template(
        "blocks/people.html",
        group=found,
        people=named,
        unnamed=unnamed - belongs,
        runs_it=found.organizer == viewer,
    )


@bp.get("/people/<membership>/block")
@audience(Audience.ACCOUNT)
def ask_fellow(membership: str) -> str:
    mention = people.fellow(db.session(), viewer=current_account().id, membership=membership)
    return _ask(mention, url_for("blocks.block_fellow", membership=membership))


@bp.post("/people/<membership>/block")
@audience(Audience.ACCOUNT)
def block_fellow(membership: str) -> Response:
    return _block(people.fellow(db.session(), viewer=current_account().id, membership=membership))


@bp.get("/groups/<group>/organizer/block")
@audience(Audience.MEMBER)
def ask_organizer(group: str) -> str:
    mention = people.organizer_of(db.session(), viewer=current_member().id, group=group)
    return _ask(mention, url_for("blocks.block_organizer", group=group))


@bp.post("/groups/<group>/organizer/block")
@audience(Audience.MEMBER)
def block_organizer(group: str) -> Response:
    return _block(people.organizer_of(db.session(), viewer=current_member().id, group=group))


def _ask(mention: Mention, action: str) -> str:
    """Say what it means, before it is done."""
    return render_template("blocks/ask.html", mention=mention, action=action)


def _block(mention: Mention) -> Response:
    me = current_account().id
    blocks.block(db.session(), member=me, other=mention.account, label=mention.label, now=clock.now())
    db.session.commit()
    flash(_("Done. You and they do not see each other any more. They are not told."), "success")
    return redirect(url_for("blocks.done", group=mention.group), 303)


@bp.get("/groups/<group>/parted")
@audience(Audience.ACCOUNT)
def done(group: str) -> str:
    """Offer a way on: another group, or leaving this one quietly."""
    viewer = current_account().id
    found = groups.named(db.session(), group=group)
    row = groups.membership(db.session(), member=viewer, group=found.id)
    return render_template("blocks/done.html", membership=row)
