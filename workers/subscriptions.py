"""What happens because of each domain event, on one page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from domain import events
from domain.outbox import Taken
from workers.jobs import (
    cancelled,
    checkins,
    circles,
    comfort,
    digest,
    erase,
    event,
    export,
    fit,
    housekeeping,
    mail,
    match,
    person_dates,
    person_touches,
    rematch,
    reminder,
    reports,
    routines,
    rsvp,
)
from workers.jobs.job import Job


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    """The job of one kind of message; its lane is the domain event's own."""

    job: Job
    time_limit: float = 20.0  #: seconds, well under the lease
    batch: int = 1  #: messages dealt with together
    #: Given the first of a batch, the condition for the others.
    alike: Callable[[Session, Taken], Any] | None = None


SUBSCRIPTIONS: dict[str, Subscription] = {
    events.AccountErased.kind(): Subscription(job=erase.ERASED),
    events.BulkStepDue.kind(): Subscription(job=rematch.REMATCH, time_limit=100),
    events.CheckInDue.kind(): Subscription(job=checkins.REMIND),
    events.CircleFormed.kind(): Subscription(job=circles.FORMED),
    events.CircleSettled.kind(): Subscription(job=circles.SETTLED),
    events.CircleShrank.kind(): Subscription(job=circles.SHRANK),
    events.CirclesDue.kind(): Subscription(job=circles.FORM, time_limit=60),
    events.CompanyNotFound.kind(): Subscription(job=circles.ALONE),
    events.ComfortAnswered.kind(): Subscription(job=comfort.START, batch=50),
    events.DigestDue.kind(): Subscription(job=digest.WRITE),
    events.ErasureDue.kind(): Subscription(job=erase.ERASE, time_limit=60),
    events.EventPublished.kind(): Subscription(job=event.PUBLISHED),
    events.ExportExpired.kind(): Subscription(job=export.EXPIRE),
    events.ExportRequested.kind(): Subscription(job=export.BUILD, time_limit=100),
    events.HousekeepingDue.kind(): Subscription(job=housekeeping.KEEP, time_limit=100),
    events.ListingsImported.kind(): Subscription(job=event.IMPORTED),
    events.MailRequested.kind(): Subscription(job=mail.SEND, time_limit=60),
    events.MatchingRunRequested.kind(): Subscription(
        job=match.RUN, time_limit=100, batch=400, alike=match.neighbours
    ),
    events.ModelFitDue.kind(): Subscription(job=fit.FIT, time_limit=100),
    events.OccurrenceCancelled.kind(): Subscription(job=cancelled.CANCELLED, time_limit=60),
    events.PersonDateDue.kind(): Subscription(job=person_dates.REMIND),
    events.PersonTouchDue.kind(): Subscription(job=person_touches.REMIND),
    events.ReflectionRecorded.kind(): Subscription(job=comfort.LEARN),
    events.ReminderDue.kind(): Subscription(job=reminder.REMIND),
    events.ReportDecided.kind(): Subscription(job=reports.DECIDED),
    events.ReportFiled.kind(): Subscription(job=reports.FILED),
    events.ReportOverdue.kind(): Subscription(job=reports.OVERDUE),
    events.RoutineDue.kind(): Subscription(job=routines.REMIND),
    events.RsvpChanged.kind(): Subscription(job=rsvp.CHANGED),
    events.SelfChecked.kind(): Subscription(job=checkins.EASE),
    events.SettingsActivated.kind(): Subscription(job=rematch.REMATCH, time_limit=100),
}


class NotSubscribed(Exception):
    """Nothing here knows what to do with a message: perhaps another version wrote it."""


def subscription_of(kind: str) -> Subscription:
    """Return what to do with a kind of message; raises `NotSubscribed`."""
    if kind not in SUBSCRIPTIONS:
        raise NotSubscribed(kind)
    return SUBSCRIPTIONS[kind]
