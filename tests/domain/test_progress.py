"""Progress: derived, for oneself alone; a quiet time takes nothing away."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from domain import past, progress, wins
from domain.past import Past
from domain.reflections import MeetAgain, Signal, SmallWin
from domain.trails import Point, Span
from domain.wins import WinKind
from matching.situations import QUESTIONS
from tests.conftest import NOW
from tests.domain.outing_rows import a_group, a_member
from tests.domain.past_rows import go, place

LONDON = ZoneInfo("Europe/London")


def of(session: Session, member: str) -> Past:
    return past.of(session, member=member)


@pytest.mark.requirement("R10")
def test_a_gap_of_three_weeks_loses_nothing(session: Session) -> None:
    steady, paused, group = a_member(session).id, a_member(session, "bob").id, a_group(session)
    days = [0, 2, 4, 6]
    for day in days:
        go(session, steady, place(session, group, days=day))
    for day in [0, 2, 25, 26]:
        go(session, paused, place(session, group, days=day))
    now = datetime(2026, 7, 20, tzinfo=UTC)
    one, other = of(session, steady), of(session, paused)
    assert progress.repertoire(one) == progress.repertoire(other)
    assert sum(month.outings for month in progress.months(one, zone=LONDON, now=now)) == 4
    assert sum(month.outings for month in progress.months(other, zone=LONDON, now=now)) == 4


@pytest.mark.requirement("R10", "R07")
def test_months_go_back_to_the_first_with_anything_and_quiet_ones_stay_in(session: Session) -> None:
    ann, group = a_member(session).id, a_group(session)
    go(session, ann, place(session, group), intentional=True)
    go(session, ann, place(session, group, days=1))
    now = datetime(2026, 8, 3, tzinfo=UTC)
    wins.log(session, member=ann, kind=WinKind.KIND_WORD, now=now)
    found = progress.months(of(session, ann), zone=LONDON, now=now)
    assert [month.first for month in found] == [date(2026, 8, 1), date(2026, 7, 1), date(2026, 6, 1)]
    assert [month.quiet for month in found] == [False, True, False]
    assert (found[2].outings, found[2].planned, found[0].wins) == (2, 1, 1)


def test_a_month_begins_where_the_member_lives(session: Session) -> None:
    ann = a_member(session).id
    wins.log(session, member=ann, kind=WinKind.KIND_WORD, now=datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    (month,) = progress.months(of(session, ann), zone=LONDON, now=datetime(2026, 7, 5, tzinfo=UTC))
    assert (month.first, month.wins) == (date(2026, 7, 1), 1)


def test_at_most_a_year_is_shown(session: Session) -> None:
    ann = a_member(session).id
    wins.log(session, member=ann, kind=WinKind.KIND_WORD, now=NOW)
    found = progress.months(of(session, ann), zone=LONDON, now=NOW + timedelta(days=900))
    assert len(found) == progress.MONTHS
    assert found[0].first.month != found[1].first.month


@pytest.mark.requirement("R37")
def test_the_smallest_win_adds_to_what_one_can_build_on_and_to_the_repertoire(session: Session) -> None:
    ann = a_member(session).id
    before = progress.repertoire(of(session, ann))
    wins.log(session, member=ann, kind=WinKind.OWN, words="Looked up when somebody came in", now=NOW)
    after = progress.repertoire(of(session, ann))
    assert after.moments == before.moments + 1
    assert after.kinds == before.kinds + 1


@pytest.mark.requirement("R35", "R37")
def test_an_outing_left_early_counts_like_any_other_and_one_not_gone_to_takes_nothing(
    session: Session,
) -> None:
    ann, group = a_member(session).id, a_group(session)
    go(session, ann, place(session, group, interests=("books",)), left_early=True, own_win="I went")
    go(session, ann, place(session, group, days=1), attended=False)
    found = progress.repertoire(of(session, ann))
    assert (found.interests, found.own, found.moments) == (("books",), ("I went",), 2)


@pytest.mark.requirement("R04")
def test_both_outcomes_stand_side_by_side_over_the_same_time(session: Session) -> None:
    ann, group = a_member(session).id, a_group(session)
    go(session, ann, place(session, group), good=30)
    go(session, ann, place(session, group, days=100), good=60, signals=(Signal.LISTENED, Signal.LAUGHED))
    go(session, ann, place(session, group, days=101), good=80, meet_again=MeetAgain.YES)
    go(session, ann, place(session, group, days=102))
    found = progress.outcomes(of(session, ann), now=NOW + timedelta(days=110))
    assert (found.outings, found.earlier) == (3, 1)
    assert (found.good, found.earlier_good) == (70, 30)
    assert (found.signals, found.again) == (2, 1)


@pytest.mark.requirement("R29", "R28")
def test_how_hard_and_how_good_are_told_apart_outing_by_outing(session: Session) -> None:
    ann, group = a_member(session).id, a_group(session)
    go(session, ann, place(session, group), peak=70, good=20, predicted=80)
    go(session, ann, place(session, group, days=7), peak=40)
    go(session, ann, place(session, group, days=14), good=75)
    go(session, ann, place(session, group, days=21), attended=False, predicted=60)
    found = of(session, ann)
    assert [number for _, number in progress.daunting(found)] == [70, 40]
    assert [number for _, number in progress.rewarding(found)] == [20, 75]
    assert [each.title for each in progress.compared(found)] == ["Outing 0"]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([], None),
        ([50, 40, 30], None),
        ([60, 60, 40, 40], -20),
        ([10, 20, 90, 30, 40], 20),
        ([48, 40, 31, 23, 85], -9),
    ],
)
def test_drift_compares_the_newer_half_with_the_older(numbers: list[float], expected: float | None) -> None:
    assert progress.drift(numbers) == expected


def point(day: int, suds: float, width: float = 10) -> Point:
    span = Span(suds=suds, low=suds - width, high=suds + width)
    kinds = {question.id: span for question in QUESTIONS}
    return Point(at=NOW + timedelta(days=day), index=suds, index_sd=4, kinds=kinds)


def test_kinds_of_situation_are_compared_once_there_are_two_points() -> None:
    assert progress.by_kind([]) == progress.by_kind([point(0, 60)]) == []
    found = progress.by_kind([point(0, 60), point(7, 55), point(14, 40)])
    assert [kind.id for kind in found] == [question.id for question in QUESTIONS]
    assert (found[0].moved, found[0].sure, len(found[0].points)) == (20, True, 3)


@pytest.mark.parametrize(
    ("suds", "width", "sure"), [(57, 2, False), (54, 2, True), (54, 30, False), (70, 5, True)]
)
def test_a_small_or_doubtful_move_is_not_called_one(suds: float, width: float, sure: bool) -> None:
    (kind, *_) = progress.by_kind([point(0, 60), point(7, suds, width)])
    assert kind.sure is sure


def test_wins_of_reflections_and_those_noted_besides_stand_together(session: Session) -> None:
    ann, group = a_member(session).id, a_group(session)
    wins.log(session, member=ann, kind=WinKind.NEW_TALK, now=NOW)
    go(session, ann, place(session, group), small_wins=(SmallWin.LONGER_TALK,), own_win="I asked")
    found = of(session, ann).wins
    assert [(win.kind, win.title) for win in found] == [
        (WinKind.NEW_TALK, ""),
        (WinKind.LONGER_TALK, "Outing 0"),
        (WinKind.OWN, "Outing 0"),
    ]
