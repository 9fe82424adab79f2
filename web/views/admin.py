"""Where an admin's day begins: how many, what is in force, what waits."""

from __future__ import annotations

from flask import Blueprint, render_template

from domain import bulk_runs, desk, facilitation, overview, settings
from web import admin_words, clock
from web.auth import Audience, audience
from web.db import db
from web.views import (
    admin_desk,
    admin_directory,
    admin_facilitation,
    admin_matching,
    admin_models,
    admin_runs,
)

bp = Blueprint("admin", __name__, url_prefix="/admin")
PARTS = (admin_matching, admin_models, admin_runs, admin_desk, admin_directory, admin_facilitation)
for part in PARTS:
    bp.register_blueprint(part.bp)
for word in (admin_words.short, admin_words.person, admin_words.ago, admin_words.number):
    bp.add_app_template_filter(word, f"admin_{word.__name__}")


@bp.get("/")
@audience(Audience.ADMIN)
def index() -> str:
    session = db.session()
    version, _settings = settings.in_force(session)
    return render_template(
        "admin/index.html",
        figures=overview.figures(session, now=clock.now()),
        version=version,
        lanes=desk.figures(session),
        counts=overview.run_counts(session),
        bulk=bulk_runs.latest(session),
        to_look_up=len(facilitation.waiting(session, now=clock.now())),
    )
