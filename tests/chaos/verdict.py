"""What was lost, doubled or out of order, once all is quiet: read from the database and the post office."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import accounts, comforts, sealed
from domain.clock import seconds_now
from domain.database import Sessions, reading
from domain.models import (
    Mail,
    MatchingRun,
    Member,
    MessageState,
    OutboxMessage,
    Reflection,
    Rsvp,
    RunStatus,
    Suggestion,
)
from tests.chaos.story import Promised


@dataclass(slots=True)
class Verdict:
    """One line per broken promise, by kind."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    mails: int = 0
    repeated: int = 0  #: mails that came more than once, under the same Message-ID

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.out_of_order)

    def expect(self, what: str, *, found: int, wanted: int) -> None:
        """Note too few as lost and too many as doubled."""
        if found < wanted:
            self.lost.append(f"{what}: {found} of {wanted}")
        if found > wanted:
            self.doubled.append(f"{what}: {found} instead of {wanted}")


def still_open(sessions: Sessions) -> int:
    """Return how many messages are still to be worked off, those behind poison left out."""
    with reading(sessions) as session:
        ready = (
            select(func.count())
            .select_from(OutboxMessage)
            .where(
                OutboxMessage.state == MessageState.READY,
                OutboxMessage.kind != "harmless_swallowed",
                OutboxMessage.not_before <= seconds_now() + 60,
            )
        )
        return session.scalar(ready) or 0


def left_over(sessions: Sessions) -> list[str]:
    """Return a line for each message that is neither done nor given up."""
    with reading(sessions) as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.state == MessageState.READY)).all()
        now = time.time()
        return [
            f"left over: {row.kind} of {row.aggregate} after {row.attempts} attempts, {row.last_error},"
            f" due in {row.not_before - now:.1f} s, leased for {(row.lease_until or now) - now:.1f} s"
            for row in rows
        ]


def given_up(sessions: Sessions) -> int:
    """Return how many messages are dead."""
    with reading(sessions) as session:
        dead = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state == MessageState.DEAD)
        return session.scalar(dead) or 0


def judge(sessions: Sessions, promises: Sequence[Promised], received: Counter[str]) -> Verdict:
    """Compare what was acknowledged with what is so."""
    verdict = Verdict()
    with reading(sessions) as session:
        for promised in promises:
            _member(session, promised, verdict)
        _order(session, verdict)
        _runs(session, verdict)
        _mails(session, received, verdict)
        _poison(session, verdict)
    return verdict


def _member(session: Session, promised: Promised, verdict: Verdict) -> None:
    person = promised.person
    row = session.get_one(Member, person.id)
    kept = sealed.unseal(session, row).get("own_words", "")
    verdict.expect(f"{person.email} words", found=int(kept == promised.words), wanted=1)
    for occurrence, status in promised.answers.items():
        answers = select(Rsvp.status).where(Rsvp.member == person.id, Rsvp.occurrence == occurrence)
        verdict.expect(
            f"{person.email} {status}", found=list(session.scalars(answers)).count(status), wanted=1
        )
        told = _messages(session, f"rsvp:{occurrence}:{person.id}")
        verdict.expect(f"{person.email} changes told", found=told, wanted=promised.changes[occurrence])
    reflections = session.scalar(
        select(func.count())
        .select_from(Reflection)
        .where(Reflection.member == person.id, Reflection.learnt_at.is_not(None))
    )
    verdict.expect(f"{person.email} reflections", found=reflections or 0, wanted=len(promised.reflected))
    state = comforts.load(session, person.id)
    learnt = state.comfort.attempts if state else 0
    verdict.expect(f"{person.email} learnt from", found=learnt, wanted=len(promised.reflected))
    for email in promised.joined:
        account = accounts.find(session, email)
        verdict.expect(f"{email} account", found=int(account is not None), wanted=1)
        welcome = (
            select(func.count())
            .select_from(Mail)
            .where(Mail.account == (account.id if account else ""), Mail.kind == "welcome")
        )
        verdict.expect(f"{email} welcome", found=session.scalar(welcome) or 0, wanted=1)


def _messages(session: Session, aggregate: str) -> int:
    done = (
        select(func.count())
        .select_from(OutboxMessage)
        .where(OutboxMessage.aggregate == aggregate, OutboxMessage.state == MessageState.DONE)
    )
    return session.scalar(done) or 0


def _order(session: Session, verdict: Verdict) -> None:
    rows: Any = session.execute(
        select(OutboxMessage.aggregate, OutboxMessage.state, OutboxMessage.closed_at).order_by(
            OutboxMessage.aggregate, OutboxMessage.seq
        )
    )
    before: tuple[str, float] = ("", 0.0)
    for aggregate, state, closed_at in rows:
        last = before[1] if aggregate == before[0] else 0.0
        if state == MessageState.DONE and closed_at < last:
            verdict.out_of_order.append(aggregate)
        ended = closed_at if state in (MessageState.DONE, MessageState.DISCARDED) else float("inf")
        before = (aggregate, max(last, ended))


def _runs(session: Session, verdict: Verdict) -> None:
    open_runs = (
        select(func.count())
        .select_from(MatchingRun)
        .where(MatchingRun.status.not_in((RunStatus.FINISHED, RunStatus.FAILED)))
    )
    if unfinished := session.scalar(open_runs):
        verdict.lost.append(f"{unfinished} runs never ended")
    shown = (
        select(Suggestion.member, func.count(Suggestion.run.distinct()))
        .where(Suggestion.retired_at.is_(None), Suggestion.answer.is_(None))
        .group_by(Suggestion.member)
    )
    verdict.doubled += [
        f"{member} sees {runs} runs at once" for member, runs in session.execute(shown) if runs > 1
    ]


def _mails(session: Session, received: Counter[str], verdict: Verdict) -> None:
    for mail in session.scalars(select(Mail)):
        came = [count for name, count in received.items() if name.startswith(f"<{mail.id}@")]
        if mail.sent_at is None or not came:
            verdict.lost.append(f"mail {mail.kind}")
        verdict.mails += 1
        verdict.repeated += sum(came) - len(came)
        if len(came) > 1:
            verdict.doubled.append(f"mail {mail.kind} under {len(came)} Message-IDs")


def _poison(session: Session, verdict: Verdict) -> None:
    for row in session.scalars(select(OutboxMessage).where(OutboxMessage.state == MessageState.DEAD)):
        if not row.aggregate.startswith("dose:"):
            verdict.lost.append(f"{row.kind} given up after {row.last_error}")
    for state, attempts in _swallowed(session):
        if (state, attempts) != (MessageState.READY, 0):
            verdict.out_of_order.append("a message ran behind poison")


def _swallowed(session: Session) -> Iterator[tuple[str, int]]:
    rows = select(OutboxMessage.state, OutboxMessage.attempts).where(
        OutboxMessage.kind == "harmless_swallowed"
    )
    for row in session.execute(rows):
        yield row.state, row.attempts
