"""Somebody to talk to: the directory of professional support, open to everybody, also without an account."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from domain import directory
from domain.models import Approach, ServiceKind
from web import directory_words
from web.auth import Audience, audience
from web.db import db

bp = Blueprint("directory", __name__, url_prefix="/support")


@bp.get("/")
@audience(Audience.ANYONE)
def index() -> str:
    """Show services; each approach is a filter of its own, and one that is unknown counts as not asked."""
    approaches = [each for each in Approach if request.args.get(each.value) == "1"]
    asked = request.args.get("kind", "")
    kind = ServiceKind(asked) if asked in list(ServiceKind) else None
    online = request.args.get("online") == "1"
    page = directory.look(
        db.session(),
        approaches=approaches,
        kind=kind,
        online=online,
        page=request.args.get("page", 1, type=int),
    )
    query: dict[str, Any] = {each.value: 1 for each in approaches}
    query |= {"kind": kind.value} if kind else {}
    query |= {"online": 1} if online else {}
    return render_template(
        "directory/index.html",
        services=[directory_words.card(each) for each in page.services],
        page=page,
        query=query,
        kinds=directory_words.KINDS,
        approaches=directory_words.APPROACHES,
        notes=directory_words.APPROACH_NOTES,
    )
