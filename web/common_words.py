"""Words that are tried first: common passwords, names and words of English, about 90,000 of them.

The lists are those of zxcvbn (MIT licence), by how often each was found. They are read when the first
password is chosen, and take some 15 MB from then on.
"""

from __future__ import annotations

from functools import lru_cache

SHORTEST = 5  #: half of the shortest password there may be


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Return the words, in lower case."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415 - read when needed

    return frozenset(word for words in FREQUENCY_LISTS.values() for word in words if len(word) >= SHORTEST)
