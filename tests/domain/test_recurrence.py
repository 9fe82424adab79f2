from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.recurrence import (
    LIMIT,
    Recurrence,
    Span,
    UnsupportedRule,
    check_rule,
    occurrences_between,
)

LONDON = ZoneInfo("Europe/London")
PARTS = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])},
    optional={
        "INTERVAL": st.integers(1, 400).map(str),
        "COUNT": st.integers(1, 1000).map(str),
        "UNTIL": st.sampled_from(["20270101", "20261030T120000Z", "20261030T120000"]),
        "BYDAY": st.lists(st.sampled_from(["MO", "TH", "SU", "1FR", "-1SA", "5WE"]), min_size=1).map(
            ",".join
        ),
        "BYMONTH": st.lists(st.integers(1, 12).map(str), min_size=1, max_size=3).map(",".join),
        "BYMONTHDAY": st.lists(st.integers(-31, 31).map(str), min_size=1, max_size=3).map(",".join),
        "BYSETPOS": st.integers(-4, 4).map(str),
    },
)


STARTS = st.datetimes(datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2027-01-01"))


def spans(
    rrule: str | None,
    *,
    start: str = "2026-10-11T18:30",
    after: str = "2026-10-01",
    before: str = "2026-12-01",
    tz: str = "Europe/London",
    exdates: str | None = None,
) -> tuple[Span, ...]:
    recurrence = Recurrence(
        starts_local=datetime.fromisoformat(start),
        duration=timedelta(hours=2),
        tz=tz,
        rrule=rrule,
        exdates=exdates,
    )
    return occurrences_between(
        recurrence,
        after=datetime.fromisoformat(after).replace(tzinfo=UTC),
        before=datetime.fromisoformat(before).replace(tzinfo=UTC),
    )


def local(found: tuple[Span, ...], tz: ZoneInfo = LONDON) -> list[str]:
    return [f"{span.starts_at.astimezone(tz):%m-%d %H:%M}" for span in found]


def test_an_event_without_a_rule_takes_place_once() -> None:
    assert local(spans(None)) == ["10-11 18:30"]


def test_half_past_six_stays_half_past_six_when_the_clocks_go_back() -> None:
    found = spans("FREQ=WEEKLY", before="2026-11-02")
    assert local(found) == ["10-11 18:30", "10-18 18:30", "10-25 18:30", "11-01 18:30"]
    assert [span.starts_at.hour for span in found] == [17, 17, 18, 18]


def test_half_past_six_stays_half_past_six_when_the_clocks_go_forward() -> None:
    found = spans("FREQ=WEEKLY", start="2026-03-22T18:30", after="2026-03-01", before="2026-04-06")
    assert local(found) == ["03-22 18:30", "03-29 18:30", "04-05 18:30"]
    assert [span.starts_at.hour for span in found] == [18, 17, 17]


def test_a_time_the_spring_change_skips_moves_on_by_that_hour() -> None:
    found = spans("FREQ=DAILY", start="2026-03-28T01:30", after="2026-03-28", before="2026-03-31")
    assert local(found) == ["03-28 01:30", "03-29 02:30", "03-30 01:30"]


def test_a_time_the_autumn_change_repeats_is_the_first_of_the_two() -> None:
    found = spans("FREQ=DAILY", start="2026-10-24T01:30", after="2026-10-24", before="2026-10-27")
    assert [span.starts_at.isoformat() for span in found] == [
        "2026-10-24T00:30:00+00:00",
        "2026-10-25T00:30:00+00:00",
        "2026-10-26T01:30:00+00:00",
    ]


def test_an_evening_across_the_change_lasts_as_long_as_any_other() -> None:
    found = spans("FREQ=WEEKLY", start="2026-10-24T23:30", before="2026-11-02")
    assert {span.ends_at - span.starts_at for span in found} == {timedelta(hours=2)}


def test_dates_left_out_are_left_out_on_either_side_of_the_change() -> None:
    found = spans("FREQ=WEEKLY;COUNT=4", exdates="2026-10-18T18:30\n2026-10-25T18:30")
    assert local(found) == ["10-11 18:30", "11-01 18:30"]


def test_until_a_date_includes_that_date() -> None:
    assert local(spans("FREQ=WEEKLY;UNTIL=20261101"))[-1] == "11-01 18:30"


def test_the_window_takes_its_first_instant_and_not_its_last() -> None:
    found = spans("FREQ=DAILY", after="2026-10-12T17:30", before="2026-10-14T17:30")
    assert local(found) == ["10-12 18:30", "10-13 18:30"]


def test_an_occurrence_that_began_before_the_window_is_not_in_it() -> None:
    assert spans(None, after="2026-10-11T18:00") == ()


@pytest.mark.requirement("C37")
def test_at_most_two_hundred_are_given() -> None:
    assert len(spans("FREQ=DAILY", before="2036-12-01")) == LIMIT == 200


def test_a_series_from_long_ago_is_not_counted_through() -> None:
    near = spans("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", start="2026-09-29T18:30")
    # 1,300 weeks earlier is the same fortnight.
    far = spans("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", start="2001-10-30T18:30")
    assert near == far
    assert len(near) == 9


@pytest.mark.parametrize(
    ("rule", "start", "dates"),
    [
        ("FREQ=MONTHLY;INTERVAL=3", "1996-01-15T18:30", ["10-15 18:30"]),
        ("FREQ=MONTHLY;BYDAY=-1SA", "1996-01-31T18:30", ["10-31 18:30", "11-28 18:30"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "1996-01-31T18:30", ["10-31 18:30"]),
        ("FREQ=MONTHLY", "1996-01-31T18:30", ["10-31 18:30"]),
        ("FREQ=YEARLY;INTERVAL=2", "1996-11-05T18:30", ["11-05 18:30"]),
        ("FREQ=YEARLY;INTERVAL=2", "1997-11-05T18:30", []),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=1TH", "1996-02-29T18:30", ["11-05 18:30"]),
        ("FREQ=DAILY;INTERVAL=30", "2026-09-01T18:30", ["10-01 18:30", "10-31 18:30", "11-30 18:30"]),
    ],
)
def test_a_rhythm_of_long_ago_is_kept(rule: str, start: str, dates: list[str]) -> None:
    assert local(spans(rule, start=start)) == dates


@given(parts=PARTS, start=STARTS)
@settings(deadline=None, max_examples=50)
def test_skipping_ahead_finds_what_counting_through_finds(parts: dict[str, str], start: datetime) -> None:
    parts = {name: value for name, value in parts.items() if name not in {"COUNT", "UNTIL"}}
    rule = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        check_rule(rule)
    except UnsupportedRule:
        return
    start = start.replace(microsecond=0, second=0)
    first, last = datetime.fromisoformat("2026-10-01T23:59:59"), datetime.fromisoformat("2026-11-30")
    expected = rrulestr(rule, dtstart=start).between(first, last)
    found = spans(rule, start=start.isoformat(), tz="UTC", after="2026-10-02", before="2026-11-30")
    assert {span.starts_at.replace(tzinfo=None) for span in found} - {start} == set(expected) - {start, last}


@pytest.mark.requirement("C37")
@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=HOURLY;COUNT=5",
        "FREQ=DAILY;BYHOUR=1,2,3",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=3",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=99999999999999999999",
        "FREQ=WEEKLY;UNTIL=20269999",
        "FREQ=WEEKLY;UNTIL=20261101;COUNT=3",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=MO,1FR",
        "INTERVAL=2",
        "",
        "FREQ=WEEKLY\nATTENDEE:mailto:x@example.com",
        "FREQ=" + "WEEKLY" * 200,
    ],
)
def test_a_rule_that_may_never_end_or_is_broken_is_refused(rule: str) -> None:
    with pytest.raises(UnsupportedRule):
        check_rule(rule)


@pytest.mark.parametrize("exdates", ["tomorrow", "2026-10-18", "2026-99-18T18:30"])
def test_a_broken_date_to_leave_out_is_refused(exdates: str) -> None:
    with pytest.raises(UnsupportedRule):
        spans("FREQ=WEEKLY", exdates=exdates)


@given(parts=PARTS, start=STARTS)
@settings(deadline=None)
def test_every_rule_let_through_expands_in_order_within_the_window(
    parts: dict[str, str], start: datetime
) -> None:
    rule = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        tidy = check_rule(rule)
    except UnsupportedRule:
        return
    found = spans(tidy, start=start.replace(microsecond=0, second=0).isoformat())
    starts = [span.starts_at for span in found]
    assert starts == sorted(set(starts))
    assert all(datetime(2026, 10, 1, tzinfo=UTC) <= at < datetime(2026, 12, 1, tzinfo=UTC) for at in starts)
