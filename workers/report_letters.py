"""The words of mails about reports: never who wrote one, never what stands in it."""

from __future__ import annotations

from domain.models import Outcome, Report, ReportCategory
from workers.letters import Words

CATEGORIES = {
    ReportCategory.DANGER: "somebody is or may be in danger",
    ReportCategory.UNDER_AGE: "somebody may be under 18",
    ReportCategory.HARASSMENT: "somebody was harassed",
    ReportCategory.OTHER: "something else",
}
APPEAL = (
    "If you think this is wrong, answer this mail within 30 days and say why. Somebody who has not decided "
    "about it before will look at it again, and you will hear from us."
)
OUTCOMES = {
    Outcome.NOTHING_FOUND: "We found nothing that goes against how we treat each other here.",
    Outcome.WARNED: "We found that something went wrong, and we have said so to the person concerned.",
    Outcome.REMOVED: "We found that something went wrong. The group has been put right.",
    Outcome.SUSPENDED: "We found that something went badly wrong. The account concerned is closed.",
}
CONSEQUENCES = {
    Outcome.WARNED: (
        "Please take care how you treat others",
        (
            "Somebody told us about something that went wrong, and we have looked at it. Please read again "
            "how we treat each other here. If it happens again, you may lose your place in a group."
        ),
    ),
    Outcome.REMOVED: (
        "About a group",
        (
            "Somebody told us about something that went wrong in a group, and we have looked at it. You no "
            "longer have a place in that group; if you ran it, it is closed. The rest of your account stays."
        ),
    ),
    Outcome.SUSPENDED: (
        "Your account is closed",
        (
            "Somebody told us about something that went badly wrong. Two of us have looked at it, each "
            "alone. Your account is closed. You can still ask for a copy of your data, or for all of it to "
            "be deleted: answer this mail."
        ),
    ),
}


def waits(report: Report, *, base_url: str) -> Words:
    """A report is there."""
    return _letter(
        "A report waits for you",
        f"Somebody says: {CATEGORIES[ReportCategory(report.category)]}.",
        f"Please look at it before {report.due_at:%d %B, %H:%M} UTC.",
        f"{base_url}/moderation/",
    )


def overdue(report: Report, *, base_url: str) -> Words:
    """It has waited too long."""
    return _letter(
        "A report has waited too long",
        f"Somebody said: {CATEGORIES[ReportCategory(report.category)]}.",
        f"We promised to look before {report.due_at:%d %B, %H:%M} UTC. Please do it now.",
        f"{base_url}/moderation/",
    )


def outcome(found: Outcome, *, base_url: str) -> Words:
    """To who wrote it."""
    return _letter(
        "We have looked at your report",
        "Thank you for telling us. That takes courage.",
        OUTCOMES[found],
        "You and the person concerned still do not see each other here. You can change that at any time:",
        f"{base_url}/blocks/",
        APPEAL,
    )


def consequence(found: Outcome, *, base_url: str) -> Words | None:
    """To whom it is about; none where nothing follows."""
    if found not in CONSEQUENCES:
        return None
    subject, text = CONSEQUENCES[found]
    return _letter(subject, text, f"{base_url}/terms", APPEAL)


def _letter(subject: str, *paragraphs: str) -> Words:
    return Words(subject=subject, text="\n\n".join(["Hello,", *paragraphs, "Handrail"]) + "\n")
