"""Who joined what, as interest affinity learns from it: plain rows alone, nothing anybody sealed.

Learnt from are those who agreed that what they tell shapes suggestions and whose account is open. Of them
interests, groups and outings count; neither their own words nor their place, and nothing of a reflection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from domain import consent
from domain.models import (
    Account,
    Answer,
    ConsentPurpose,
    Event,
    EventInterest,
    Group,
    GroupInterest,
    MemberInterest,
    Membership,
    Occurrence,
    Rsvp,
    Suggestion,
)
from matching.community import Community, Groups, People
from matching.content import Document
from matching.inputs import History
from matching.taste import weight_of

#: Groups a model knows, the best visited where there are more: its size grows with their square.
MOST_GROUPS = 1200
#: Letters of a group's texts that are read.
MOST_TEXT = 4000


@dataclass(slots=True)
class _Tie:
    """One member and one group, gathered from several queries."""

    joined: bool = False
    attended: int = 0
    not_a_fit: bool = False
    since: list[datetime] = field(default_factory=list)

    def weight(self, group: str) -> float:
        return weight_of(
            History(group=group, joined=self.joined, attended=self.attended, not_a_fit=self.not_a_fit)
        )


@dataclass(slots=True)
class _Said:
    """One group's words and place."""

    tags: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)
    place: tuple[float, float] = (np.nan, np.nan)

    def document(self) -> Document:
        return Document(tags=tuple(sorted(self.tags)), text=" ".join(self.texts)[:MOST_TEXT])


def load_community(session: Session) -> Community:
    """Return the members and groups a model is fitted on, both by id."""
    people = list(session.scalars(_learnt_from().order_by(Account.id)))
    ties = _ties(session)
    groups = _best_visited(_groups(session), ties)
    return Community(
        people=People(
            documents=_interests(session, people),
            places=np.full((len(people), 2), np.nan),
            **_joins(people, list(groups), ties),
        ),
        groups=Groups(
            ids=tuple(groups),
            documents=tuple(said.document() for said in groups.values()),
            places=np.array([said.place for said in groups.values()], dtype=np.float64).reshape(-1, 2),
        ),
    )


def _learnt_from() -> Select[str]:
    agreed = consent.agreed(ConsentPurpose.COMFORT)
    return select(Account.id).where(Account.id.in_(agreed), Account.active.is_(True))


def _ties(session: Session) -> dict[tuple[str, str], _Tie]:
    ties: dict[tuple[str, str], _Tie] = defaultdict(_Tie)
    among = _learnt_from()
    belonging = select(Membership.member, Membership.group, Membership.since).where(
        Membership.left_at.is_(None), Membership.member.in_(among)
    )
    for member, group, since in session.execute(belonging):
        tie = ties[member, group]
        tie.joined = True
        tie.since.append(since)
    been = (
        select(Rsvp.member, Event.group, func.count(), func.min(Occurrence.starts_at))
        .join(Occurrence, Rsvp.occurrence == Occurrence.id)
        .join(Event, Occurrence.event == Event.id)
        .where(Rsvp.attended.is_(True), Rsvp.member.in_(among))
        .group_by(Rsvp.member, Event.group)
    )
    for member, group, visits, first in session.execute(been):
        tie = ties[member, group]
        tie.attended = visits
        tie.since.append(first)
    unfit = (
        select(Suggestion.member, Event.group)
        .join(Occurrence, Suggestion.occurrence == Occurrence.id)
        .join(Event, Occurrence.event == Event.id)
        .where(Suggestion.answer == Answer.NOT_A_FIT, Suggestion.member.in_(among))
    )
    for member, group in session.execute(unfit):
        if (member, group) in ties:
            ties[member, group].not_a_fit = True
    return ties


def _groups(session: Session) -> dict[str, _Said]:
    """Return what open groups say of themselves and their events, as it was published."""
    open_groups = select(Group.id).where(Group.closed_at.is_(None))
    rows = session.execute(open_groups.add_columns(Group.name, Group.summary).order_by(Group.id))
    groups = {group: _Said(texts=[name, summary or ""]) for group, name, summary in rows}
    announced = (
        select(Event.group, Event.title, Event.text, Event.online, Event.latitude, Event.longitude)
        .where(Event.published_at.is_not(None), Event.cancelled_at.is_(None), Event.group.in_(open_groups))
        .order_by(Event.id)
    )
    for row in session.execute(announced):
        said = groups[row.group]
        said.texts += [each for each in (row.title, row.text) if each not in said.texts]
        if not row.online and row.latitude is not None:
            said.place = (row.latitude, row.longitude)
    for group, tag in _tags(session, open_groups):
        groups[group].tags.add(tag)
    return groups


def _tags(session: Session, open_groups: Select[str]) -> Iterable[tuple[str, str]]:
    of_group = select(GroupInterest.group, GroupInterest.interest).where(GroupInterest.group.in_(open_groups))
    of_event = (
        select(Event.group, EventInterest.interest)
        .join(Event, EventInterest.event == Event.id)
        .where(Event.group.in_(open_groups), Event.published_at.is_not(None))
    )
    for query in (of_group, of_event):
        yield from ((group, tag) for group, tag in session.execute(query))


def _best_visited(groups: dict[str, _Said], ties: dict[tuple[str, str], _Tie]) -> dict[str, _Said]:
    people: dict[str, int] = defaultdict(int)
    for _, group in ties:
        people[group] += 1
    best = sorted(groups, key=lambda group: (-people[group], group))[:MOST_GROUPS]
    return {group: groups[group] for group in sorted(best)}


def _interests(session: Session, people: list[str]) -> tuple[Document, ...]:
    tags: dict[str, list[str]] = defaultdict(list)
    rows = select(MemberInterest.member, MemberInterest.interest).where(
        MemberInterest.member.in_(_learnt_from())
    )
    for member, interest in session.execute(rows):
        tags[member].append(interest)
    return tuple(Document(tags=tuple(sorted(tags[member]))) for member in people)


def _joins(people: list[str], groups: list[str], ties: dict[tuple[str, str], _Tie]) -> dict[str, Any]:
    """Return the joins and when each began, as matrices of one pattern."""
    row, column = ({name: number for number, name in enumerate(names)} for names in (people, groups))
    kept = [
        (row[member], column[group], weight, min(tie.since).timestamp())
        for (member, group), tie in sorted(ties.items())
        if member in row and group in column and (weight := tie.weight(group)) > 0
    ]
    rows, columns, weights, since = zip(*kept, strict=True) if kept else ((), (), (), ())
    shape = (len(people), len(groups))
    return {
        "joins": csr_matrix((weights, (rows, columns)), shape=shape, dtype=np.float64),
        "joined_at": csr_matrix((since, (rows, columns)), shape=shape, dtype=np.float64),
    }
