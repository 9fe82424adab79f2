"""The pages; each module is one blueprint, named here in the order of a visit."""

from __future__ import annotations

from flask import Blueprint

from web.views import accounts, health, home, pages, profile
from web.views import help as help_

BLUEPRINTS: tuple[Blueprint, ...] = (
    home.bp,
    accounts.bp,
    profile.bp,
    help_.bp,
    pages.bp,
    health.bp,
)
