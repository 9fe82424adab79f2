"""The parts of a profile: how each is shown, filled from what is known, and saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from domain import comforts, consent, localities, members, needs_cards
from domain.errors import Invalid
from domain.members import Profile
from domain.models import ConsentPurpose, Member
from matching.inputs import ANY_TIME
from web.forms import profile as forms

Fill = Callable[[Session, Member], Mapping[str, Any]]
Save = Callable[[Session, Member, Any, datetime], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One page of questions."""

    name: str  #: in addresses, and in the member's steps
    title: Any
    form: type[Any]
    fill: Fill
    save: Save  #: asks for a matching run where the matcher reads what it saves


def _fill_needs(session: Session, member: Member) -> Mapping[str, Any]:
    private = members.read_private(session, member)
    ranked = [str(each) for each in private.needs] + ["", "", ""]
    return {"first": ranked[0], "second": ranked[1], "third": ranked[2], "own_words": private.own_words}


def _save_needs(session: Session, member: Member, form: forms.NeedsForm, now: datetime) -> None:
    members.save_private(
        session, member=member, now=now, needs=form.ranked(), own_words=(form.own_words.data or "").strip()
    )


def _fill_interests(_session: Session, member: Member) -> Mapping[str, Any]:
    return {"interests": [each.interest for each in member.interests]}


def _save_interests(session: Session, member: Member, form: forms.InterestsForm, now: datetime) -> None:
    liked = dict.fromkeys(form.interests.data or (), 1.0)
    members.save_profile(session, member=member, profile=Profile(interests=liked), now=now)


def _fill_comfort(session: Session, member: Member) -> Mapping[str, Any]:
    agreed = consent.has(session, account=member.id, purpose=ConsentPurpose.COMFORT)
    return {"consent": agreed, **(comforts.answers(session, member.id) if agreed else {})}


def _save_comfort(session: Session, member: Member, form: forms.ComfortForm, now: datetime) -> None:
    if not form.consent.data:
        return  # nothing was answered: the form refuses answers without a yes
    consent.give(session, account=member.id, purpose=ConsentPurpose.COMFORT, now=now)
    members.answer_comfort(session, member=member, answers=form.answers(), now=now)


def _fill_energy(_session: Session, member: Member) -> Mapping[str, Any]:
    levels = member.energy or ANY_TIME
    return {f"slot_{number}": str(level) for number, level in enumerate(levels)}


def _save_energy(session: Session, member: Member, form: forms.EnergyForm, now: datetime) -> None:
    members.save_profile(session, member=member, profile=Profile(energy=form.levels()), now=now)


def _fill_pace(_session: Session, member: Member) -> Mapping[str, Any]:
    return {
        "radius_km": round(member.radius_km),
        "online_only": member.online_only,
        "weekly_cap": member.weekly_cap,
        "rest_hours": member.rest_hours,
    }


def _save_pace(session: Session, member: Member, form: forms.PaceForm, now: datetime) -> None:
    profile = Profile(
        radius_km=float(form.radius_km.data),
        online_only=bool(form.online_only.data),
        weekly_cap=form.weekly_cap.data,
        rest_hours=form.rest_hours.data,
    )
    members.save_profile(session, member=member, profile=profile, now=now)


def _fill_place(_session: Session, _member: Member) -> Mapping[str, Any]:
    return {}


def _save_place(session: Session, member: Member, form: forms.PlaceForm, now: datetime) -> None:
    town = localities.find(session, form.place.data or "")
    if town is None:
        raise Invalid({"town": _("We do not know that town. Try the nearest larger one.")})
    members.save_private(session, member=member, now=now, cell=town.cell, place_name=town.name)


def _fill_private(*names: str) -> Fill:
    def fill(session: Session, member: Member) -> Mapping[str, Any]:
        private = members.read_private(session, member)
        return {name: getattr(private, name) for name in names}

    return fill


def _save_lists(*names: str) -> Save:
    def save(session: Session, member: Member, form: Any, now: datetime) -> None:
        members.save_private(
            session, member=member, now=now, **{name: tuple(form[name].data or ()) for name in names}
        )

    return save


def _fill_card(session: Session, member: Member) -> Mapping[str, Any]:
    card = needs_cards.read(session, member=member.id)
    early = members.read_private(session, member).card
    return card.to_json() | {"telling": card.telling or "", "words": card.words or early}


def _save_card(session: Session, member: Member, form: forms.CardForm, now: datetime) -> None:
    needs_cards.save(session, member=member, card=form.card(), now=now)


def _fill_name(_session: Session, member: Member) -> Mapping[str, Any]:
    return {
        "display_name": member.display_name,
        "pronouns": member.pronouns or "",
        "time_zone": member.time_zone,
    }


def _save_name(session: Session, member: Member, form: forms.NameForm, now: datetime) -> None:
    profile = Profile(
        display_name=form.display_name.data, pronouns=form.pronouns.data or "", time_zone=form.time_zone.data
    )
    members.save_profile(session, member=member, profile=profile, now=now)


def _fill_rest(_session: Session, member: Member) -> Mapping[str, Any]:
    if member.paused_until is None:
        return {}
    return {"until": member.paused_until.astimezone(ZoneInfo(member.time_zone)).date()}


def _save_rest(session: Session, member: Member, form: forms.RestForm, now: datetime) -> None:
    until = datetime.combine(form.until.data, time(), ZoneInfo(member.time_zone))
    members.pause(session, member=member, until=until, now=now)


def _part(name: str, title: Any, form: type[Any], ways: tuple[Fill, Save]) -> Part:
    return Part(name=name, title=title, form=form, fill=ways[0], save=ways[1])


#: The six first steps, in their order; each can be skipped.
STEPS: tuple[Part, ...] = (
    _part("needs", _l("What would be good?"), forms.NeedsForm, (_fill_needs, _save_needs)),
    _part("interests", _l("What do you like?"), forms.InterestsForm, (_fill_interests, _save_interests)),
    _part("comfort", _l("How would it feel?"), forms.ComfortForm, (_fill_comfort, _save_comfort)),
    _part("energy", _l("When do you have energy?"), forms.EnergyForm, (_fill_energy, _save_energy)),
    _part("pace", _l("How far and how often?"), forms.PaceForm, (_fill_pace, _save_pace)),
    _part("place", _l("Where are you, roughly?"), forms.PlaceForm, (_fill_place, _save_place)),
)
_ACCESS = ("access_needs", "avoid")
#: What can be said later, on the profile page.
FURTHER: tuple[Part, ...] = (
    _part("name", _l("Your name"), forms.NameForm, (_fill_name, _save_name)),
    _part(
        "access",
        _l("What you need, and what to leave out"),
        forms.AccessForm,
        (_fill_private(*_ACCESS), _save_lists(*_ACCESS)),
    ),
    _part(
        "values",
        _l("What matters to you"),
        forms.ValuesForm,
        (_fill_private("values"), _save_lists("values")),
    ),
    _part("card", _l("What helps you"), forms.CardForm, (_fill_card, _save_card)),
    _part("rest", _l("A rest"), forms.RestForm, (_fill_rest, _save_rest)),
)
PARTS: Mapping[str, Part] = {each.name: each for each in (*STEPS, *FURTHER)}
NAMES: tuple[str, ...] = tuple(each.name for each in STEPS)


def next_step(name: str) -> str | None:
    """Return the step after this one; None after the last."""
    place = NAMES.index(name) + 1
    return NAMES[place] if place < len(NAMES) else None


def open_step(done: list[str]) -> str | None:
    """Return the first step that was neither answered nor skipped."""
    return next((name for name in NAMES if name not in done), None)
