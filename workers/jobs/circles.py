"""Going with a few others: placed three days ahead, again when somebody comes or goes, closed a day ahead."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import circle_forming, circles, events, mails, settings
from domain.circle_forming import Placement, Pool
from domain.database import reading
from domain.models import Circle, CirclePlace, CircleRequest, Event, Member, Occurrence, Rsvp, RsvpStatus
from matching.circles import Alone, Formation, Seeker, form, stands
from matching.settings import MatchingSettings
from workers import circle_letters, letters
from workers.jobs.job import Job
from workers.letters import Words
from workers.loading_circles import load_seekers
from workers.runtime import Runtime

Placements = dict[str, Placement]


def _prepare(runtime: Runtime, facts: Sequence[events.CirclesDue]) -> Placements:
    """Work out who might go together, from one snapshot."""
    now = runtime.clock()
    with reading(runtime.sessions) as session:
        wanted = {fact.occurrence for fact in facts}
        found = {each: place(session, occurrence=each, now=now) for each in sorted(wanted)}
    return {name: placement for name, placement in found.items() if placement is not None}


def place(session: Session, *, occurrence: str, now: datetime) -> Placement | None:
    """Return whom to place with whom; None outside the days in which that is done."""
    row = session.get(Occurrence, occurrence)
    if (
        row is None
        or row.cancelled_at
        or not row.starts_at - circles.FIRST <= now < row.starts_at - circles.LAST
    ):
        return None
    pool = circle_forming.pool(session, occurrence=occurrence)
    _, current = settings.in_force(session)
    seekers = load_seekers(
        session,
        {*pool.free, *(member for them in pool.open.values() for member in them)},
        occurrence=row,
        topics=pool.topics,
        settings=current,
        now=now,
    )
    return _placed(occurrence, pool, seekers, current)


def _placed(
    occurrence: str, pool: Pool, seekers: Mapping[str, Seeker], current: MatchingSettings
) -> Placement:
    """Place the free ones; where one is left over, form the circles that wait for answers anew with them.

    A circle that no longer keeps the limits is formed anew in any case.
    """
    seed = int(occurrence[-8:], 16)
    broken = [
        name
        for name, them in pool.open.items()
        if any(each not in seekers for each in them)
        or not stands([seekers[each] for each in them], settings=current)
    ]
    free = {*pool.free, *(each for name in broken for each in pool.open[name])} & seekers.keys()
    first = form([seekers[each] for each in sorted(free)], settings=current, seed=seed)
    kept = {name: them for name, them in pool.open.items() if name not in broken}
    if Alone.TOO_FEW in first.alone.values() and kept:
        everybody = free.union(*kept.values())
        again = form([seekers[each] for each in sorted(everybody)], settings=current, seed=seed)
        if _number(again) > _number(first) + sum(map(len, kept.values())):
            return _placement(occurrence, again, replaces=[*broken, *kept], kept=kept)
    return _placement(occurrence, first, replaces=broken, kept={})


def _number(found: Formation) -> int:
    return sum(map(len, found.circles))


def _placement(
    occurrence: str, found: Formation, *, replaces: Collection[str], kept: Mapping[str, tuple[str, ...]]
) -> Placement:
    """Return what to store; a circle that comes out as it was stays as it is, answers and all."""
    same = {name for name, them in kept.items() if tuple(sorted(them)) in found.circles}
    unchanged = {tuple(sorted(kept[name])) for name in same}
    return Placement(
        occurrence=occurrence,
        circles=tuple(circle for circle in found.circles if circle not in unchanged),
        replaces=tuple(name for name in replaces if name not in same),
        # There is time yet for others to ask: that too few have is said a day before.
        alone={member: str(why) for member, why in found.alone.items() if why is not Alone.TOO_FEW},
    )


def _apply(session: Session, plan: Placements, facts: Sequence[events.CirclesDue], now: datetime) -> None:
    for fact in facts:
        row = session.get(Occurrence, fact.occurrence)
        if row is None:
            continue
        if now >= row.starts_at - circles.LAST:
            circle_forming.close(session, occurrence=row.id, now=now)
        elif fact.occurrence in plan:
            circle_forming.store(session, plan[fact.occurrence], now=now)


FORM = Job(prepare=_prepare, apply=_apply)


def _base_url(runtime: Runtime, _facts: Sequence[object]) -> str:
    """Return where links lead."""
    return runtime.base_url


def _tell_formed(
    session: Session, base_url: str, facts: Sequence[events.CircleFormed], now: datetime
) -> None:
    for fact in facts:
        circle = session.get(Circle, fact.circle)
        if circle is None or circle.ended_at is not None:
            continue
        places = circles.live_places(session, circle.id)
        for each in places:
            outing = _outing(session, circle.occurrence, each.member)
            words = circle_letters.formed(outing, others=len(places) - 1, base_url=base_url)
            _write(session, each.member, circle.occurrence, words, "circle_formed", now)


def _tell_settled(
    session: Session, base_url: str, facts: Sequence[events.CircleSettled], now: datetime
) -> None:
    for fact in facts:
        circle = session.get(Circle, fact.circle)
        if circle is None or circle.ended_at is not None:
            continue
        for each in circles.live_places(session, circle.id):
            words = circle_letters.settled(
                _outing(session, circle.occurrence, each.member), base_url=base_url
            )
            _write(session, each.member, circle.occurrence, words, "circle_settled", now)


def _tell_shrank(
    session: Session, base_url: str, facts: Sequence[events.CircleShrank], now: datetime
) -> None:
    for fact in facts:
        circle = session.get(Circle, fact.circle)
        if circle is None:
            continue
        places = _touched(session, circle)
        others = len(places) - 1 if circle.ended_at is None else 0
        for each in places:
            outing = _outing(session, circle.occurrence, each.member)
            words = circle_letters.shrank(outing, others=others, base_url=base_url)
            _write(session, each.member, circle.occurrence, words, "circle_shrank", now)


def _touched(session: Session, circle: Circle) -> Sequence[CirclePlace]:
    """Return whose circle it is, or was until it ended, of those who still ask for company."""
    rows = (
        select(CirclePlace)
        .join(
            CircleRequest,
            (CircleRequest.member == CirclePlace.member)
            & (CircleRequest.occurrence == CirclePlace.occurrence),
        )
        .where(CirclePlace.circle == circle.id, CircleRequest.withdrawn_at.is_(None))
        .order_by(CirclePlace.id)
    )
    until = (
        CirclePlace.left_at.is_(None) if circle.ended_at is None else CirclePlace.left_at == circle.ended_at
    )
    return session.scalars(rows.where(until)).all()


def _tell_alone(
    session: Session, base_url: str, facts: Sequence[events.CompanyNotFound], now: datetime
) -> None:
    for fact in facts:
        row = session.get(CircleRequest, fact.request)
        if row is None or row.withdrawn_at is not None or row.told is None:
            continue
        words = circle_letters.not_found(_outing(session, row.occurrence, row.member), base_url=base_url)
        _write(session, row.member, row.occurrence, words, "company_not_found", now)


def _outing(session: Session, occurrence: str, member: str) -> letters.Outing:
    row = session.get_one(Occurrence, occurrence)
    return letters.outing(session.get_one(Event, row.event), row, session.get_one(Member, member))


def _write(session: Session, member: str, occurrence: str, words: Words, kind: str, now: datetime) -> None:
    """Write to somebody who still goes; should that change before it is sent, it is dropped."""
    rsvp = session.scalar(
        select(Rsvp.id).where(
            Rsvp.member == member, Rsvp.occurrence == occurrence, Rsvp.status == RsvpStatus.YES
        )
    )
    if rsvp is not None:
        mails.request(
            session, account=member, kind=kind, subject=words.subject, text=words.text, now=now, rsvp=rsvp
        )


FORMED = Job(prepare=_base_url, apply=_tell_formed)
SETTLED = Job(prepare=_base_url, apply=_tell_settled)
SHRANK = Job(prepare=_base_url, apply=_tell_shrank)
ALONE = Job(prepare=_base_url, apply=_tell_alone)
