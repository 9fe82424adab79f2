"""Interest affinity of members for the events of a run: the fitted model, or content while there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from matching.content import Document, Lexicon, learn_lexicon
from matching.features import EventTable, Floats
from matching.inputs import MemberInput
from matching.settings import MatchingSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class Taste:
    """What the groups of a run are about and how well visited they are; a column per group."""

    groups: tuple[str, ...]
    of_event: np.ndarray[tuple[int], np.dtype[np.intp]]  #: (n,) the group of every event column
    lexicon: Lexicon
    content: csr_matrix  #: (groups, terms)
    popularity: Floats  #: (groups,) 0-1, shrunk
    popularity_share: float

    def affinity(self, members: Sequence[MemberInput]) -> Floats:
        """Return the affinity (members, groups), 0-1."""
        said = self.lexicon.vectors([document_of(member) for member in members])
        alike = np.asarray((said @ self.content.T).todense())
        share = self.popularity_share
        affinity: Floats = np.clip((1 - share) * alike + share * self.popularity, 0, 1)
        return affinity


def taste_of(table: EventTable, settings: MatchingSettings) -> Taste:
    """Return what can be said of the run's groups by their words and visits alone.

    Tags are left to the declared part of the score, where one more in common never lowers it.
    """
    groups = tuple(sorted(table.by_group))
    row = {group: number for number, group in enumerate(groups)}
    documents = [_words(table, group) for group in groups]
    lexicon = learn_lexicon(documents)
    attended = [max(table.events[column].attended for column in table.by_group[group]) for group in groups]
    return Taste(
        groups=groups,
        of_event=np.array([row[event.group] for event in table.events], dtype=np.intp),
        lexicon=lexicon,
        content=lexicon.vectors(documents),
        popularity=shrink(np.array(attended, dtype=np.float64)),
        popularity_share=settings.popularity,
    )


def shrink(attended: Floats) -> Floats:
    """Return how well visited groups are, 0-1, on a log scale, small numbers drawn towards the middle."""
    if not len(attended):
        return attended
    level = np.log1p(attended)
    prior = float(level.mean())
    weight = attended / (attended + 5)
    shrunk = weight * level + (1 - weight) * prior
    return shrunk / max(float(shrunk.max()), 1.0)


def document_of(member: MemberInput) -> Document:
    """Return what a member said they like."""
    preferences = member.preferences
    return Document(tags=tuple(sorted(preferences.interests)), text=preferences.text)


def _words(table: EventTable, group: str) -> Document:
    events = [table.events[column] for column in table.by_group[group]]
    said = sorted({f"{event.title} {event.text}" for event in events})
    return Document(text=" ".join(said))
