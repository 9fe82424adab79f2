"""Groups as members meet them: a list, a page, joining and leaving."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import agenda, facilitation, groups
from domain.models import Group
from web import clock, directory_words, inclusion_words, outing_words
from web.auth import Audience, audience, current_member
from web.db import db
from web.prose import prose

bp = Blueprint("groups", __name__, url_prefix="/groups")


@bp.get("/")
@audience(Audience.MEMBER)
def index() -> str:
    member = current_member().id
    interest = request.args.get("interest", "")
    chosen = interest if interest in outing_words.LABELS else None
    found, number, pages = agenda.groups(
        db.session(), member=member, interest=chosen, page=request.args.get("page", 1, type=int)
    )
    return render_template(
        "groups/index.html",
        groups=[_card(group) for group in found],
        mine=[_card(group) for group in agenda.joined(db.session(), member=member)],
        number=number,
        pages=pages,
        interest=chosen or "",
        interests=outing_words.LABELS,
    )


def _card(group: Group) -> dict[str, Any]:
    about = [each.interest for each in group.interests]
    return {
        "id": group.id,
        "title": group.name,
        "href": url_for("groups.page", group=group.id),
        "summary": group.summary or None,
        "where": group.locality,
        "about": outing_words.interest_words(about),
    }


@bp.get("/<group>")
@audience(Audience.MEMBER)
def page(group: str) -> str:
    member = current_member().id
    found = groups.get_open(db.session(), viewer=member, group=group)
    return render_template(
        "groups/page.html",
        group=found,
        about=outing_words.interest_words([each.interest for each in found.interests]),
        led=facilitation.shown(db.session(), group=group, now=clock.now()),
        kinds=directory_words.KINDS,
        text=prose(found.description),
        checklist=inclusion_words.of_group(found),
        membership=groups.membership(db.session(), member=member, group=group),
        entries=[
            outing_words.card(each.occurrence, each.event, each.group)
            for each in agenda.of_group(db.session(), member=member, group=group, now=clock.now())
        ],
    )


@bp.get("/<group>/join")
@audience(Audience.MEMBER)
def ask(group: str) -> str:
    """Say what joining means, before it is done."""
    found = groups.get_open(db.session(), viewer=current_member().id, group=group)
    return render_template("groups/join.html", group=found, member=current_member())


@bp.post("/<group>/join")
@audience(Audience.MEMBER)
def join(group: str) -> Response:
    shown = request.form.get("name_shown") == "yes"
    groups.join(db.session(), member=current_member().id, group=group, now=clock.now(), name_shown=shown)
    db.session.commit()
    flash(_("You belong to the group now. Nothing is expected of you."), "success")
    return redirect(url_for("groups.page", group=group), 303)


@bp.post("/<group>/leave")
@audience(Audience.MEMBER)
def leave(group: str) -> Response:
    groups.leave(db.session(), member=current_member().id, group=group, now=clock.now())
    db.session.commit()
    flash(_("You have left the group. Nobody is told why. You can come back."), "success")
    return redirect(url_for("groups.index"), 303)
