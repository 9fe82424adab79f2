"""What the matcher is told: plain values, no rows, no sessions. Light: the web process imports this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from matching.pace import Pace


class SituationFeature(StrEnum):
    """One side of a social situation that can make it harder; the order is that of every vector.

    These words are stored with events and sealed comfort states: changing one needs a migration.
    """

    CONSTANT = "constant"
    GROUP_SIZE = "group_size"  #: min(1, log2(other people) / 5)
    UNFAMILIAR = "unfamiliar"  #: share of the people who are strangers to this member
    UNSTRUCTURED = "unstructured"  #: 0 a task fills the time, 1 free mingling
    DURATION = "duration"  #: min(1, hours / 4)
    OBSERVED = "observed"  #: 0 nobody looks, 1 you perform or are the centre
    TALKING = "talking"  #: 0 none needed, 1 constant
    ONE_TO_ONE = "one_to_one"  #: 1 with exactly one other person
    IN_PERSON = "in_person"  #: text 0, video 0.5, in person 1
    HARD_TO_LEAVE = "hard_to_leave"  #: 0 leave any time unnoticed, 1 trapped
    ALCOHOL = "alcohol"  #: 1 where the venue is about alcohol
    EVENING = "evening"  #: 1 from 18:00 local time
    SENSORY_LOAD = "sensory_load"  #: noise, crowding, light
    NO_HOST = "no_host"  #: 1 with nobody there to welcome
    ONE_OFF = "one_off"  #: 1 where it does not recur
    NO_ROLE = "no_role"  #: 1 where the member has no given task


FEATURES: tuple[SituationFeature, ...] = tuple(SituationFeature)
FEATURE_COUNT = len(FEATURES)


class Need(StrEnum):
    """The kind of connection a member looks for and a group offers (stored as these words)."""

    CONFIDANT = "confidant"
    DAYTIME_CHAT = "daytime_chat"
    SHARED_ACTIVITY = "shared_activity"
    GROUP_INVOLVEMENT = "group_involvement"
    NOT_SURE = "not_sure"


class DayPart(StrEnum):
    """Part of a day in local time: before 12:00, before 18:00, later."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


#: Weekday times part of day: slot = weekday (Monday 0) * 3 + part (morning 0).
SLOT_COUNT = 21


def slot_of(local: datetime) -> int:
    """Return the slot, 0 to 20, in which a local wall time falls."""
    part = 0 if local.hour < 12 else 1 if local.hour < 18 else 2
    return local.weekday() * 3 + part


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """The sixteen situation features of one outing, each 0-1 with 1 = harder on average."""

    values: tuple[float, ...]  #: in the order of ``FEATURES``; values[0] is 1
    assumed: frozenset[SituationFeature] = frozenset()  #: inferred or missing, not stated by the organizer


#: Numbers in the upper triangle of a 16 x 16 covariance, row by row.
TRIANGLE = FEATURE_COUNT * (FEATURE_COUNT + 1) // 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Comfort:
    """How hard social situations are for one member, and how sure we are: a Gaussian over sixteen weights.

    Made by ``matching.comfort.start``, changed by ``matching.comfort.learn`` alone. Sealed wherever it is
    stored; its values never appear in a ``repr``, so that they cannot end up in a log.
    """

    mean: tuple[float, ...] = field(repr=False)  #: drive in SUDS points per feature
    covariance: tuple[float, ...] = field(repr=False)  #: upper triangle, row by row
    bias: float = field(default=10.0, repr=False)  #: predicted minus peak, SUDS points, running
    intercept: float = field(default=1.5, repr=False)  #: log-odds of going to a situation anticipated at 40
    attempts: int = 0  #: reported so far, gone to or not

    def __post_init__(self) -> None:
        if len(self.mean) != FEATURE_COUNT or len(self.covariance) != TRIANGLE:
            raise ValueError(f"a comfort state has {FEATURE_COUNT} weights and {TRIANGLE} covariances")

    def to_json(self) -> dict[str, Any]:
        """Return the body to seal; the inverse of :meth:`from_json`."""
        names = (each.name for each in fields(self))
        return {
            name: list(value) if isinstance(value := getattr(self, name), tuple) else value for name in names
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Read a sealed body; absent numbers take their starting value, unknown names raise ``TypeError``."""
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in body.items()
        }
        return cls(**given)


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """An outing a member has already said yes to."""

    occurrence: str
    starts_at: datetime  #: aware, UTC
    ends_at: datetime
    anticipated: float  #: SUDS 0-100


@dataclass(frozen=True, kw_only=True, slots=True)
class EventInput:
    """One occurrence of an event as the matcher sees it."""

    id: str  #: of the occurrence
    event: str
    group: str
    title: str
    text: str = ""
    interests: frozenset[str] = frozenset()  #: slugs
    values: frozenset[str] = frozenset()  #: slugs (R76)
    offers: frozenset[Need] = frozenset()  #: kinds of connection the group offers
    situation: Situation
    starts_at: datetime  #: aware, UTC
    ends_at: datetime
    slot: int  #: 0-20, in the local time of the place
    latitude: float | None = None  #: None: online
    longitude: float | None = None
    places_left: int | None = None  #: None: unlimited
    newcomers_left: int | None = None  #: None: the organizer sets no limit
    access: frozenset[str] = frozenset()  #: access needs that are met, slugs
    going: frozenset[str] = frozenset()  #: ids of members with RSVP yes
    people: frozenset[str] = frozenset()  #: ids of the organizer and the group's members
    gatherings_per_month: float = 0.0  #: 0 for a one-off
    attended: int = 0  #: people who have ever joined or attended the group
    showings: int = 0  #: times suggested in the last 28 days
    group_age_days: float = 365.0
    belonging: float | None = None  #: 0-1, the group's own, only with enough answers (R80)


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What one member did with one group: feedback that counts."""

    group: str
    joined: bool = False
    attended: int = 0
    left_early: int = 0
    meet_again: int = 0
    not_a_fit: bool = False


#: A member's energy when they have not said: every slot is possible.
ANY_TIME: tuple[int, ...] = (1,) * SLOT_COUNT


@dataclass(frozen=True, kw_only=True, slots=True)
class Preferences:
    """What a member said about themselves, apart from comfort."""

    interests: Mapping[str, float] = field(default_factory=dict)  #: slug to weight 0-1
    text: str = ""
    needs: tuple[Need, ...] = ()  #: ranked, most wanted first
    values: frozenset[str] = frozenset()
    energy: tuple[int, ...] = ANY_TIME  #: per slot: 0 no, 1 some, 2 good
    latitude: float | None = None  #: centre of the coarse cell
    longitude: float | None = None
    radius_km: float = 10.0
    online_only: bool = False
    access_needs: frozenset[str] = frozenset()
    avoid: frozenset[str] = frozenset()  #: slugs never to be suggested (R93)


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberInput:
    """A member as the matcher sees one. Sealed numbers pass through here and are never in a ``repr``."""

    id: str
    comfort: Comfort
    pace: Pace  #: target, ceiling, caps and the last attempts
    preferences: Preferences = field(default_factory=Preferences)
    planned: tuple[Planned, ...] = ()
    knows: frozenset[str] = frozenset()  #: ids of members met before
    meet_again: frozenset[str] = frozenset()  #: ids of members where both said "meet again"
    apart: frozenset[str] = frozenset()  #: ids of members never to be brought together with, both directions
    visits: Mapping[str, int] = field(default_factory=dict)  #: times been there, per group id
    history: tuple[History, ...] = ()  #: feedback that counts, a record per group
    declined: frozenset[str] = frozenset()  #: ids of occurrences said no to
    paused: bool = False
