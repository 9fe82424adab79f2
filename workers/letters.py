"""The words of our mails: plain, short, warm; every one says how to change or leave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from domain.models import Event, Member, Occurrence


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """Subject and text of a mail."""

    subject: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Outing:
    """What a mail says of an occurrence."""

    id: str  #: of the occurrence
    name: str  #: of the member
    title: str
    when: str  #: in the event's own time zone, as on the spot
    where: str
    leaving: str


def outing(event: Event, occurrence: Occurrence, member: Member) -> Outing:
    """Return what mails say of an outing."""
    local = occurrence.starts_at.astimezone(ZoneInfo(event.time_zone))
    return Outing(
        id=occurrence.id,
        name=member.display_name,
        title=event.title,
        when=f"{local:%A} {local.day} {local:%B}, {local:%H:%M}",
        where="online" if event.online else event.venue or event.locality or "",
        leaving=event.leaving or "",
    )


def reminder(outing: Outing, *, base_url: str, today: bool = False) -> Words:
    """A day before; ``today``: on the day itself, where nothing ran the day before."""
    lines = [
        f"Hello {outing.name},",
        "",
        f"{outing.title} is on {outing.when}{_at(outing)}.",
    ]
    if outing.leaving:
        lines += ["", f"Leaving early: {outing.leaving}"]
    lines += [
        "",
        "If it does not suit you any more, you can take your yes back here. That is fine:",
        f"{base_url}/occurrences/{outing.id}",
        "",
        "Handrail",
    ]
    return Words(subject=f"{'Today' if today else 'Tomorrow'}: {outing.title}", text="\n".join(lines) + "\n")


def cancelled(outing: Outing, *, reason: str, backups: Sequence[Outing], base_url: str) -> Words:
    """It does not take place; what else there is."""
    lines = [f"Hello {outing.name},", "", f"{outing.title} on {outing.when} is not taking place."]
    if reason:
        lines += ["", f"The organizer writes: {reason}"]
    if backups:
        lines += ["", "If you still feel like going out, this might suit you instead:", ""]
        for each in backups:
            lines += [
                f"  {each.title}",
                f"  {each.when}{_at(each)}",
                f"  {base_url}/occurrences/{each.id}",
                "",
            ]
        lines += ["There is no need to decide now."]
    else:
        lines += ["", f"When you like, you can look for something else here: {base_url}/suggestions/"]
    lines += ["", "Handrail"]
    return Words(subject=f"Not taking place: {outing.title}", text="\n".join(lines) + "\n")


def place_came_free(outing: Outing, *, base_url: str) -> Words:
    """From the waiting list to a place."""
    lines = [
        f"Hello {outing.name},",
        "",
        f"A place has come free at {outing.title} on {outing.when}{_at(outing)}, and it is yours.",
        "",
        "If it does not suit you any more, you can give it back here. Somebody else will be glad of it:",
        f"{base_url}/occurrences/{outing.id}",
        "",
        "Handrail",
    ]
    return Words(subject=f"A place for you: {outing.title}", text="\n".join(lines) + "\n")


def check_in(name: str, *, base_url: str) -> Words:
    """A few questions are there, for somebody who asked to be told; what they are about is not said."""
    lines = [
        f"Hello {name},",
        "",
        "A few short questions are there for you, as you asked. Two minutes, if you like, or another time:",
        f"{base_url}/check-ins/",
        "",
        "You can put them off or stop these mails on the same page.",
        "",
        "Handrail",
    ]
    return Words(subject="A quiet two minutes, if you like", text="\n".join(lines) + "\n")


def _at(outing: Outing) -> str:
    return f", {outing.where}" if outing.where else ""
