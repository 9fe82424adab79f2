"""What one member may see of another, in one function every query passes through.

A block is mutual: neither sees the other in lists, counts, groups, mails, feeds or matching.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import InstrumentedAttribute

from domain.models import Account, Block


def visible_to(viewer: str | None, person: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Return the condition that ``person``, a column of member ids, may be seen by ``viewer``.

    Without a viewer nobody is visible who has not an active account. Oneself is always visible.
    """
    active = exists().where(Account.id == person, Account.active.is_(True))
    if viewer is None:
        return active
    blocked = exists().where(
        or_(
            and_(Block.member == viewer, Block.other == person),
            and_(Block.other == viewer, Block.member == person),
        )
    )
    return and_(active, ~blocked)
