"""The words of the mails about going with a few others: no names, no reasons, one line on how to step out."""

from __future__ import annotations

from workers.letters import Outing, Words


def formed(outing: Outing, *, others: int, base_url: str) -> Words:
    """A few others are there; would they like to?"""
    return _letter(
        outing,
        f"A few others for {outing.title}",
        f"{_count(others)} who go to {outing.title} on {outing.when} would like company too.",
        "Have a look at what you share, and say whether you would like to go with them:",
        "You see each other's names once all of you have said yes. If it is not for you, you can step out on "
        "the same page. You need no reason.",
        base_url=base_url,
    )


def settled(outing: Outing, *, base_url: str) -> Words:
    """Everybody has said yes."""
    return _letter(
        outing,
        f"All of you have said yes: {outing.title}",
        f"You and a few others go to {outing.title} together, on {outing.when}.",
        "Here is who they are, and where you meet:",
        "If it does not suit you any more, you can step out on the same page. You need no reason.",
        base_url=base_url,
    )


def shrank(outing: Outing, *, others: int, base_url: str) -> Words:
    """One cannot come; the others still do, or are too few now."""
    if others:
        what = (
            f"One of you cannot come to {outing.title} on {outing.when}. {_count(others)} still go with you."
        )
    else:
        what = f"Your small group for {outing.title} on {outing.when} has become too small to go together."
    return _letter(
        outing,
        f"A change for {outing.title}",
        what,
        "Here is how things stand:",
        "Your own place is kept. You can come on your own as well, or step out. You need no reason.",
        base_url=base_url,
    )


def not_found(outing: Outing, *, base_url: str) -> Words:
    """Nobody this time."""
    return _letter(
        outing,
        f"On your own this time: {outing.title}",
        f"We did not find a few others for {outing.title} on {outing.when}. It says nothing about you.",
        "Your place is kept. What you could do instead is here:",
        "If you would rather not go alone, you can take your yes back. That is fine.",
        base_url=base_url,
    )


def _letter(outing: Outing, subject: str, what: str, look: str, leave: str, *, base_url: str) -> Words:
    link = f"{base_url}/occurrences/{outing.id}/company"
    lines = [f"Hello {outing.name},", "", what, "", look, link, "", leave, "", "Handrail"]
    return Words(subject=subject, text="\n".join(lines) + "\n")


def _count(others: int) -> str:
    words = {1: "One other", 2: "Two others", 3: "Three others", 4: "Four others"}
    return words.get(others, "A few others")
