"""Check-ins: a mail for those who asked for one, and gentler steps after a time of hiding oneself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from domain import comforts, events, mails, runs, sealed
from domain.checkin_answers import SelfAnswers
from domain.models import CheckIn, Member, Prompt
from matching.pace import LOWEST_TARGET
from workers import letters
from workers.jobs.job import Job
from workers.runtime import Runtime

EASED_BY = 8.0  #: SUDS points the target comes down; good outings bring it back


def _prepare(runtime: Runtime, _facts: Sequence[events.CheckInDue]) -> str:
    """Return where links lead."""
    return runtime.base_url


def _remind(session: Session, base_url: str, facts: Sequence[events.CheckInDue], now: datetime) -> None:
    for fact in facts:
        prompt = session.get(Prompt, fact.prompt)
        if prompt is None or not _still_wanted(prompt, fact.at):
            continue
        member = session.get_one(Member, prompt.member)
        words = letters.check_in(member.display_name, base_url=base_url)
        mails.request(
            session, account=member.id, kind="check_in", subject=words.subject, text=words.text, now=now
        )


def _still_wanted(prompt: Prompt, at: str) -> bool:
    """Return whether it was not put off, answered or stopped since."""
    return prompt.by_mail and prompt.stopped_at is None and prompt.due_at == datetime.fromisoformat(at)


REMIND = Job(prepare=_prepare, apply=_remind)


def _ease(session: Session, _plan: None, facts: Sequence[events.SelfChecked], now: datetime) -> None:
    for fact in facts:
        row = session.get(CheckIn, fact.check_in)
        state = comforts.load(session, fact.member)
        if row is None or state is None or not SelfAnswers.from_json(sealed.unseal(session, row)).low:
            continue
        target = max(LOWEST_TARGET, state.pace.target - EASED_BY)
        comforts.store(session, fact.member, replace(state, pace=replace(state.pace, target=target)), now)
        runs.request(session, member=fact.member, reason="gentler", now=now)


EASE = Job(apply=_ease)
