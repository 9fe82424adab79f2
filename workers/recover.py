"""Give back what a killed work-horse held, so that it is taken again within seconds."""

from __future__ import annotations

import logging

from sqlalchemy.exc import DBAPIError

from domain import outbox
from domain.database import writing
from workers.runtime import Runtime

log = logging.getLogger("handrail.worker")


class WorkHorseKilled(Exception):
    """The process that worked on the message ended before it closed it."""


def give_back(runtime: Runtime) -> int:
    """Plan the next attempt of every message held by a process that is no more; return how many.

    The fence keeps this harmless where the message was closed, or taken by another, in the meantime.
    """
    messages = runtime.held.left_behind()
    if not messages:
        return 0
    log.warning("work-horse killed kind=%s messages=%d", messages[0].kind, len(messages))
    try:
        with writing(runtime.sessions) as session:
            for message in messages:
                outbox.fail(session, message, WorkHorseKilled())
    except DBAPIError as error:
        # Nothing is lost by it: their leases end by themselves.
        log.warning("not given back error=%s", type(error).__name__)
    return len(messages)
