"""Somebody at one's side: invite, preview, see each look, end it; and the other side of it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import mails, support_notes, supporters
from domain.errors import Invalid
from domain.models import Support, Topic
from domain.supporters import Item, Seen
from web import clock, filters, progress_words
from web.auth import Audience, audience, current_account, current_member
from web.config import WebConfig
from web.db import db
from web.forms.supporters import ITEMS, TOPICS, InviteForm, NoteForm, StepForm
from web.fresh import fresh

bp = Blueprint("supporters", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/supporters/")
@audience(Audience.MEMBER)
def index() -> str:
    session, now = db.session(), clock.now()
    rows = supporters.of_member(session, member=current_member().id)
    looked = supporters.last_looked(session, rows=rows)
    return render_template(
        "supporters/index.html",
        grants=[
            {
                "row": row,
                "name": supporters.name_of(session, row),
                "in_force": supporters.is_in_force(row, now=now),
                "looked": looked.get(row.id),
            }
            for row in rows
        ],
    )


@bp.route("/supporters/new", methods=["GET", "POST"])
@audience(Audience.MEMBER)
@fresh("supporters.invite")
def invite() -> Page:
    """Choose who sees what, until when; the link is shown once."""
    now = clock.now()
    form = InviteForm(until=(now + supporters.USUAL).date()) if request.method == "GET" else InviteForm()
    if request.method == "GET":
        return render_template("supporters/invite.html", form=form)
    made = _invite(form, now) if form.validate() else None
    if made is None:
        return render_template("supporters/invite.html", form=form), 422
    link = _link(made.token)
    if form.email.data:
        _send(form.email.data, link, now)
    db.session.commit()
    return render_template("supporters/made.html", link=link, support=made.support, sent=form.email.data)


def _invite(form: InviteForm, now: datetime) -> supporters.Invitation | None:
    """Make the grant; None, with the form's problems said, where it cannot be."""
    try:
        return supporters.invite(
            db.session(),
            member=current_member().id,
            name=form.name.data,
            items=[Item(each) for each in form.items.data],
            until=datetime.combine(form.until.data, time(23, 59), _zone()),
            may_propose=bool(form.may_propose.data),
            now=now,
        )
    except Invalid as refusal:
        for name, problem in refusal.problems.items():
            form[name].errors = [*form[name].errors, problem]
        return None


def _zone() -> ZoneInfo:
    return filters.own_zone()


def _link(token: str) -> str:
    config: WebConfig = current_app.extensions["handrail_config"]
    return config.base_url + url_for("supporters.accept", token=token)


def _send(address: str, link: str, now: datetime) -> None:
    member = current_member()
    text = _(
        "Hello,\n\n%(name)s would like you to be at their side on Handrail, and chose what you may see. "
        "It is up to you. To look at it, open this link within 14 days:\n\n%(link)s\n\n"
        "If you do not know %(name)s, there is nothing to do.\n\nHandrail\n",
        name=member.display_name,
        link=link,
    )
    mails.request(
        db.session(),
        account=member.id,
        kind="supporter_invitation",
        subject=_("Somebody would like you at their side"),
        text=text,
        to=address.strip(),
        now=now,
    )


@bp.get("/supporters/<support>/")
@audience(Audience.MEMBER)
def page(support: str) -> str:
    """Show one grant: exactly what they see, when they looked, what they wrote."""
    session, member = db.session(), current_member().id
    row = supporters.own(session, member=member, support=support)
    return render_template(
        "supporters/page.html",
        row=row,
        name=supporters.name_of(session, row),
        in_force=supporters.is_in_force(row, now=clock.now()),
        **_shown(supporters.see(session, row=row, now=clock.now())),
        readings=supporters.readings(session, row=row),
        notes=support_notes.notes(session, member=member, support=support),
        topics=TOPICS,
        items=ITEMS,
    )


def _shown(seen: Seen | None) -> dict[str, Any]:
    """Return what is seen, for a page: the same to who previews it and to who looks."""
    goals = seen.goals if seen else None
    lines = None if goals is None else [progress_words.goal_of_another(each) for each in goals]
    return {"seen": seen, "goals": lines}


@bp.post("/supporters/<support>/revoke")
@audience(Audience.MEMBER)
def revoke(support: str) -> Response:
    supporters.revoke(db.session(), member=current_member().id, support=support, now=clock.now())
    db.session.commit()
    flash(_("Done. They see nothing of you from now on."), "success")
    return redirect(url_for("supporters.index"), 303)


@bp.post("/supporters/notes/<note>/<any(take, leave):answer>")
@audience(Audience.MEMBER)
def decide(note: str, answer: str) -> Response:
    """Take a proposed step onto one's ladder, or leave it."""
    row = support_notes.decide(
        db.session(), member=current_member().id, note=note, take=answer == "take", now=clock.now()
    )
    db.session.commit()
    flash(
        _("It stands at the end of your ladder now.") if answer == "take" else _("Left. Nothing changes."),
        "success",
    )
    return redirect(url_for("supporters.page", support=row.support), 303)


@bp.route("/supporting/accept/<token>", methods=["GET", "POST"])
@audience(Audience.ACCOUNT)
def accept(token: str) -> Page:
    """Say what is offered; sent, the link is used up."""
    session, me, now = db.session(), current_account().id, clock.now()
    if request.method == "GET":
        row = supporters.find(session, token=token, account=me, now=now)
        return render_template("supporters/accept.html", row=row, token=token, items=ITEMS)
    row = supporters.accept(session, token=token, account=me, now=now)
    db.session.commit()
    return redirect(url_for("supporters.supported", support=row.id), 303)


@bp.get("/supporting/")
@audience(Audience.ACCOUNT)
def supporting() -> str:
    found = supporters.of_supporter(db.session(), supporter=current_account().id, now=clock.now())
    return render_template("supporters/supporting.html", found=found)


def _granted(support: str) -> Support:
    return supporters.granted(db.session(), supporter=current_account().id, support=support, now=clock.now())


@bp.get("/supporting/<support>/")
@audience(Audience.ACCOUNT)
def supported(support: str) -> str:
    """Show what was chosen, once a look has been noted."""
    return _supported(_granted(support), note=NoteForm(formdata=None), step=_steps(None))


def _supported(row: Support, **forms: Any) -> str:
    session, now = db.session(), clock.now()
    looking = supporters.looking(session, row=row, now=now)
    return render_template(
        "supporters/supported.html",
        row=row,
        **_shown(supporters.see(session, row=row, now=now) if looking else None),
        items=ITEMS,
        has_errors=any(form.errors for form in forms.values()),
        **forms,
    )


@bp.post("/supporting/<support>/look")
@audience(Audience.ACCOUNT)
def look(support: str) -> Response:
    row = supporters.begin_look(
        db.session(), supporter=current_account().id, support=support, now=clock.now()
    )
    db.session.commit()
    return redirect(url_for("supporters.supported", support=row.id), 303)


@bp.post("/supporting/<support>/notes")
@audience(Audience.ACCOUNT)
def write(support: str) -> Page:
    form = NoteForm()
    if not form.validate():
        return _supported(_granted(support), note=form, step=_steps(None)), 422
    return _write(support, Topic(form.topic.data), form.words.data)


def _steps(sent: Any) -> StepForm:
    """Return the second form of the page, its fields named apart from the first one's."""
    return StepForm(formdata=sent, prefix="step-", meta={"csrf": False})  # the page's guard checks the token


@bp.post("/supporting/<support>/steps")
@audience(Audience.ACCOUNT)
def propose(support: str) -> Page:
    form = _steps(request.form)
    if not form.validate():
        return _supported(_granted(support), note=NoteForm(formdata=None), step=form), 422
    return _write(support, Topic.STEP, form.words.data)


def _write(support: str, topic: Topic, words: str) -> Response:
    support_notes.write(
        db.session(),
        supporter=current_account().id,
        support=support,
        topic=topic,
        words=words,
        now=clock.now(),
    )
    db.session.commit()
    flash(_("Sent. They read it when they like."), "success")
    return redirect(url_for("supporters.supported", support=support), 303)
