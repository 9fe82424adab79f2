"""No pattern of ours takes long over text made to make it try everything."""

from __future__ import annotations

import ast
import importlib
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.test_house import PACKAGES, ROOT, sources

LENGTH = 10_000
MOST = 0.05  #: seconds of processor
#: What patterns like ours begin with, or would like to see more of; repeated, with an end that fits none.
BITS = (
    "a", "A", " ", "\t", "\n", "\r\n", " \n", "0", "1.", "1,", "-", "_", ".", "@", "a@", "a.", "@.", "<",
    "<a ", "<!--", "</", "&", '"', "'", "/", "//", "http://", "https://a", "P", "P1D", "T1H", "MO", ",MO",
    "+1", "é", "zoom", "online ", "free ", "no charge ", "TZID=", "TZID:", "X-WR-TIMEZONE:", "RRULE:", "a1",
    "aB", "\x00", "Monday ", "and ", "the ", "drink ", "alcohol ", "no ", "not ", "pub ", "[", "::",
    "12:30", "2026-01-01",
)  # fmt: skip
ENDS = ("", "!", "\n!", "é")


def literal(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def written() -> Iterator[tuple[str, re.Pattern[str], str]]:
    """Patterns as they stand in calls of `re` and in validators, and whether they are searched or matched."""
    for path in sources(*PACKAGES):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or (text := literal(node.args[0])) is None:
                continue
            called = ast.unparse(node.func)
            if called in {"re.match", "re.fullmatch", "Regexp"}:
                yield str(path), re.compile(text), "match"
            elif called in {"re.search", "re.sub", "re.split", "re.findall", "re.finditer"}:
                yield str(path), re.compile(text), "search"


def compiled() -> Iterator[tuple[str, re.Pattern[str], str]]:
    """Patterns that modules hold, also those put together, used as the module uses their name."""
    for path in sources(*PACKAGES):
        text = path.read_text(encoding="utf-8")
        if "re.compile" not in text:
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for held, value in vars(importlib.import_module(name)).items():
            for pattern in _inside(value):
                yield str(path), pattern, _use(held, text)


def _inside(value: Any) -> Iterator[re.Pattern[str]]:
    match value:
        case re.Pattern():
            yield value
        case dict():
            for each in value.values():
                yield from _inside(each)
        case list() | tuple() | set() | frozenset():
            for each in value:
                yield from _inside(each)


def _use(name: str, text: str) -> str:
    uses = set(re.findall(rf"\b{name}\.(\w+)\(", text))
    return "match" if uses and uses <= {"match", "fullmatch"} else "search"


def seconds(pattern: re.Pattern[str], use: str, text: str) -> float:
    began = time.thread_time()
    if use == "match":
        pattern.match(text)
    else:
        pattern.search(text)
    return time.thread_time() - began


@pytest.mark.requirement("C50")
def test_no_pattern_takes_long_over_ten_thousand_letters(capsys: pytest.CaptureFixture[str]) -> None:
    patterns = [*written(), *compiled()]
    texts = [bit * (LENGTH // len(bit)) + end for bit in BITS for end in ENDS]
    slow, slowest = [], 0.0
    for path, pattern, use in patterns:
        for text in texts:
            taken = seconds(pattern, use, text)
            if taken > MOST:  # once more: a busy machine may charge us for its own work
                taken = min(taken, seconds(pattern, use, text), seconds(pattern, use, text))
            slowest = max(slowest, taken)
            if taken > MOST:
                slow.append((Path(path).name, pattern.pattern[:60], text[:12], round(taken, 3)))
    with capsys.disabled():
        print(f"\npatterns: {len(patterns)} x {len(texts)} texts, slowest {slowest * 1000:.1f} ms")  # noqa: T201
    assert len(patterns) > 40
    assert slow == []


def test_a_pattern_that_tries_everything_is_noticed() -> None:
    assert seconds(re.compile(r"(?:a|aa)+$"), "match", "a" * 24 + "!") > 0
    assert seconds(re.compile(r"\s+$"), "search", " " * LENGTH + "!") > MOST
