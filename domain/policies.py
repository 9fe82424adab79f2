"""Who may: every rule in one place, in two voices. ``check_...`` raises, ``can_...`` answers a template."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.errors import NotAllowed, NotFound
from domain.models import Group, RoleName


class Audience(StrEnum):
    """Who a page is for; every route is bound to exactly one."""

    ANYONE = "anyone"
    ACCOUNT = "account"  #: signed in
    MEMBER = "member"  #: signed in, with a member profile
    ORGANIZER = "organizer"
    MODERATOR = "moderator"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewer:
    """Who asks."""

    account: str | None = None
    is_member: bool = False
    roles: frozenset[RoleName] = frozenset()


def can_see_audience(viewer: Viewer, audience: Audience) -> bool:
    """Return whether a page for ``audience`` is for this viewer."""
    match audience:
        case Audience.ANYONE:
            return True
        case Audience.ACCOUNT:
            return viewer.account is not None
        case Audience.MEMBER:
            return viewer.is_member
        case Audience.ORGANIZER:
            return RoleName.ORGANIZER in viewer.roles
        case Audience.MODERATOR:
            return RoleName.MODERATOR in viewer.roles
        case Audience.ADMIN:
            return RoleName.ADMIN in viewer.roles


def check_audience(viewer: Viewer, audience: Audience) -> None:
    """Raise `NotAllowed` where the page is not for this viewer."""
    if not can_see_audience(viewer, audience):
        raise NotAllowed("This page is not part of your account.")


def can_run_group(viewer: Viewer, group: Group) -> bool:
    """Return whether the viewer organizes the group."""
    return RoleName.ORGANIZER in viewer.roles and group.organizer == viewer.account


def check_can_run_group(viewer: Viewer, group: Group) -> None:
    """Raise `NotFound` for anybody but the group's organizer: others need not learn that it exists."""
    if not can_run_group(viewer, group):
        raise NotFound
