"""The pages; each module is one blueprint, named here in the order of a visit."""

from __future__ import annotations

from flask import Blueprint

from web.views import (
    accounts,
    admin,
    blocks,
    calendar,
    checkins,
    events,
    goals,
    groups,
    health,
    home,
    ladder,
    moderation,
    notebook,
    organizer,
    pages,
    privacy_tools,
    profile,
    progress,
    reflections,
    reports,
    rsvps,
    suggestions,
    supporters,
    visits,
    wins,
)
from web.views import help as help_

BLUEPRINTS: tuple[Blueprint, ...] = (
    home.bp,
    accounts.bp,
    visits.bp,
    profile.bp,
    suggestions.bp,
    rsvps.bp,
    reflections.bp,
    ladder.bp,
    progress.bp,
    wins.bp,
    goals.bp,
    checkins.bp,
    notebook.bp,
    events.bp,
    groups.bp,
    calendar.bp,
    privacy_tools.bp,
    blocks.bp,
    reports.bp,
    supporters.bp,
    organizer.bp,
    moderation.bp,
    admin.bp,
    help_.bp,
    pages.bp,
    health.bp,
)
