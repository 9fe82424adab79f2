"""What the ladder's rules would say to a member just now: worked out when looked at, stored nowhere."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.orm import Session

from domain import comforts, ladders, trails
from domain.models import Member
from matching import ladder
from matching.advice import Reason
from matching.pace import MOST_PER_WEEK, TARGETS, State


class Notice(StrEnum):
    """What a page may say beside the reasons of `matching.advice`."""

    CHECK_IN = "check_in"  #: several outings were missed: a friendly question, no push
    PLATEAU = "plateau"  #: much the same for a while: another kind of step, not a higher one
    RECOVERING = "recovering"  #: a set-back is over, and steps grow again, slowly


def of(session: Session, *, member: Member) -> tuple[Reason | Notice, ...]:
    """Return what there is to say, what matters most first; empty for most people on most days."""
    found: list[Reason | Notice] = []
    state = comforts.load(session, member.id)
    if state is not None:
        found += _about_support(session, member.id, state)
        found += _about_pace(state, member)
    view = ladders.current(session, member=member.id)
    if view is not None and view.rungs and view.keeping:
        found.append(Reason.MAINTENANCE)
    return tuple(found)


def _about_support(session: Session, member: str, state: State) -> list[Reason | Notice]:
    """Somebody to talk to, kindly; no mark of it is kept."""
    trail = trails.read(session, member=member)
    if not trail:
        return []
    decision = ladder.signpost(state.pace, index=trail[-1].index, index_sd=trail[-1].index_sd)
    return [decision.reason] if decision else []


def _about_pace(state: State, member: Member) -> list[Reason | Notice]:
    pace = state.pace
    if ladder.asks_check_in(pace):
        return [Notice.CHECK_IN]
    if pace.holding:
        return [Reason.HELD_AFTER_SET_BACK]
    if pace.target < TARGETS[pace.stride]:
        return [Notice.RECOVERING]
    if ladder.plateau(pace):
        return [Notice.PLATEAU]
    fits = member.weekly_cap < MOST_PER_WEEK and ladder.second_outing(pace).allowed
    return [Reason.FOUR_CALM] if fits else []
