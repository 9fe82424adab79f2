"""What there is and what there is not, in words, and what of it a member asked for (R77)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _

from domain import inclusion, members
from domain.inclusion import Item, Said
from domain.models import Event, Group
from web.auth import current_member
from web.db import db
from web.forms.choices import ACCESS


def asked_for() -> tuple[str, ...]:
    """Return what the member who is signed in needs in order to take part, as they said it."""
    return members.read_private(db.session(), current_member()).access_needs


def answers(known: dict[Item, Said], needs: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return each item with its answer, as a list of facts shows it; what a member needs says so."""
    words = {Said.YES: _("Yes"), Said.NO: _("No"), Said.UNSAID: _("Not stated")}
    needed = {answer: _("%(answer)s. You asked for it", answer=said) for answer, said in words.items()}
    return [
        {"term": ACCESS[item], "text": (needed if item in needs else words)[answer]}
        for item, answer in known.items()
    ]


def of_event(event: Event, group: Group, needs: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return the checklist of an event."""
    return answers(inclusion.checklist(inclusion.statement(event, group)), needs)


def of_group(group: Group) -> list[dict[str, Any]]:
    """Return what a group says of all it does; what only its events say is left out."""
    stated = {*group.access, *group.access_unmet}
    known = {item: Said.NO if item in group.access_unmet else Said.YES for item in Item if item in stated}
    open_items = {item: Said.UNSAID for item in inclusion.ASKED if item not in known}
    return answers(known | open_items)


def missing(event: Event, group: Group, needs: Collection[str]) -> list[str]:
    """Return in sentences what a member asked for and would not, or may not, find there."""
    if not needs:
        return []
    found = inclusion.not_met(needs, inclusion.statement(event, group))
    sentences = {
        Said.NO: _("You asked for this, and it is not there:"),
        Said.UNSAID: _("You asked for this, and nobody has said if it is there:"),
    }
    return [f"{sentences[answer]} {_listed(items)}." for answer, items in found.items()]


def _listed(items: list[Item]) -> str:
    labels = (str(ACCESS[item]) for item in items)
    return "; ".join(label[:1].lower() + label[1:] for label in labels)
