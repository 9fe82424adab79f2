"""Matching runs as an admin sees them: how they went, never what they found."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from domain import overview
from domain.models import RunStatus
from web import admin_words
from web.auth import Audience, audience
from web.db import db

bp = Blueprint("runs", __name__, url_prefix="/runs")
LAST_PAGE = 1000


@bp.get("/")
@audience(Audience.ADMIN)
def index() -> str:
    session = db.session()
    asked = request.args.get("status", "")
    status = RunStatus(asked) if asked in list(RunStatus) else None
    page = min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
    rows, older = overview.recent_runs(session, status=status, page=page)
    return render_template(
        "admin/runs.html",
        rows=rows,
        older=older,
        page=page,
        status=status,
        counts=overview.run_counts(session),
        ruled_out=overview.exclusions(session),
        exclusion=admin_words.exclusion,
    )
