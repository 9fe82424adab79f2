"""The words of the weekly letter. Others may see a subject on a phone, so it says nothing."""

from __future__ import annotations

from collections.abc import Sequence

from domain.agenda import Entry
from domain.digests import WeekAhead
from domain.models import Member
from workers import letters
from workers.letters import Words


def week_ahead(week: WeekAhead, member: Member, *, base_url: str, stop_link: str) -> Words:
    """What one goes to, what might suit, what one's groups do."""
    parts = (
        ("You said yes to:", week.going),
        ("If you feel like it, this might suit you:", week.suggested),
        ("Your groups also have:", week.in_groups),
    )
    lines = [f"Hello {member.display_name},", "", "Here is your look at the days ahead, as you asked.", ""]
    for title, entries in parts:
        if entries:
            lines += [title, "", *_outings(entries, member, base_url)]
    lines += [
        "There is nothing you have to do. A quiet week is a good week, too.",
        "",
        f"Another day for this letter, or none: {base_url}/account/mails/",
        f"Stop it without signing in: {stop_link}",
        "",
        "Handrail",
    ]
    return Words(subject="Your week", text="\n".join(lines) + "\n")


def _outings(entries: Sequence[Entry], member: Member, base_url: str) -> list[str]:
    lines: list[str] = []
    for entry in entries:
        outing = letters.outing(entry.event, entry.occurrence, member)
        where = f", {outing.where}" if outing.where else ""
        lines += [f"  {outing.title}", f"  {outing.when}{where}"]
        lines += [f"  {base_url}/occurrences/{outing.id}", ""]
    return lines
