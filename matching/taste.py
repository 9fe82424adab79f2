"""Interest affinity of members for the groups of a run: the fitted model, or content while there is none."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import expit

from matching.affinity import AffinityModel
from matching.community import Community, Groups, People
from matching.content import Document, Lexicon, learn_lexicon
from matching.features import Columns, EventTable, Floats
from matching.inputs import EventInput, History, MemberInput
from matching.settings import MatchingSettings
from matching.signals import hear


@dataclass(frozen=True, kw_only=True, slots=True)
class Taste:
    """What the groups of a run are about and how well visited they are; a column per group."""

    groups: tuple[str, ...]
    of_event: Columns  #: (n,) the group of every event column
    lexicon: Lexicon
    content: csr_matrix  #: (groups, terms)
    popularity: Floats  #: (groups,) 0-1, shrunk
    popularity_share: float
    model: AffinityModel | None

    def affinity(self, members: Sequence[MemberInput]) -> Floats:
        """Return the affinity (members, groups), 0-1.

        With a model, 0.5 is the member's middle over all groups; a group the model does not know stands where
        its words and visits put it among the groups of the run.
        """
        said = self.lexicon.vectors([document_of(member) for member in members])
        alike = np.asarray((said @ self.content.T).todense())
        share = self.popularity_share
        plain: Floats = np.clip((1 - share) * alike + share * self.popularity, 0, 1)
        if self.model is None or not self.groups:
            return plain
        return self._learned(self.model, members, plain)

    def _learned(self, model: AffinityModel, members: Sequence[MemberInput], plain: Floats) -> Floats:
        scores = model.scores(hear(people_of(members, model.groups), model.learned.words))
        affinity: Floats = expit(_standard(plain))
        column = {group: number for number, group in enumerate(model.groups)}
        known = [number for number, group in enumerate(self.groups) if group in column]
        affinity[:, known] = expit(_standard(scores)[:, [column[self.groups[number]] for number in known]])
        return affinity


def taste_of(table: EventTable, settings: MatchingSettings, model: AffinityModel | None = None) -> Taste:
    """Return what can be said of the run's groups.

    Tags are left to the declared part of the score, where one more in common never lowers it.
    """
    groups = tuple(sorted(table.by_group))
    row = {group: number for number, group in enumerate(groups)}
    gathered = [[table.events[column] for column in table.by_group[group]] for group in groups]
    documents = [Document(text=_text(events)) for events in gathered]
    attended = [max(event.attended for event in events) for events in gathered]
    lexicon = learn_lexicon(documents)
    return Taste(
        groups=groups,
        of_event=np.array([row[event.group] for event in table.events], dtype=np.intp),
        lexicon=lexicon,
        content=lexicon.vectors(documents),
        popularity=shrink(np.array(attended, dtype=np.float64)),
        popularity_share=settings.popularity,
        model=model,
    )


def community_of(members: Iterable[MemberInput], events: Iterable[EventInput]) -> Community:
    """Return members and groups as a model is fitted on them; the order given does not matter."""
    ordered = sorted(members, key=lambda member: member.id)
    gathered: dict[str, list[EventInput]] = {}
    for event in sorted(events, key=lambda event: (event.group, event.id)):
        gathered.setdefault(event.group, []).append(event)
    ids = tuple(gathered)
    return Community(
        people=people_of(ordered, ids),
        groups=Groups(
            ids=ids,
            documents=tuple(_document(events) for events in gathered.values()),
            places=_places((events[0].latitude, events[0].longitude) for events in gathered.values()),
        ),
    )


def people_of(members: Sequence[MemberInput], groups: Sequence[str]) -> People:
    """Return what the affinity may know of members: what they said and joined, nothing of how it felt."""
    column = {group: number for number, group in enumerate(groups)}
    rows, columns, weights = [], [], []
    for row, member in enumerate(members):
        for history in member.history:
            weight = weight_of(history)
            if weight > 0 and history.group in column:
                rows.append(row)
                columns.append(column[history.group])
                weights.append(weight)
    preferences = [member.preferences for member in members]
    return People(
        documents=tuple(document_of(member) for member in members),
        places=_places((each.latitude, each.longitude) for each in preferences),
        joins=csr_matrix((weights, (rows, columns)), shape=(len(members), len(groups)), dtype=np.float64),
    )


def weight_of(history: History) -> float:
    """Return how strongly a history speaks for a group: joining is 1, coming and "meet again" add to it.

    Leaving early takes from it and "not a fit" leaves nothing.
    """
    if history.not_a_fit:
        return 0.0
    for_it = history.joined + 0.25 * min(history.attended, 4) + 0.25 * min(history.meet_again, 2)
    return max(0.0, for_it - 0.5 * history.left_early)


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


def _document(events: Sequence[EventInput]) -> Document:
    tags = sorted(frozenset[str]().union(*(event.interests for event in events)))
    return Document(tags=tuple(tags), text=_text(events))


def _text(events: Sequence[EventInput]) -> str:
    return " ".join(sorted({f"{event.title} {event.text}" for event in events}))


def _places(points: Iterable[tuple[float | None, float | None]]) -> Floats:
    rows = [(math.nan, math.nan) if None in point else point for point in points]
    return np.array(rows, dtype=np.float64).reshape(-1, 2)


def _standard(scores: Floats) -> Floats:
    middle, spread = scores.mean(axis=1, keepdims=True), scores.std(axis=1, keepdims=True)
    standard: Floats = (scores - middle) / np.maximum(spread, 1e-9)
    return standard
