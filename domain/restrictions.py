"""What holds an account back because of a report: no new places, out of one group, or out altogether."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from domain.models import Account, Erasure, Limit, Restriction


def impose(
    session: Session,
    *,
    account: str,
    limit: Limit,
    report: str | None,
    now: datetime,
    group: str | None = None,
) -> Restriction:
    """Hold an account back, at once. A suspended one is signed out at its next request."""
    row = Restriction(account=account, limit=limit, group=group, report=report, since=now)
    session.add(row)
    if limit is Limit.SUSPENDED:
        session.get_one(Account, account).active = False
    session.flush()
    return row


def lift(session: Session, *, report: str, limit: Limit, now: datetime) -> list[str]:
    """End what a report brought about; return the accounts it held back."""
    rows = session.scalars(
        select(Restriction).where(
            Restriction.report == report, Restriction.limit == limit, Restriction.lifted_at.is_(None)
        )
    ).all()
    for row in rows:
        row.lifted_at = now
    session.flush()
    if limit is Limit.SUSPENDED:
        for row in rows:
            session.get_one(Account, row.account).active = may_be_active(session, row.account)
    return [row.account for row in rows]


def may_be_active(session: Session, account: str) -> bool:
    """Return whether nothing keeps this account from signing in: no suspension, and it is not leaving."""
    leaving = session.scalar(select(exists().where(Erasure.account == account)))
    suspended = exists().where(
        Restriction.account == account, Restriction.limit == Limit.SUSPENDED, Restriction.lifted_at.is_(None)
    )
    return not leaving and not session.scalar(select(suspended))


def held(session: Session, members: Collection[str]) -> set[str]:
    """Return those of the members who are given no new places."""
    rows = session.scalars(
        select(Restriction.account).where(
            Restriction.account.in_(members),
            Restriction.limit.in_((Limit.PAUSED, Limit.SUSPENDED)),
            Restriction.lifted_at.is_(None),
        )
    )
    return set(rows)


def kept_out(session: Session, *, member: str, group: str) -> bool:
    """Return whether a member may not join a group or have a place there: held back, or removed from it."""
    removed = exists().where(
        Restriction.account == member,
        Restriction.limit == Limit.REMOVED,
        Restriction.group == group,
        Restriction.lifted_at.is_(None),
    )
    return bool(held(session, [member])) or session.scalar(select(removed)) is True
