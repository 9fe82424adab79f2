"""Run a matching pass again and say of every event what became of it for one member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from matching.affinity import AffinityModel
from matching.anticipation import anticipate
from matching.candidates import CODES, Exclusion, exclusions
from matching.features import tabulate
from matching.inputs import EventInput, MemberInput
from matching.pipeline import MemberResult, match
from matching.score import parts_of, total
from matching.settings import MatchingSettings
from matching.taste import taste_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Retraced:
    """What a pass found for one member, and every event it did not propose."""

    result: MemberResult
    excluded: Mapping[str, Exclusion]  #: occurrence to the first limit that hit
    left: Mapping[str, float]  #: possible and not proposed, with their score 0-1, best first


def retrace(
    members: Sequence[MemberInput],
    events: Sequence[EventInput],
    *,
    member: str,
    settings: MatchingSettings,
    model: AffinityModel | None,
    now: datetime,
    seed: int,
) -> Retraced:
    """Return what :func:`matching.pipeline.match` finds for one of the members, event by event.

    Raises ``StopIteration`` where the member is not among them.
    """
    results = match(members, events, settings=settings, model=model, now=now, seed=seed)
    result = next(each for each in results if each.member == member)
    own = next(each for each in members if each.id == member)
    table = tabulate(events, fair_showings=settings.fair_showings)
    anticipation = anticipate(own, table, settings)
    codes = exclusions(own, table, settings=settings, now=now.timestamp(), anticipation=anticipation)
    taste = taste_of(table, settings, model)
    learned = taste.affinity([own])[0][taste.of_event]
    parts = parts_of(own, table, settings=settings, anticipation=anticipation, learned=learned)
    scores = total(parts, table, settings)
    reasons = {code: reason for reason, code in CODES.items()}
    proposed = {each.event for each in result.proposals}
    left = {
        event.id: float(scores[column])
        for column, event in enumerate(table.events)
        if codes[column] == 0 and event.id not in proposed
    }
    return Retraced(
        result=result,
        excluded={
            event.id: reasons[int(codes[column])]
            for column, event in enumerate(table.events)
            if codes[column]
        },
        left=dict(sorted(left.items(), key=lambda each: (-each[1], each[0]))),
    )
