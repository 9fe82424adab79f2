"""Members: their profile, what they said about themselves in private, their comfort answers, their pause.

Whatever the matcher reads asks for a new matching run in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from domain import (
    consent,
    digests,
    events,
    outbox,
    person_dates,
    person_touches,
    regions,
    routines,
    runs,
    sealed,
    suggestions,
    trails,
)
from domain.errors import Invalid, NotAllowed
from domain.models import (
    Account,
    ComfortAnswers,
    ComfortState,
    ConsentPurpose,
    Member,
    MemberInterest,
    Reflection,
)
from domain.zones import zones
from matching.inputs import SLOT_COUNT, Need
from matching.situations import QUESTIONS

PROFILE = "profile"  #: why a run was asked for
QUESTION_IDS = frozenset(each.id for each in QUESTIONS)
MOST_INTERESTS = 30
LONGEST_NOTE = 600
#: The onboarding steps in order; each may be answered, skipped and come back to.
STEPS = ("needs", "interests", "comfort", "energy", "pace", "place")


@dataclass(frozen=True, kw_only=True, slots=True)
class PrivateProfile:
    """What only the member and the matcher read; sealed in the member's row."""

    needs: tuple[Need, ...] = ()  #: most wanted first
    own_words: str = field(default="", repr=False)
    values: tuple[str, ...] = ()  #: slugs
    cell: str | None = field(default=None, repr=False)  #: H3, resolution 6
    place_name: str | None = field(default=None, repr=False)
    access_needs: tuple[str, ...] = field(default=(), repr=False)  #: slugs
    avoid: tuple[str, ...] = field(default=(), repr=False)  #: slugs never to be suggested
    card: str = field(
        default="", repr=False
    )  #: written before there was `domain.needs_cards`, which takes it

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Read a sealed body; what is absent was not said."""
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in body.items()
        }
        return cls(**given | {"needs": tuple(Need(each) for each in body.get("needs", ()))})

    def to_json(self) -> dict[str, Any]:
        """Return the body to seal; the inverse of :meth:`from_json`."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """What a member may change in plain columns; None leaves a value as it is."""

    display_name: str | None = None
    pronouns: str | None = None  #: empty: take them away
    time_zone: str | None = None
    interests: Mapping[str, float] | None = None  #: slug to weight, above 0 to 1
    energy: tuple[int, ...] | None = None  #: 21 slots of 0, 1, 2; empty: not said
    radius_km: float | None = None
    online_only: bool | None = None
    weekly_cap: int | None = None
    rest_hours: int | None = None


def check_profile(profile: Profile) -> None:
    """Raise `Invalid` with every problem at once."""
    problems: dict[str, str] = {}
    if profile.display_name is not None and not 1 <= len(profile.display_name.strip()) <= 60:
        problems["display_name"] = "Enter a name of up to 60 letters. It can be a nickname."
    if profile.time_zone is not None and profile.time_zone not in zones():
        problems["time_zone"] = "Choose a time zone from the list."
    if profile.interests is not None and len(profile.interests) > MOST_INTERESTS:
        problems["interests"] = f"Choose up to {MOST_INTERESTS}."
    if profile.energy and (len(profile.energy) != SLOT_COUNT or not set(profile.energy) <= {0, 1, 2}):
        problems["energy"] = "Choose one answer for each part of the week."
    if profile.radius_km is not None and not 1 <= profile.radius_km <= 200:
        problems["radius_km"] = "Choose a distance of 1 to 200 kilometres."
    if profile.weekly_cap is not None and not 1 <= profile.weekly_cap <= 7:
        problems["weekly_cap"] = "Choose 1 to 7 times a week."
    if profile.rest_hours is not None and not 0 <= profile.rest_hours <= 336:
        problems["rest_hours"] = "Choose up to 14 days of rest."
    if problems:
        raise Invalid(problems)


def create(session: Session, *, account: Account, display_name: str, time_zone: str, now: datetime) -> Member:
    """Add the member of an account, sharing its id, and flush it."""
    check_profile(Profile(display_name=display_name, time_zone=time_zone))
    member = Member(
        id=account.id,
        display_name=display_name.strip(),
        time_zone=time_zone,
        region=regions.NOWHERE,
        steps_done=[],
        created_at=now,
    )
    session.add(member)
    session.flush()
    return member


def read_private(session: Session, member: Member) -> PrivateProfile:
    """Return what the member said in private; raises `SealBroken` where their key is gone."""
    return PrivateProfile.from_json(sealed.unseal(session, member))


def save_private(session: Session, *, member: Member, now: datetime, **changes: Any) -> PrivateProfile:
    """Replace the named parts of the private profile, and ask for suggestions anew."""
    changed = replace(read_private(session, member), **changes)
    check_private(changed)
    sealed.seal(session, member, changed.to_json())
    member.region = regions.mark(session, changed.cell)
    session.flush()
    runs.request(session, member=member.id, reason=PROFILE, now=now)
    return changed


def check_private(private: PrivateProfile) -> None:
    """Raise `Invalid` where a text is too long or a need is named twice."""
    problems = {
        name: f"Use up to {LONGEST_NOTE} letters."
        for name in ("own_words", "card")
        if len(getattr(private, name)) > LONGEST_NOTE
    }
    if len(set(private.needs)) != len(private.needs):
        problems["needs"] = "Choose each kind of company once."
    if problems:
        raise Invalid(problems)


def save_profile(session: Session, *, member: Member, profile: Profile, now: datetime) -> None:
    """Write what is given, and ask for suggestions anew."""
    check_profile(profile)
    moved = profile.time_zone not in (None, member.time_zone)
    for name in ("radius_km", "online_only", "weekly_cap", "rest_hours", "time_zone"):
        if (value := getattr(profile, name)) is not None:
            setattr(member, name, value)
    if profile.display_name is not None:
        member.display_name = profile.display_name.strip()
    if profile.pronouns is not None:
        member.pronouns = profile.pronouns.strip()[:40] or None
    if profile.energy is not None:
        member.energy = list(profile.energy) or None
    if profile.interests is not None:
        _replace_interests(member, profile.interests)
    session.flush()
    if moved:
        digests.move(session, member=member, now=now)
        person_dates.move(session, member=member, now=now)
        person_touches.move(session, member=member, now=now)
        routines.move(session, member=member, now=now)
    runs.request(session, member=member.id, reason=PROFILE, now=now)


def _replace_interests(member: Member, interests: Mapping[str, float]) -> None:
    rows = {row.interest: row for row in member.interests}
    for slug, weight in interests.items():
        rows.setdefault(slug, MemberInterest(member=member.id, interest=slug)).weight = weight
    member.interests = [row for slug, row in sorted(rows.items()) if slug in interests]


def answer_comfort(
    session: Session, *, member: Member, answers: Mapping[str, int | None], now: datetime
) -> None:
    """Seal the comfort answers (0-100 by question id; None: skipped) and let a worker start from them.

    Raises `NotAllowed` without a standing consent, `Invalid` for an unknown question or number.
    """
    if not consent.has(session, account=member.id, purpose=ConsentPurpose.COMFORT):
        raise NotAllowed("We need your yes before we keep answers about how things feel.")
    given = {name: value for name, value in answers.items() if value is not None}
    problems = {
        name: "Choose a number from 0 to 100."
        for name, value in given.items()
        if name not in QUESTION_IDS or not 0 <= value <= 100
    }
    if problems:
        raise Invalid(problems)
    row = session.get(ComfortAnswers, member.id) or ComfortAnswers(member=member.id)
    row.updated_at = now
    sealed.seal(session, row, {"answers": given})
    session.add(row)
    session.flush()
    outbox.record(session, events.ComfortAnswered(member=member.id))
    runs.request(session, member=member.id, reason=PROFILE, now=now)


def withdraw_comfort(session: Session, *, member: Member, now: datetime) -> None:
    """Take the consent back and delete what rested on it; suggestions go on by interest and place."""
    consent.withdraw(session, account=member.id, purpose=ConsentPurpose.COMFORT, now=now)
    session.execute(delete(ComfortAnswers).where(ComfortAnswers.member == member.id))
    session.execute(delete(ComfortState).where(ComfortState.member == member.id))
    trails.forget(session, member=member.id)
    session.execute(update(Reflection).where(Reflection.member == member.id).values(learnt_at=None))
    suggestions.retire(session, members=[member.id], now=now)  # they were chosen by what is gone
    runs.request(session, member=member.id, reason=PROFILE, now=now)


def pause(session: Session, *, member: Member, until: datetime | None, now: datetime) -> None:
    """Rest from suggestions until a moment; None ends the pause."""
    if until is not None and until <= now:
        raise Invalid({"until": "Choose a day that is still to come."})
    member.paused_until = until
    session.flush()
    runs.request(session, member=member.id, reason=PROFILE, now=now)


def pass_step(session: Session, *, member: Member, step: str) -> None:
    """Note that an onboarding step was answered or skipped."""
    if step not in member.steps_done:
        member.steps_done = [*member.steps_done, step]
        session.flush()
