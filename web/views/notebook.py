"""The notebook: two light tools, own topics, and companion tracks to tick; for the member alone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import notebook, portfolio
from domain.errors import Invalid, NotFound
from domain.models import EntryKind
from domain.notebook import Entry
from web import clock, tips
from web.auth import Audience, audience, current_member
from web.db import db
from web.forms.notebook import FORMS, EntryForm
from web.tips import Track

bp = Blueprint("notebook", __name__, url_prefix="/notebook")

_KIND = "<any(topic, thought, pleasant, activity, person):kind>"
#: The basis of each tool.
BASES = {EntryKind.THOUGHT: Track.THOUGHT, EntryKind.PLEASANT: Track.PLEASANT}
SHOWN = 20


@bp.get("/")
@audience(Audience.MEMBER)
def index() -> str:
    ticked = notebook.ticked(db.session(), member=current_member().id)
    return render_template(
        "notebook/index.html",
        tracks=[
            {
                "id": track,
                "name": name,
                "tips": tips.of_track(track),
                "tried": sum(tip.id in ticked for tip in tips.of_track(track)),
            }
            for track, name in tips.TRACKS.items()
        ],
        ticked=ticked,
        sensitive=True,
    )


@bp.get(f"/{_KIND}")
@audience(Audience.MEMBER)
def page(kind: str) -> str:
    return _page(EntryKind(kind), FORMS[EntryKind(kind)]())


def _page(kind: EntryKind, form: EntryForm) -> str:
    basis: list[Any] = tips.of_track(BASES[kind]) if kind in BASES else []
    return render_template(
        f"notebook/{kind}.html",
        form=form,
        kind=kind,
        basis=basis,
        entries=notebook.entries(db.session(), member=current_member().id, kind=kind, limit=SHOWN),
        sensitive=True,
    )


@bp.post(f"/{_KIND}")
@audience(Audience.MEMBER)
def write(kind: str) -> Response | tuple[str, int]:
    chosen = EntryKind(kind)
    form = FORMS[chosen]()
    if not (form.validate() and _written(chosen, form)):
        return _page(chosen, form), 422
    db.session.commit()
    flash(_("Kept, for you alone."), "success")
    return redirect(_home(chosen), 303)


def _written(kind: EntryKind, form: EntryForm) -> bool:
    try:
        notebook.write(
            db.session(), member=current_member().id, kind=kind, said=form.said(kind), now=clock.now()
        )
    except Invalid as invalid:
        for name, text in invalid.problems.items():
            form[name].errors = [*form[name].errors, text]
        return False
    return True


@bp.get("/entries/<entry>")
@audience(Audience.MEMBER)
def edit(entry: str) -> str:
    found = _found(entry)
    return _edit_page(found, FORMS[found.kind](data=dict(found.said)))


def _found(entry: str) -> Entry:
    found = notebook.opened(db.session(), member=current_member().id, entry=entry)
    if found.kind not in FORMS:
        raise NotFound
    return found


def _edit_page(entry: Entry, form: EntryForm) -> str:
    return render_template(
        f"notebook/{entry.kind}.html", form=form, kind=entry.kind, editing=entry.id, sensitive=True
    )


@bp.post("/entries/<entry>")
@audience(Audience.MEMBER)
def rewrite(entry: str) -> Response | tuple[str, int]:
    found = _found(entry)
    form = FORMS[found.kind]()
    if not form.validate():
        return _edit_page(found, form), 422
    said = form.said(found.kind)
    notebook.rewrite(db.session(), member=current_member().id, entry=entry, said=said)
    db.session.commit()
    flash(_("Changed."), "success")
    return redirect(_home(found.kind), 303)


def _home(kind: EntryKind) -> str:
    """Return where entries of a kind are listed."""
    return url_for("portfolio.index") if kind in portfolio.KINDS else url_for("notebook.page", kind=kind)


@bp.post("/entries/<entry>/<any(done, remove):way>")
@audience(Audience.MEMBER)
def change(entry: str, way: str) -> Response:
    """Mark an entry as done, or take it out."""
    member = current_member().id
    kind = EntryKind(notebook.own(db.session(), member=member, entry=entry).kind)
    if way == "done":
        notebook.finish(db.session(), member=member, entry=entry, now=clock.now())
    else:
        notebook.remove(db.session(), member=member, entry=entry)
    db.session.commit()
    flash(_("Well done.") if way == "done" else _("Taken out."), "success")
    return redirect(_home(kind) if kind in FORMS else url_for("notebook.index"), 303)


@bp.post("/tips/<tip>/tick")
@audience(Audience.MEMBER)
def tick(tip: str) -> Response:
    """Note that a small thing was tried; as often as one likes."""
    found = next((each for each in tips.tips() if each.id == tip and each.track in tips.TRACKS), None)
    if found is None:
        raise NotFound
    notebook.tick(db.session(), member=current_member().id, item=found.id, now=clock.now())
    db.session.commit()
    flash(_("Noted. Tried once is tried."), "success")
    return redirect(url_for("notebook.index", _anchor=f"track-{found.track}"), 303)
