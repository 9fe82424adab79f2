"""A few neutral things to talk about, prepared for a meeting (R51)."""

from __future__ import annotations

from flask_babel import gettext as _

from domain import notebook
from domain.models import Event
from web.auth import current_member
from web.db import db
from web.outing_words import interest_words

#: Own topics shown beside the three; more would be something to learn by heart.
OWN = 3


def prepared(event: Event) -> list[str]:
    """Return the member's own newest topics and three neutral ones."""
    return [*notebook.topics(db.session(), member=current_member().id)[:OWN], *neutral(event)]


def neutral(event: Event) -> list[str]:
    """Return three: about the day, about what is shared, about what is on nearby (R23)."""
    shared = [each.interest for each in event.interests][:1]
    about = (
        _("How did you come to like %(interest)s?", interest=interest_words(shared))
        if shared
        else _("How did you hear of this group?")
    )
    return [
        str(_("Have you come far today?")),
        str(about),
        str(_("Is there anything nice on nearby these weeks?")),
    ]
