"""Draft a member's ladder and show it; nothing moves up without the member's yes (R01, R36).

A rung is *reached* when the member has agreed to work at it: the first one by having a ladder, any other by
accepting a proposal. What a page calls now, next, later and settled follows from that and from the order.
Earlier ladders, archived rungs and every change are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import sealed
from domain.errors import Invalid
from domain.ladder_changes import (
    BETWEEN_RAISES,
    HeldBack,
    accept,
    after_reflection,
    decline,
    held_back_until,
    newest_changes,
    own_change,
    record_change,
    replace_open,
    take_smaller,
)
from domain.ladder_records import (
    ChangeBody,
    ChangeKind,
    ChangeView,
    LadderView,
    RungBody,
    RungState,
    RungView,
    states,
)
from domain.models import Ladder, ProposalStatus, Rung
from domain.rungs import (
    MOST_RUNGS,
    add,
    archive,
    check_room,
    in_use,
    move,
    pair_reward,
    restore,
    reword,
    rungs_of,
    settle,
    top,
)

__all__ = [
    "BETWEEN_RAISES",
    "MOST_RUNGS",
    "ChangeBody",
    "ChangeKind",
    "ChangeView",
    "HeldBack",
    "LadderView",
    "RungBody",
    "RungState",
    "RungView",
    "accept",
    "add_own",
    "after_reflection",
    "archive",
    "current",
    "decline",
    "draft",
    "held_back_until",
    "move",
    "own_change",
    "pair_reward",
    "record_change",
    "restore",
    "reword",
    "settle",
    "take_smaller",
]


def draft(session: Session, *, member: str, rungs: Sequence[RungBody], now: datetime) -> Ladder:
    """Give a member a ladder, gentlest rung first; the one in use is kept as history."""
    if not 1 <= len(rungs) <= MOST_RUNGS:
        raise Invalid({"rungs": f"A ladder has one to {MOST_RUNGS} steps."})
    earlier = in_use(session, member)
    if earlier is not None:
        earlier.archived_at = now
        replace_open(session, member, now)
        session.flush()
    ladder = Ladder(member=member, created_at=now)
    session.add(ladder)
    session.flush()
    for position, body in enumerate(rungs):
        add(session, ladder, body, position=position, reached=position == 0)
    session.flush()
    return ladder


def current(session: Session, *, member: str) -> LadderView | None:
    """Return the ladder in use: rungs in order, what moved, and the open proposal; none: no ladder."""
    ladder = session.scalar(select(Ladder).where(Ladder.member == member, Ladder.archived_at.is_(None)))
    if ladder is None:
        return None
    rows = rungs_of(session, ladder)
    opened = {row.id: sealed.unseal(session, row) for row in rows}
    active = [row for row in rows if row.archived_at is None]
    words = states([(row.settled_at is not None, bool(opened[row.id].get("reached"))) for row in active])
    changes = newest_changes(session, member)
    proposal = next((each for each in changes if each.proposal is ProposalStatus.OPEN), None)
    return LadderView(
        id=ladder.id,
        rungs=tuple(
            RungView.of(row, opened[row.id], state=state) for row, state in zip(active, words, strict=True)
        ),
        archived=tuple(RungView.of(row, opened[row.id]) for row in rows if row.archived_at is not None),
        changes=tuple(changes),
        proposal=proposal,
    )


def add_own(session: Session, *, member: str, body: RungBody, now: datetime) -> Rung:
    """Add a step of the member's own as the last one; without a ladder it begins one.

    A step of the same name that is on the ladder already stays the only one: sent twice, it is there once.
    """
    if not body.label.strip():
        raise Invalid({"label": "Say in a few words what the step is."})
    ladder = in_use(session, member)
    if ladder is None:
        ladder = draft(session, member=member, rungs=[body], now=now)
        return rungs_of(session, ladder)[0]
    for row in rungs_of(session, ladder):
        if row.archived_at is None and sealed.unseal(session, row)["label"] == body.to_json()["label"]:
            return row
    check_room(session, ladder)
    row = add(session, ladder, body, position=top(session, ladder) + 1, reached=False)
    session.flush()
    return row
