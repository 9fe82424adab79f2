from __future__ import annotations

import re

import pytest

from domain.listings.interests import INTERESTS, SLUGS, interests_of


def test_the_vocabulary_is_one_of_about_sixty_plain_slugs() -> None:
    assert 55 <= len(INTERESTS) <= 70
    assert len(SLUGS) == len(INTERESTS) == len({interest.label for interest in INTERESTS})
    assert [interest.slug for interest in INTERESTS] == sorted(SLUGS)
    for interest in INTERESTS:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", interest.slug)
        assert interest.words
        assert all(word == word.strip().lower() for word in interest.words)


@pytest.mark.parametrize("interest", INTERESTS, ids=lambda interest: interest.slug)
def test_every_word_tells_its_interest(interest: object) -> None:
    known = next(one for one in INTERESTS if one is interest)
    for word in known.words:
        assert known.slug in interests_of("", "", [word]), word


def test_the_title_decides_and_a_word_in_passing_does_not() -> None:
    assert "walking" in interests_of("A quiet walk", "", [])
    assert "walking" not in interests_of("Concert", "A short walk from the station.", [])
    assert "walking" in interests_of("Sunday group", "We walk slowly. The walk is flat.", [])


def test_a_word_within_a_word_tells_nothing() -> None:
    assert interests_of("Startled partition, training catalogue", "", []) == ()


def test_the_surest_come_first_and_at_most_eight() -> None:
    every = " ".join(interest.words[0] for interest in INTERESTS)
    assert len(interests_of(every, "", [])) == 8
    assert interests_of("Jazz, jazz and poetry", "", [])[0] == "jazz"
