"""Every code that the ladder's rules, its changes and its notices can give is said in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

import pytest
from flask import Flask

from domain.ladder_records import ChangeBody, ChangeKind, ChangeView
from domain.models import ProposalStatus
from domain.notices import Notice
from domain.rsvps import OverCap, Strain
from matching.advice import Reason
from matching.easing import EASING_WORDS, Easing
from matching.inputs import SituationFeature
from matching.situations import CERTAINTY_WORDS, FEATURE_WORDS, Certainty
from tests.conftest import NOW
from web.ladder_words import DECIDED, REASONS, SAYINGS, told

#: Words that judge, count what did not happen, name an illness or promise.
UNKIND = re.compile(
    r"(?i)\b(fail\w*|weak\w*|lazy|should have|must|disorder|symptom\w*|patient|diagnos\w*|therapy|cure\w*|"
    r"streak|only \d|behind|lonely|anxiety|will help|guarantee\w*|score)\b"
)


@pytest.fixture(autouse=True)
def request_context(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        yield


def check(text: str) -> None:
    assert len(text) > 5
    assert not UNKIND.search(text), text


@pytest.mark.requirement("R84", "R42", "R64", "R16")
@pytest.mark.parametrize(
    "code", [*Reason, "felt_too_much", "plateau", "tough_day", "gentler", "prepare", "rest"]
)
def test_every_reason_has_kind_words(code: str) -> None:
    check(str(REASONS[code]))


#: What a page says of its own accord; the rest are answers to a question asked at that moment.
SAID = [
    *Notice,
    Reason.OVERWHELMED_TWICE,
    Reason.GETTING_HARDER,
    Reason.HARD_PLATEAU,
    Reason.HELD_AFTER_SET_BACK,
    Reason.FOUR_CALM,
    Reason.MAINTENANCE,
]


@pytest.mark.requirement("R42", "R97", "R89")
@pytest.mark.parametrize("code", SAID)
def test_every_notice_has_kind_words_and_a_way_on(app: Flask, code: StrEnum) -> None:
    saying = SAYINGS[code]
    for text in (saying.title, saying.text, saying.link):
        check(str(text))
    assert saying.endpoint in app.view_functions


def test_nothing_is_said_that_no_rule_gives() -> None:
    assert set(SAYINGS) == set(SAID)


@pytest.mark.requirement("R42", "R84")
@pytest.mark.parametrize("kind", list(ChangeKind))
@pytest.mark.parametrize("proposal", [None, *ProposalStatus])
def test_every_change_is_told_also_without_its_rungs(
    kind: ChangeKind, proposal: ProposalStatus | None
) -> None:
    body = ChangeBody(kind=kind, reason="ready", numbers={"expected": 60, "found": 40})
    change = ChangeView(id="1", body=body, created_at=NOW, proposal=proposal, reflection=None)
    found = told(change, None)
    check(found.text)
    check(found.why)
    assert bool(found.decided) is (proposal in DECIDED)


@pytest.mark.requirement("R16", "R42")
@pytest.mark.parametrize("strain", list(Strain))
def test_every_strain_is_put_kindly(strain: Strain) -> None:
    check(str(OverCap(strain)))


@pytest.mark.requirement("R64", "R19")
def test_every_easing_feature_and_certainty_has_words() -> None:
    assert set(EASING_WORDS) == set(Easing)
    assert set(CERTAINTY_WORDS) == set(Certainty)
    assert set(FEATURE_WORDS) == set(SituationFeature)
    for text in (*EASING_WORDS.values(), *CERTAINTY_WORDS.values(), *FEATURE_WORDS.values()):
        check(text)
