"""The groups, events and occurrences an organizer runs; another's are not there for them."""

from __future__ import annotations

from domain import policies
from domain.errors import NotFound
from domain.models import Event, Group, Occurrence
from web.auth import viewer
from web.db import db


def group(identity: str) -> Group:
    """Return an open group of the viewer's own, or raise `NotFound`."""
    found = db.session.get(Group, identity)
    if found is None or found.closed_at is not None:
        raise NotFound
    policies.check_can_run_group(viewer(), found)
    return found


def event(identity: str) -> tuple[Event, Group]:
    """Return an event of the viewer's own and its group, or raise `NotFound`."""
    found = db.session.get(Event, identity)
    if found is None:
        raise NotFound
    return found, group(found.group)


def occurrence(identity: str) -> tuple[Occurrence, Event, Group]:
    """Return an occurrence of the viewer's own, its event and group, or raise `NotFound`."""
    found = db.session.get(Occurrence, identity)
    if found is None:
        raise NotFound
    return found, *event(found.event)
