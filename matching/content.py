"""What people and groups say of themselves, as TF-IDF vectors over tags and words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.preprocessing import normalize

_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """Tags and words of one member or group."""

    tags: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lexicon:
    """The terms that count and how rare they are; plain values, so it can be stored with a model."""

    terms: tuple[str, ...]
    rarity: tuple[float, ...]  #: inverse document frequency per term

    def vectors(self, documents: Sequence[Document]) -> csr_matrix:
        """Return one row of length 1 per document, or of zeros where none of its terms is known."""
        if not self.terms or not documents:
            return csr_matrix((len(documents), len(self.terms)))
        counts = self._counts(documents)
        counts.data = 1 + np.log(counts.data)
        return csr_matrix(normalize(counts.multiply(np.array(self.rarity)[None, :]).tocsr()))

    def marks(self, documents: Sequence[Document]) -> csr_matrix:
        """Return one row per document with the same mark for each of its terms.

        It is one over the fourth root of their number: who names many is heard more, but not as many times.
        """
        if not self.terms or not documents:
            return csr_matrix((len(documents), len(self.terms)))
        counts = self._counts(documents)
        each = np.diff(counts.indptr)
        counts.data = np.repeat(np.maximum(each, 1) ** -0.25, each)
        return counts

    def _counts(self, documents: Sequence[Document]) -> csr_matrix:
        numbers = {term: number for number, term in enumerate(self.terms)}
        counter = CountVectorizer(analyzer=terms_of, vocabulary=numbers)
        return csr_matrix(counter.transform(documents).astype(np.float64))


def learn_lexicon(documents: Sequence[Document], *, fewest: int = 1, most: int = 20_000) -> Lexicon:
    """Return the terms that at least ``fewest`` documents use; the ``most`` frequent where there are more."""
    if not any(True for document in documents for _ in terms_of(document)):
        return Lexicon(terms=(), rarity=())
    counter = CountVectorizer(analyzer=terms_of, min_df=fewest, max_features=most)
    try:
        counts = counter.fit_transform(documents)
    except ValueError:  # scikit-learn's answer where no term is frequent enough
        return Lexicon(terms=(), rarity=())
    rarity = TfidfTransformer().fit(counts).idf_
    return Lexicon(terms=tuple(counter.get_feature_names_out().tolist()), rarity=tuple(rarity.tolist()))


def terms_of(document: Document) -> Iterable[str]:
    """Yield every tag as one term, and the words of tags and text."""
    for tag in document.tags:
        folded = tag.strip().casefold()
        if folded:
            yield f"#{folded}"
            yield from _WORD.findall(folded)
    yield from _WORD.findall(document.text.casefold())
