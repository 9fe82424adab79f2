"""The weekly letter: only for who asked, at their own hour, about what is ahead, and quiet where nothing is.

Each is a timer that names its moment; a member's row names the one that counts, so that a moment planned
otherwise since, or reached twice, comes to nothing.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain import agenda, events, outbox, outings, restrictions, suggestions
from domain.agenda import Entry
from domain.errors import Invalid, NotFound
from domain.hours import HOURS, moment
from domain.models import Account, Digest, Mail, Member

KIND = "digest"  #: of its mails
LATE = timedelta(days=2)  #: by then it speaks of another week, and is left out
APART = timedelta(days=3)  #: at least, between two, whatever day is chosen meanwhile
AHEAD, FURTHER = timedelta(days=7), timedelta(days=14)
MOST = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class WeekAhead:
    """What a letter is about: what one goes to, what is suggested, what one's groups have planned."""

    going: tuple[Entry, ...]
    suggested: tuple[Entry, ...]
    in_groups: tuple[Entry, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.going or self.suggested or self.in_groups)


def of(session: Session, *, member: str) -> Digest | None:
    """Return how the letter stands for a member; None: never asked for."""
    return session.get(Digest, member)


def choose(session: Session, *, member: Member, weekday: int, hour: int, now: datetime) -> Digest:
    """Ask for the letter on a day (0: Monday) at one of `HOURS`, or for another time. Raises `Invalid`."""
    problems = {}
    if weekday not in range(7):
        problems["weekday"] = "Choose a day of the week."
    if hour not in HOURS:
        problems["hour"] = "Choose one of the times."
    if problems:
        raise Invalid(problems)
    row = session.get(Digest, member.id, with_for_update=True) or Digest(member=member.id)
    row.weekday, row.hour, row.wanted = weekday, hour, True
    session.add(row)
    plan(session, row, zone=member.time_zone, now=now)
    return row


def stop(session: Session, *, member: str) -> None:
    """Send no more of them, those in hand included; safe to repeat."""
    row = session.get(Digest, member)
    if row is not None:
        row.wanted, row.due_at = False, None
        session.flush()


def move(session: Session, *, member: Member, now: datetime) -> None:
    """Plan anew for a member who lives by another clock now."""
    row = session.get(Digest, member.id)
    if row is not None and row.wanted:
        plan(session, row, zone=member.time_zone, now=now)


def plan(session: Session, row: Digest, *, zone: str, now: datetime) -> None:
    """Plan the next letter of the week."""
    earliest = max(now, row.sent_at + APART) if row.sent_at else now
    set_timer(session, row, at=next_at(row.weekday, row.hour, zone=ZoneInfo(zone), after=earliest))


def set_timer(session: Session, row: Digest, *, at: datetime) -> None:
    """Let this moment be the one that counts."""
    row.due_at = at
    session.flush()
    fact = events.DigestDue(member=row.member, at=at.isoformat())
    key = f"digest:{row.member}:{fact.at}"
    outbox.record(session, fact, dedupe_key=key, not_before=at.timestamp())


def next_at(weekday: int, hour: int, *, zone: ZoneInfo, after: datetime) -> datetime:
    """Return the next such moment of the week on this zone's clock, as UTC."""
    local = after.astimezone(zone)
    day = local.date() + timedelta(days=(weekday - local.weekday()) % 7)
    found = moment(day, hour, zone)
    return found if found > after else moment(day + timedelta(days=7), hour, zone)


def may_write(session: Session, *, member: Member, now: datetime) -> bool:
    """Return whether a letter may go to this member: here, not resting, not held back."""
    account = session.get(Account, member.id)
    resting = member.paused_until is not None and member.paused_until > now
    return bool(account and account.active) and not resting and not restrictions.held(session, [member.id])


def still_wanted(session: Session, *, mail: str) -> bool:
    """Return whether who a letter is for has not stopped it since it was written."""
    row = session.get(Mail, mail)
    digest = session.get(Digest, row.account) if row else None
    return digest is not None and digest.wanted


def week_ahead(session: Session, *, member: str, now: datetime) -> WeekAhead:
    """Return what there is to say; of what was said in confidence, nothing."""
    going = tuple(
        Entry(occurrence=each.occurrence, event=each.event, group=each.group, answer=each.rsvp)
        for each in outings.upcoming(session, member=member, now=now)
        if each.going and each.occurrence.cancelled_at is None and _soon(each.occurrence.starts_at, now)
    )
    suggested = tuple(
        Entry(occurrence=each.occurrence, event=each.event, group=each.group, answer=None)
        for each in suggestions.current(session, member=member)
        if each.occurrence and each.event and each.group and each.occurrence.starts_at > now
    )[:MOST]
    named = {each.occurrence.id for each in suggested}
    dates = agenda.of_my_groups(session, member=member, now=now, until=now + FURTHER, limit=MOST + len(named))
    in_groups = tuple(each for each in dates if each.occurrence.id not in named)[:MOST]
    return WeekAhead(going=going, suggested=suggested, in_groups=in_groups)


def _soon(at: datetime, now: datetime) -> bool:
    return now < at <= now + AHEAD


def stop_token(session: Session, member: str) -> str:
    """Return what lets whoever has a letter stop more of them, and nothing else, without signing in."""
    return f"{member}.{next(iter(_marks(session, member)))}"


def member_of(session: Session, token: str) -> str:
    """Return whose letters a token stops; raises `NotFound` for one that is not of our making."""
    member, _, mark = token.partition(".")
    if not any(hmac.compare_digest(mark.encode(), each.encode()) for each in _marks(session, member)):
        raise NotFound
    return member


def _marks(session: Session, member: str) -> list[str]:
    return list(session.info["keyring"].marks(f"stop {KIND} {member}").values())
