"""Small tasks at an event: put out the chairs, say hello at the door; a role makes a room easier (R78).

An organizer names up to five, each for so many people. Who goes may take one for a date and give it back,
each in one tap and without a word; nobody is asked to, and nobody is asked twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from domain import circles, events, outbox
from domain.courtesies import Said
from domain.errors import Conflict, Invalid, NotFound
from domain.guests import may_be_named
from domain.models import Event, EventTask, Group, Member, Occurrence, Rsvp, RsvpStatus, TaskTaker
from domain.outings import Outing
from domain.visibility import visible_to

MOST, LONGEST, MOST_PEOPLE = 5, 60, 20


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskDraft:
    """What an organizer says of one task."""

    label: str
    people: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A task as a member who goes sees it."""

    task: EventTask
    left: int  #: how many more it is for
    mine: bool


def of_event(session: Session, *, event: str) -> Sequence[EventTask]:
    """Return an event's tasks, in the order they were named."""
    return session.scalars(
        select(EventTask).where(EventTask.event == event).order_by(EventTask.position)
    ).all()


def name(session: Session, *, event: Event, drafts: Sequence[TaskDraft]) -> None:
    """Set the tasks of an event; one of the same name keeps whoever has taken it.

    Raises `Invalid`, and `Conflict` for an event that was cancelled.
    """
    if event.cancelled_at is not None:
        raise Conflict("This event has been cancelled. Post a new one instead.")
    _check(drafts)
    known = {row.label: row for row in of_event(session, event=event.id)}
    kept = {each.label for each in drafts}
    gone = [row.id for label, row in known.items() if label not in kept]
    session.execute(delete(EventTask).where(EventTask.id.in_(gone)))
    for position, each in enumerate(drafts):
        row = known.get(each.label) or EventTask(event=event.id, label=each.label)
        row.position, row.people = position, each.people
        session.add(row)
    session.flush()
    if bool(known) != bool(drafts):  # matching asks only whether there is something to do
        outbox.record(session, events.EventPublished(event=event.id))


def _check(drafts: Sequence[TaskDraft]) -> None:
    labels = [each.label for each in drafts]
    if len(drafts) > MOST or len(set(labels)) < len(labels):
        raise Invalid({"tasks": f"Name up to {MOST} tasks, each once."})
    if any(not 1 <= len(each.label) <= LONGEST or not 1 <= each.people <= MOST_PEOPLE for each in drafts):
        raise Invalid({"tasks": f"Use up to {LONGEST} letters, and 1 to {MOST_PEOPLE} people."})


def offers(session: Session, outing: Outing) -> list[Offer]:
    """Return the tasks of a member's outing."""
    takers = session.execute(
        select(TaskTaker.task, TaskTaker.member).where(TaskTaker.occurrence == outing.occurrence.id)
    ).all()
    taken = Counter(row.task for row in takers)
    mine = {row.task for row in takers if row.member == outing.rsvp.member}
    return [
        Offer(task=row, left=max(0, row.people - taken[row.id]), mine=row.id in mine)
        for row in of_event(session, event=outing.event.id)
    ]


def take(session: Session, outing: Outing, *, task: str, now: datetime) -> None:
    """Take a task for a date, in place of another one. Raises `NotFound`, `Conflict`."""
    place = circles.locked(session, outing.occurrence.id)
    row = session.get(EventTask, task)
    if place is None or row is None or row.event != place.event:
        raise NotFound
    if not outing.going or place.cancelled_at is not None or place.starts_at <= now:
        raise Conflict("It is too late for this one. Thank you for the thought.")
    offer = next(each for each in offers(session, outing) if each.task.id == task)
    if offer.mine:
        return
    if not offer.left:
        raise Conflict("Somebody was a little faster. Thank you for the thought.")
    give_back(session, outing)
    session.add(TaskTaker(task=task, occurrence=place.id, member=outing.rsvp.member))
    session.flush()


def give_back(session: Session, outing: Outing) -> None:
    """Give back whatever was taken for a date. Safe to repeat."""
    theirs = delete(TaskTaker).where(
        TaskTaker.occurrence == outing.occurrence.id, TaskTaker.member == outing.rsvp.member
    )
    session.execute(theirs.execution_options(synchronize_session=False))


def taken(
    session: Session, *, viewer: str, group: Group, occurrences: Sequence[Occurrence]
) -> dict[str, dict[str, Said]]:
    """Return by occurrence and task who has taken it, as a group's organizer may know it."""
    rows = session.execute(
        select(TaskTaker.occurrence, TaskTaker.task, Member.display_name, may_be_named(group).label("named"))
        .join(Rsvp, and_(Rsvp.occurrence == TaskTaker.occurrence, Rsvp.member == TaskTaker.member))
        .join(Member, Member.id == TaskTaker.member)
        .where(
            TaskTaker.occurrence.in_([each.id for each in occurrences]),
            Rsvp.status == RsvpStatus.YES,
            visible_to(viewer, TaskTaker.member),
        )
        .order_by(Member.display_name, Member.id)
    )
    names: dict[str, dict[str, list[str | None]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        names[row.occurrence][row.task].append(row.display_name if row.named else None)
    return {
        place: {task: Said.of(people) for task, people in by_task.items()} for place, by_task in names.items()
    }
