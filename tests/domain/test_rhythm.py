"""Rhythms: each makes a rule the calendar follows, and is read back from it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.recurrence import Recurrence, occurrences_between
from domain.rhythm import Every, Rhythm, rhythm_of, rule_of

TUESDAY = datetime(2026, 6, 2, 18, 30)  # noqa: DTZ001  (wall time)
FIFTH = datetime(2026, 6, 30, 18, 30)  # noqa: DTZ001
LAST_DAY = date(2026, 12, 1)


@pytest.mark.parametrize("every", list(Every))
@pytest.mark.parametrize("until", [None, LAST_DAY])
@pytest.mark.parametrize("starts", [TUESDAY, FIFTH])
def test_a_rhythm_is_read_back_from_its_rule(every: Every, until: date | None, starts: datetime) -> None:
    rhythm = Rhythm(every=every, until=None if every is Every.ONCE else until)
    assert rhythm_of(rule_of(rhythm, starts), starts) == rhythm


def days(rhythm: Rhythm, starts: datetime) -> list[date]:
    spans = occurrences_between(
        Recurrence(
            starts_local=starts,
            duration=timedelta(hours=1),
            tz="Europe/London",
            rrule=rule_of(rhythm, starts),
        ),
        after=datetime(2026, 6, 1, tzinfo=UTC),
        before=datetime(2026, 9, 30, 23, tzinfo=UTC),
    )
    return [span.starts_at.date() for span in spans]


def test_the_calendar_follows_each_rhythm() -> None:
    assert days(Rhythm(every=Every.FORTNIGHT, until=date(2026, 6, 30)), TUESDAY) == [
        date(2026, 6, 2),
        date(2026, 6, 16),
        date(2026, 6, 30),
    ]
    assert days(Rhythm(every=Every.MONTH), TUESDAY) == [
        date(2026, m, d) for m, d in ((6, 2), (7, 7), (8, 4), (9, 1))
    ]
    # The fifth Tuesday does not come each month; the last one does.
    assert days(Rhythm(every=Every.MONTH), FIFTH) == [
        date(2026, m, d) for m, d in ((6, 30), (7, 28), (8, 25), (9, 29))
    ]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;BYDAY=MO,WE",
        "FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=MO",
        "FREQ=WEEKLY;COUNT=3;BYDAY=TU",
        "nonsense",
    ],
)
def test_a_rule_no_form_can_say_is_left_alone(rule: str) -> None:
    assert rhythm_of(rule, TUESDAY) is None
