"""The words of a reminder. Others may see a mail on a phone, so it says neither whom it is about nor why."""

from __future__ import annotations

from datetime import date, datetime

from workers.letters import Words

SUBJECT = "A small reminder, as you asked"
#: True on a hard day and on a glad one.
SAYING = "Thinking of you today. No need to answer."
#: One small idea a time, in turn: a little effort, an open ear, an answer.
IDEAS = (
    "Ask how something went that they told you of.",
    "Send a photo of something you saw today.",
    "Suggest a short walk, or a cup of tea.",
    "Answer something they said or sent, even if it was a while ago.",
    "Say thank you for something small they did.",
    "Ask how their week is, and just listen.",
)


def day(name: str, day: date, *, person: str, base_url: str) -> Words:
    """Return the reminder of a day that the member wanted to keep in mind."""
    lines = [
        f"Hello {name},",
        "",
        f"{day:%A} {day.day} {day:%B} is a day you wanted to keep in mind. Here is what you noted:",
        f"{base_url}/people/{person}",
        "",
        "If you would like to say something that day, a few words are enough. For example:",
        "",
        f"  {SAYING}",
        "",
        "You need not do anything. To change or stop this, use the same page.",
        f"All mails from us: {base_url}/account/mails/",
        "",
        "Handrail",
    ]
    return Words(subject=SUBJECT, text="\n".join(lines) + "\n")


def touch(name: str, number: int, *, person: str, base_url: str) -> Words:
    """Return a word that somebody could be got in touch with; ``number``: how many came before."""
    lines = [
        f"Hello {name},",
        "",
        "You asked for a word like this now and then. Somebody may be glad to hear from you:",
        f"{base_url}/people/{person}",
        "",
        "A small idea, if you like:",
        "",
        f"  {IDEAS[number % len(IDEAS)]}",
        "",
        "You need not do anything. Were you in touch, or is it too often? One tap on that page.",
        f"All mails from us: {base_url}/account/mails/",
        "",
        "Handrail",
    ]
    return Words(subject=SUBJECT, text="\n".join(lines) + "\n")


def routine(name: str, begins: datetime, *, base_url: str) -> Words:
    """Return the reminder of something that comes round each week; ``begins`` by the member's own clock."""
    lines = [
        f"Hello {name},",
        "",
        f"A small thing of your week is planned for {begins:%A} {begins.day} {begins:%B}, {begins:%H:%M}.",
        "Which one, and whether it suits you today:",
        f"{base_url}/routines/",
        "",
        "A rest is as good. You can pause or stop this on the same page.",
        f"All mails from us: {base_url}/account/mails/",
        "",
        "Handrail",
    ]
    return Words(subject=SUBJECT, text="\n".join(lines) + "\n")
