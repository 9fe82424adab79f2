"""What becomes of a message that failed, also where the work-horse that held it was killed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from domain import outbox
from domain.database import writing
from domain.outbox import Taken
from workers.mailer import MailServerAway
from workers.runtime import Runtime

#: Seconds between tries to reach a database that has just crashed, which is back within a few seconds.
PAUSES = (0.25, 0.5, 1.0, 2.0, 4.0)

log = logging.getLogger("handrail.worker")


class WorkHorseKilled(Exception):
    """The process that worked on the message ended before it closed it."""


def fail(session: Session, message: Taken, error: BaseException, *, now: datetime) -> None:
    """Plan a message's next attempt; after the last, tell whoever waits for it."""
    if given_up := outbox.fail(session, message, error, counts=not isinstance(error, MailServerAway)):
        tell(session, given_up, error, now=now)


def bury(session: Session, lane: str, *, now: datetime) -> None:
    """Give up what killed its process at each attempt, and tell whoever waits for it."""
    for message in outbox.bury(session, lane):
        tell(session, message, WorkHorseKilled(), now=now)


def tell(session: Session, message: Taken, error: BaseException, *, now: datetime) -> None:
    """Say where somebody waits that a message was given up."""
    from workers.subscriptions import SUBSCRIPTIONS  # noqa: PLC0415 - loads scikit-learn; kept out of a start

    if message.kind not in SUBSCRIPTIONS:
        return
    try:
        fact = message.fact()
    except TypeError:  # written by another version, with other ids in it
        return
    SUBSCRIPTIONS[message.kind].job.give_up(session, fact, error, now)


def give_back(runtime: Runtime, *, sleep: Callable[[float], None] = time.sleep) -> int:
    """Plan the next attempt of every message held by a process that is no more; return how many.

    The fence keeps this harmless where the message was closed, or taken by another, in the meantime.
    """
    messages = runtime.held.left_behind()
    if not messages:
        return 0
    log.warning("work-horse ended kind=%s messages=%d", messages[0].kind, len(messages))
    for pause in (*PAUSES, None):
        try:
            with writing(runtime.sessions) as session:
                for message in messages:
                    fail(session, message, WorkHorseKilled(), now=runtime.clock())
            break
        except DBAPIError as error:
            if pause is None:
                # Nothing is lost by it: their leases end by themselves.
                log.warning("not given back error=%s", type(error).__name__)
            else:
                sleep(pause)
    return len(messages)
