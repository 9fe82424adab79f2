"""What is guessed first is refused; everything else of fair length is welcome."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import post
from tests.web.test_accounts import JOINING
from web.common_words import common_words
from web.passwords import easily_guessed


@pytest.mark.requirement("C18")
@pytest.mark.parametrize(
    "password",
    ["password12", "Handrail!1", "aaaaaaaaaaaa", "1234567890", "ana.smith12", "qwertyqwerty", "abababababab",
     "basketball", "Sunshine2024!", "1q2w3e4r5t", "princessprincess", "understanding", "!!christopher1"],
)  # fmt: skip
def test_what_is_guessed_first_is_refused(password: str) -> None:
    assert easily_guessed(password, "ana.smith@example.com")


@pytest.mark.requirement("C18")
@pytest.mark.parametrize(
    "password",
    [
        "a walk by the river",
        "tea at four, always",
        "correct horse battery",
        "пять медленных шагов",
        "        x y z w    ",
        "sunshine and tea",
        "river-otter-lamp",
    ],
)
def test_a_sentence_is_fine(password: str) -> None:
    assert not easily_guessed(password, "ana.smith@example.com")


@pytest.mark.requirement("C18")
@pytest.mark.parametrize(
    ("password", "problem"),
    [("nine char", "at least 10"), ("handrail2026", "easy to guess"), ("ab cd " * 30, "at most 128")],
)
def test_joining_says_what_is_wrong_with_a_password(client: FlaskClient, password: str, problem: str) -> None:
    answer = post(client, "/register", **JOINING | {"password": password})
    assert answer.status_code == 422
    assert problem in answer.get_data(as_text=True)


@pytest.mark.requirement("C18")
def test_the_list_is_long_and_kept_here() -> None:
    words = common_words()
    assert len(words) > 75_000
    assert all(word == word.lower() for word in words)


@pytest.mark.requirement("C18")
def test_a_long_password_is_kept_whole(client: FlaskClient) -> None:
    long = "a walk by the river and then some tea " * 3
    assert post(client, "/register", **JOINING | {"password": long + "x" * 10}).status_code == 302
