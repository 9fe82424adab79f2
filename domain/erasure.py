"""Leave: invisible at once, a week to come back if wanted, then every row and the key are gone (Art. 17).

What remains names nobody: a mark in the erasure ledger, by which the erasure is done again after a restore;
how many people came to an outing; and audit entries whose ids lead nowhere.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from domain import audit, blocks, circles, events, outbox, restrictions, schedule, sealed
from domain.audit import Action
from domain.errors import NotFound
from domain.models import (
    Account,
    Erasure,
    ErasureMark,
    Event,
    FormerGuests,
    Group,
    Occurrence,
    Report,
    Rsvp,
    RsvpStatus,
)

UNDO = timedelta(days=7)
LEDGER = "erasures.ledger"  #: the file in the home folder where workers keep it, apart from the database
CLOSED = "The organizer is no longer here."


class KeyMissing(Exception):
    """The ledger holds marks made with a master key that was not given; with it, apply the ledger again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One line of the ledger."""

    mark: str
    master: str  #: which master key made it

    def line(self) -> str:
        """Return it as text, as it is kept outside the database."""
        return f"{self.master} {self.mark}"

    @classmethod
    def from_line(cls, line: str) -> Mark:
        """Read such a line; raises ``ValueError``."""
        master, mark = line.split()
        return cls(mark=mark, master=master)


def ask(session: Session, *, account: Account, at_once: bool, now: datetime) -> Erasure:
    """Make an account invisible and sign it out everywhere; erase it now or, with a way back, in a week.

    Groups it runs are closed and whoever said yes is told; its own answers are taken back.
    """
    row = pending(session, account.id)
    if row is None:
        row = Erasure(account=account.id, asked_at=now, due_at=now if at_once else now + UNDO)
        session.add(row)
        _withdraw(session, account, now)
    elif at_once:
        row.due_at = now
    session.flush()
    timer = events.ErasureDue(erasure=row.id, account=account.id)
    outbox.record(session, timer, not_before=0.0 if at_once else row.due_at.timestamp())
    audit.record(
        session,
        actor=account.id,
        action=Action.ERASURE_ASKED,
        about=f"account:{account.id}",
        reason="At once." if at_once else "In a week.",
        now=now,
    )
    return row


def _withdraw(session: Session, account: Account, now: datetime) -> None:
    close_groups(session, organizer=account.id, now=now)
    blocks.take_back(session, member=account.id, groups=None, now=now)
    account.active = False
    account.fs_uniquifier = uuid4().hex  # every session and calendar link names the old one


def close_groups(session: Session, *, organizer: str, now: datetime) -> None:
    """Close what a person runs, and tell whoever said yes."""
    running = select(Group).where(Group.organizer == organizer, Group.closed_at.is_(None))
    for group in session.scalars(running.order_by(Group.id)).all():
        schedule.wind_up(session, group=group, reason=CLOSED, now=now)


def pending(session: Session, account: str) -> Erasure | None:
    """Return the erasure that waits for its day."""
    return session.scalar(select(Erasure).where(Erasure.account == account))


def undo(session: Session, *, account: Account, now: datetime) -> None:
    """Come back before the day; raises `NotFound` where nothing waits."""
    row = pending(session, account.id)
    if row is None:
        raise NotFound
    session.delete(row)
    session.flush()
    account.active = restrictions.may_be_active(session, account.id)
    audit.record(
        session,
        actor=account.id,
        action=Action.ERASURE_UNDONE,
        about=f"account:{account.id}",
        reason="The owner came back.",
        now=now,
    )


def mark_of(session: Session, account: str) -> Mark:
    """Return the ledger's mark of an account, made with the newest master key."""
    master, mark = next(iter(session.info["keyring"].marks(account).items()))
    return Mark(mark=mark, master=master)


def erase(session: Session, *, account: str, now: datetime) -> None:
    """Remove every row of an account and destroy its key; safe to repeat."""
    close_groups(session, organizer=account, now=now)
    circles.step_out_everywhere(session, member=account, now=now)
    _forget_words(session, account)
    _keep_counts(session, account, now)
    session.flush()
    session.execute(delete(Account).where(Account.id == account).execution_options(synchronize_session=False))
    sealed.forget(session, account)
    session.expire_all()
    mark = mark_of(session, account)
    if session.get(ErasureMark, mark.mark) is None:
        session.add(ErasureMark(mark=mark.mark, master=mark.master, erased_at=now))
        audit.record(
            session,
            actor=None,
            action=Action.ERASED,
            about=f"account:{account}",
            reason="Asked for by its owner.",
            now=now,
        )
        outbox.record(session, events.AccountErased(mark=mark.mark, master=mark.master))
    session.flush()


def _forget_words(session: Session, account: str) -> None:
    """Empty what is theirs in rows that stay: words about their groups and events, and in their reports.

    Names of groups and titles of events stay: other people's own history speaks of them.
    """
    own = select(Group.id).where(Group.organizer == account)
    texts = {"address": None, "venue": None, "url": None, "greeter": None, "leaving": None, "arriving": None}
    session.execute(
        update(Event)
        .where(Event.group.in_(own))
        .values(text="", cancel_reason=None, latitude=None, longitude=None, **texts)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Group)
        .where(Group.organizer == account)
        .values(summary="", description="", greeter=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Report)
        .where(Report.account == account)
        .values(sealed=None)
        .execution_options(synchronize_session=False)
    )


def _keep_counts(session: Session, account: str, now: datetime) -> None:
    """Let past outings keep how many came, without who."""
    came = (
        select(Rsvp.occurrence)
        .join(Occurrence, Occurrence.id == Rsvp.occurrence)
        .where(Rsvp.member == account, Rsvp.status == RsvpStatus.YES, Occurrence.starts_at <= now)
    )
    for occurrence in session.scalars(came).all():
        row = session.get(FormerGuests, occurrence)
        if row is None:
            session.add(FormerGuests(occurrence=occurrence, number=1))
        else:
            row.number += 1


def ledger(session: Session) -> list[Mark]:
    """Return every mark, oldest first."""
    rows = session.scalars(select(ErasureMark).order_by(ErasureMark.erased_at, ErasureMark.mark))
    return [Mark(mark=row.mark, master=row.master) for row in rows]


def apply_ledger(session: Session, marks: Collection[Mark], *, now: datetime) -> int:
    """Erase again whom the ledger names and a restore has brought back; return how many.

    To be done before the site opens. Raises `KeyMissing` where a mark cannot be compared.
    """
    keyring: sealed.Keyring = session.info["keyring"]
    known = {each.mark for each in marks}
    if missing := {each.master for each in marks} - keyring.marks("").keys():
        raise KeyMissing(", ".join(sorted(missing)))
    found = [
        account
        for account in session.scalars(select(Account.id).order_by(Account.id)).all()
        if known & set(keyring.marks(account).values())
    ]
    for account in found:
        erase(session, account=account, now=now)
    return len(found)
