"""Scoring: how well an event suits a member, in parts of 0 to 1 that each have a reason of their own."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from matching.anticipation import Anticipation
from matching.features import EventTable, Floats, columns_of
from matching.inputs import MemberInput, Need
from matching.settings import MatchingSettings
from matching.situations import drive

#: What is said of a part when neither side said anything: neither for nor against.
NEUTRAL = 0.5
#: A need counts less the further down a member ranked it.
NEXT_NEED = 0.75
#: What one visit, and one person met before, leave of what is unfamiliar.
_PLACE, _PERSON = 0.7, 0.8


class Part(StrEnum):
    """One part of a score (stored as these words); the order is that of every row of parts."""

    INTEREST = "interest"
    NEED = "need"
    LADDER = "ladder"
    FAMILIAR = "familiar"
    VALUES = "values"
    REGULARITY = "regularity"
    ENERGY = "energy"
    BELONGING = "belonging"


PARTS: tuple[Part, ...] = tuple(Part)


def weigh(settings: MatchingSettings) -> Floats:
    """Return the weight of every part, in order, summing to 1."""
    given = settings.weights()
    weights = np.array([given[part] for part in PARTS])
    shares: Floats = weights / weights.sum()
    return shares


def parts_of(
    member: MemberInput,
    table: EventTable,
    *,
    settings: MatchingSettings,
    anticipation: Anticipation,
    learned: Floats,
) -> Floats:
    """Return the parts (8, n), each 0-1, of a member's score for every event.

    ``learned`` is the interest affinity of the fitted model or its stand-in, (n,) 0-1.
    """
    declared = declared_affinity(member, table)
    share = settings.declared_share
    return np.stack(
        [
            share * declared + (1 - share) * learned,
            need_fit(member, table),
            ladder_fit(anticipation, target=member.pace.target, settings=settings),
            familiarity(member, table),
            shared_values(member, table),
            table.regularity,
            np.array(member.preferences.energy, dtype=np.float64)[table.slots] / 2,
            table.belonging,
        ]
    )


def total(parts: Floats, table: EventTable, settings: MatchingSettings) -> Floats:
    """Return scores (n,) 0-1: the weighted parts, and a lift for groups that are seldom shown."""
    scores: Floats = weigh(settings) @ parts
    lifted: Floats = (scores + settings.small_groups * table.lift) / (1 + settings.small_groups)
    return lifted


def declared_affinity(member: MemberInput, table: EventTable) -> Floats:
    """Return which share of the interests a member named an event is about, rare ones counting more.

    One more shared interest on an event never lowers it. Interests that no event offers are left out.
    """
    covered, asked = np.zeros(len(table.events)), 0.0
    for slug in sorted(member.preferences.interests):
        if slug in table.by_interest:
            weight = member.preferences.interests[slug] * table.weight[slug]
            covered[table.by_interest[slug]] += weight
            asked += weight
    return np.minimum(covered / asked, 1.0) if asked > 0 else covered


def need_fit(member: MemberInput, table: EventTable) -> Floats:
    """Return how well the connection offered answers the one looked for, the most wanted first (R11)."""
    wanted = [need for need in member.preferences.needs if need is not Need.NOT_SURE]
    fit = np.full(len(table.events), 0.0 if wanted else NEUTRAL)
    for rank, need in reversed(list(enumerate(wanted))):
        fit[columns_of(table.by_need, (need,))] = NEXT_NEED**rank
    return fit


def nearness(anticipation: Anticipation, *, target: float, settings: MatchingSettings) -> Floats:
    """Return how near an event is to the target on the drive scale, 1 on it; doubt widens it."""
    variance = settings.right_sized_width**2 + anticipation.spread**2 / 2
    near: Floats = np.exp(-((anticipation.mean - drive(target)) ** 2) / (2 * variance))
    return near


def ladder_fit(anticipation: Anticipation, *, target: float, settings: MatchingSettings) -> Floats:
    """Return how well an event suits as the next step: near the target, sure, likely gone to."""
    width = settings.right_sized_width
    sureness = width / np.sqrt(width**2 + anticipation.spread**2 / 2)
    fit: Floats = nearness(anticipation, target=target, settings=settings) * sureness * anticipation.attend
    return fit * anticipation.caution * anticipation.variety * anticipation.ease


def familiarity(member: MemberInput, table: EventTable) -> Floats:
    """Return how much of the place and the people is known; "meet again" counts double (R54, R55)."""
    strange = np.ones(len(table.events))
    for group in sorted(member.visits):
        if group in table.by_group:
            strange[table.by_group[group]] *= _PLACE ** member.visits[group]
    for person in sorted(member.knows | member.meet_again):
        if person in table.by_person:
            strange[table.by_person[person]] *= _PERSON ** (2 if person in member.meet_again else 1)
    return 1 - strange


def shared_values(member: MemberInput, table: EventTable) -> Floats:
    """Return which share of the member's values the event stands for (R76)."""
    named = member.preferences.values
    shared = np.zeros(len(table.events))
    for value in sorted(named):
        if value in table.by_value:
            shared[table.by_value[value]] += 1 / len(named)
    return np.minimum(shared, 1.0)
