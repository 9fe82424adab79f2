"""The interests people choose from and events are about: one vocabulary for the whole product."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_BY_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Interest:
    """One thing people like to do or talk about."""

    slug: str  #: stored as this word
    label: str
    words: tuple[str, ...]  #: that tell it in a listing, lower case, singular


def _read() -> Iterator[Interest]:
    lines = (files("domain.listings") / "interests.csv").read_text("utf-8").splitlines()
    for row in csv.DictReader(lines):
        yield Interest(slug=row["slug"], label=row["label"], words=tuple(row["words"].split("; ")))


#: All of them, by slug. The words live in ``interests.csv`` beside this file.
INTERESTS: tuple[Interest, ...] = tuple(_read())

SLUGS: frozenset[str] = frozenset(interest.slug for interest in INTERESTS)


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    """Return one pattern for all words, longest first, and the slugs each word tells."""
    slugs: dict[str, tuple[str, ...]] = {}
    for interest in INTERESTS:
        for word in interest.words:
            slugs[word] = (*slugs.get(word, ()), interest.slug)
    longest_first = sorted(slugs, key=lambda word: (-len(word), word))
    pattern = "|".join(re.escape(word) for word in longest_first)
    return re.compile(rf"(?<![\w-])({pattern})(?:e?s)?(?![\w-])"), slugs


def _told(text: str) -> Counter[str]:
    pattern, slugs = _vocabulary()
    plain = _BY_SPACES.sub(" ", text.casefold())
    return Counter(slug for found in pattern.finditer(plain) for slug in slugs[found[1]])


def interests_of(title: str, text: str, keywords: Iterable[str], *, most: int = 8) -> tuple[str, ...]:
    """Return the slugs a listing is about, surest first.

    One word in the title or the keywords is enough; in the text, which mentions much in passing, two.
    """
    points = _told(" | ".join((title, *keywords)))
    named = {slug: 2 * count for slug, count in points.items()}
    for slug, count in _told(text).items():
        named[slug] = named.get(slug, 0) + min(count, 3)
    sure = [slug for slug, count in named.items() if count >= 2]
    return tuple(sorted(sure, key=lambda slug: (-named[slug], slug))[:most])
