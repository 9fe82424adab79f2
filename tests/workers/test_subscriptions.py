"""Every kind of domain event has its line, and every line its event."""

from __future__ import annotations

from domain import events, outbox
from workers.jobs.work import PATIENCE
from workers.queue import BELL_TIMEOUT
from workers.subscriptions import SUBSCRIPTIONS


def test_every_domain_event_is_subscribed_to() -> None:
    assert set(SUBSCRIPTIONS) == set(events.KINDS)


def test_no_time_limit_outlives_its_lease_or_its_bell() -> None:
    longest = max(each.time_limit for each in SUBSCRIPTIONS.values())
    assert longest < outbox.LEASE
    assert PATIENCE + longest < BELL_TIMEOUT
