"""Interests in the words of a sentence, for the steps of a ladder."""

from __future__ import annotations

from functools import lru_cache

from domain.listings.interests import INTERESTS


@lru_cache(maxsize=1)
def _labels() -> dict[str, str]:
    return {each.slug: each.label for each in INTERESTS}


def label_of(slug: str) -> str:
    """Return an interest as it stands inside a sentence: ``board games``."""
    label = _labels().get(slug, slug.replace("-", " ").replace("_", " "))
    return label if label.isupper() else label[:1].lower() + label[1:]
