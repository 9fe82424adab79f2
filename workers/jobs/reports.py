"""Reports: moderators hear that one waits, once more when it waited too long; people hear what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events, mails, moderation
from domain.models import Account, Outcome, Report, ReportState, Role, RoleName, account_roles
from workers import report_letters as letters
from workers.jobs.job import Job
from workers.letters import Words
from workers.runtime import Runtime


def _prepare(runtime: Runtime, _facts: Sequence[object]) -> str:
    """Return where links lead."""
    return runtime.base_url


def holders(session: Session, *roles: RoleName) -> list[str]:
    """Return the accounts that hold one of the roles and can sign in."""
    found = (
        select(Account.id)
        .join(account_roles, account_roles.c.account_id == Account.id)
        .join(Role, Role.id == account_roles.c.role_id)
        .where(Role.name.in_(roles), Account.active.is_(True))
        .order_by(Account.id)
        .distinct()
    )
    return list(session.scalars(found))


def _filed(session: Session, base_url: str, facts: Sequence[events.ReportFiled], now: datetime) -> None:
    """Tell the moderators; where there is none, the admins, who can name one."""
    for fact in facts:
        report = session.get(Report, fact.report)
        if report is None or report.state == ReportState.DECIDED:
            continue
        people = holders(session, RoleName.MODERATOR) or holders(session, RoleName.ADMIN)
        words = letters.waits(report, base_url=base_url)
        _send(session, _no_part(people, report), "report_waits", words, now)


def _overdue(session: Session, base_url: str, facts: Sequence[events.ReportOverdue], now: datetime) -> None:
    """Tell moderators and admins that a report has waited too long, once."""
    for fact in facts:
        if moderation.escalate(session, report=fact.report, now=now):
            report = session.get_one(Report, fact.report)
            people = holders(session, RoleName.MODERATOR, RoleName.ADMIN)
            words = letters.overdue(report, base_url=base_url)
            _send(session, _no_part(people, report), "report_overdue", words, now)


def _decided(session: Session, base_url: str, facts: Sequence[events.ReportDecided], now: datetime) -> None:
    for fact in facts:
        report = session.get(Report, fact.report)
        if report is None or report.outcome is None:
            continue
        outcome = Outcome(report.outcome)
        if report.account is not None:
            _send(
                session, [report.account], "report_outcome", letters.outcome(outcome, base_url=base_url), now
            )
        words = letters.consequence(outcome, base_url=base_url)
        if report.reported is not None and words is not None:
            kind = mails.FAREWELL if outcome is Outcome.SUSPENDED else "report_consequence"
            _send(session, [report.reported], kind, words, now)


def _no_part(people: list[str], report: Report) -> list[str]:
    return [each for each in people if each not in (report.account, report.reported)]


def _send(session: Session, people: list[str], kind: str, words: Words, now: datetime) -> None:
    for each in people:
        mails.request(session, account=each, kind=kind, subject=words.subject, text=words.text, now=now)


FILED = Job(prepare=_prepare, apply=_filed)
OVERDUE = Job(prepare=_prepare, apply=_overdue)
DECIDED = Job(prepare=_prepare, apply=_decided)
