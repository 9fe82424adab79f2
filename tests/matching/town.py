"""A small made-up town: members and events as the matcher is told of them, from a seed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from matching import comfort
from matching.inputs import (
    FEATURES,
    SLOT_COUNT,
    EventInput,
    History,
    MemberInput,
    Need,
    Planned,
    Preferences,
    Situation,
    SituationFeature,
    slot_of,
)
from matching.pace import State

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
TAGS = tuple(f"tag-{number:02}" for number in range(24))
VALUES = ("nature", "learning", "kindness")
ACCESS = ("step-free", "quiet", "hearing-loop")
NEEDS = tuple(Need)


def calm_situation(**features: float) -> Situation:
    """Return a situation at the easy end but for the named features."""
    values = [1.0] + [features.get(feature, 0.0) for feature in FEATURES[1:]]
    return Situation(values=tuple(values))


def event(**facts: Any) -> EventInput:
    """Return a harmless event tomorrow, with the given facts."""
    starts = facts.pop("starts_at", NOW + timedelta(days=1))
    plain: dict[str, Any] = {
        "id": "e1",
        "event": facts.get("id", "e1"),
        "group": "g1",
        "title": "Quiet walk",
        "situation": calm_situation(
            group_size=0.6, unfamiliar=0.8, talking=0.6, in_person=1.0, unstructured=0.6, no_host=1.0
        ),
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=2),
        "slot": slot_of(starts),
    }
    return EventInput(**(plain | facts))


def member(**facts: Any) -> MemberInput:
    """Return a member with nothing planned who answered the six questions in the middle."""
    state = facts.pop("state", None) or comfort.start((25, 35, 40, 45, 60, 65))
    plain: dict[str, Any] = {"id": "m1", "comfort": state.comfort, "pace": state.pace}
    return MemberInput(**(plain | facts))


def events(count: int, *, seed: int = 1, groups: int | None = None) -> list[EventInput]:
    """Return events of several groups over four weeks, of all sizes, some full, some online."""
    rng = np.random.default_rng(seed)
    of = rng.integers(0, groups or max(1, count // 4), size=count)
    return [_event(number, int(of[number]), rng) for number in range(count)]


def members(count: int, *, seed: int = 2, groups: int = 10) -> list[MemberInput]:
    """Return members at all stages: some anxious, some with outings planned, some who keep apart."""
    rng = np.random.default_rng(seed)
    return [_member(number, rng, groups=groups, count=count) for number in range(count)]


def _pick(rng: np.random.Generator, words: tuple[str, ...], share: float) -> frozenset[str]:
    return frozenset(word for word in words if rng.random() < share)


def _event(number: int, group: int, rng: np.random.Generator) -> EventInput:
    starts = NOW + timedelta(hours=int(rng.integers(1, 24 * 32)))
    online = rng.random() < 0.2
    values = np.concatenate([[1.0], rng.random(len(FEATURES) - 1) ** 2])
    return EventInput(
        id=f"e{number:05}",
        event=f"event{number // 2:05}",
        group=f"g{group:04}",
        title=f"Meeting {group} about tea and maps",
        text="board games " if group % 2 else "walking and birds",
        interests=_pick(rng, TAGS, 0.12),
        values=_pick(rng, VALUES, 0.3),
        offers=frozenset(need for need in NEEDS if rng.random() < 0.4),
        situation=Situation(
            values=tuple(values.tolist()),
            assumed=frozenset({SituationFeature.OBSERVED}) if rng.random() < 0.3 else frozenset(),
        ),
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        slot=slot_of(starts),
        latitude=None if online else float(43.7 + rng.normal(0, 0.05)),
        longitude=None if online else float(-79.4 + rng.normal(0, 0.07)),
        places_left=int(rng.integers(0, 8)) if rng.random() < 0.5 else None,
        newcomers_left=int(rng.integers(0, 3)) if rng.random() < 0.3 else None,
        access=_pick(rng, ACCESS, 0.7),
        going=frozenset(f"m{each:05}" for each in rng.integers(0, 50, size=2)),
        gatherings_per_month=float(rng.choice([0.0, 1.0, 2.0, 4.0])),
        attended=int(rng.pareto(1.2) * 5),
        showings=int(rng.integers(0, 40)),
        belonging=float(rng.random()) if rng.random() < 0.3 else None,
    )


def _member(number: int, rng: np.random.Generator, *, groups: int, count: int) -> MemberInput:
    state: State = comfort.start(tuple(float(each) for each in rng.integers(5, 75, size=6)))
    placed = rng.random() < 0.9
    start = NOW + timedelta(days=int(rng.integers(1, 20)), hours=3)
    planned = (Planned(occurrence="x", starts_at=start, ends_at=start + timedelta(hours=1), anticipated=45),)
    return MemberInput(
        id=f"m{number:05}",
        comfort=state.comfort,
        pace=state.pace,
        preferences=Preferences(
            interests={tag: float(rng.random()) for tag in sorted(_pick(rng, TAGS, 0.15))},
            text="I like birds and maps" if rng.random() < 0.4 else "",
            needs=tuple(NEEDS[each] for each in rng.permutation(len(NEEDS))[: rng.integers(0, 4)]),
            values=_pick(rng, VALUES, 0.4),
            energy=tuple(int(each) for each in rng.integers(0, 3, size=SLOT_COUNT)),
            latitude=float(43.7 + rng.normal(0, 0.05)) if placed else None,
            longitude=float(-79.4 + rng.normal(0, 0.07)) if placed else None,
            radius_km=float(rng.choice([3.0, 10.0, 30.0])),
            online_only=bool(rng.random() < 0.05),
            access_needs=_pick(rng, ACCESS, 0.1),
            avoid=_pick(rng, TAGS, 0.02),
        ),
        planned=planned if rng.random() < 0.3 else (),
        knows=frozenset(f"m{each:05}" for each in rng.integers(0, count, size=2)),
        apart=frozenset({f"m{rng.integers(0, 50):05}"}) if rng.random() < 0.3 else frozenset(),
        visits={f"g{rng.integers(0, groups):04}": int(rng.integers(1, 5))} if rng.random() < 0.5 else {},
        history=(_no_fit(rng, groups),) if rng.random() < 0.2 else (),
        paused=bool(rng.random() < 0.03),
    )


def _no_fit(rng: np.random.Generator, groups: int) -> History:
    return History(group=f"g{rng.integers(0, groups):04}", not_a_fit=True)
