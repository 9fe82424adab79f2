"""What moved on a ladder, and why, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from domain.ladders import ChangeKind, ChangeView, LadderView
from domain.models import ProposalStatus
from domain.notices import Notice
from matching.advice import Reason

#: Reasons by the codes the ladder's rules give.
REASONS: dict[str, Any] = {
    "two_calm": _l("It stayed calm twice in a row."),
    "calm_sure": _l("What you told us says that it stays calm for you now."),
    "ready": _l("The step before it has settled."),
    "not_settled": _l("The step you are at needs a little longer."),
    "raised_this_week": _l("You moved up less than a week ago. Slow is what lasts."),
    "held_after_set_back": _l("The last one was a lot. We take it gently for a while."),
    "above_ceiling": _l("The next one may still be too much."),
    "support_first": _l("Somebody to talk to may help more just now than a harder step."),
    "maintenance": _l("You are at the top. From here on it is about keeping what is good."),
    "felt_too_much": _l("It felt like a lot. A smaller step keeps you moving."),
    "plateau": _l(
        "It has stayed about as hard for a while. Something different may help more than something harder."
    ),
    "tough_day": _l("On a tough day, less is right."),
    "weekly_cap": _l("That week is as full as you wanted your weeks to be."),
    "rest_gap": _l("It is close to another outing. You asked for a rest in between."),
    "weekly_distress": _l("Together, the outings of that week might be a lot."),
    "four_calm": _l("Your last four outings were calm."),
    "more_calm_first": _l("A few more calm outings first. Once a week is plenty."),
    "overwhelmed_twice": _l("Two of your last outings were a great deal to carry."),
    "getting_harder": _l("Things have been feeling harder lately."),
    "hard_plateau": _l("You have kept going for a good while, and it has stayed hard."),
    "gentler": _l("You chose something gentler."),
    "prepare": _l("You chose a small step from home."),
    "rest": _l("You chose a week of rest."),
}
DECIDED: dict[ProposalStatus, Any] = {
    ProposalStatus.ACCEPTED: _l("You said yes."),
    ProposalStatus.DECLINED: _l("You left it as it was."),
    ProposalStatus.REPLACED: _l("The ladder moved on before you decided."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Saying:
    """What a page says because of how things go just now, and where it leads."""

    title: Any
    text: Any
    endpoint: str
    link: Any


_TALK = {"endpoint": "directory.index", "link": _l("Find somebody to talk to")}
_STRONG = _l("Asking for company on the way is a strong thing to do. What you do here goes on beside it.")
#: By the codes of `domain.notices`.
SAYINGS: dict[str, Saying] = {
    Reason.OVERWHELMED_TWICE: Saying(
        title=_l("Two of your last outings were a great deal to carry"), text=_STRONG, **_TALK
    ),
    Reason.GETTING_HARDER: Saying(title=_l("Things have been feeling harder lately"), text=_STRONG, **_TALK),
    Reason.HARD_PLATEAU: Saying(
        title=_l("You have kept going, and it has stayed hard"), text=_STRONG, **_TALK
    ),
    Reason.HELD_AFTER_SET_BACK: Saying(
        title=_l("We go gently for a while"),
        text=_l(
            "The last one was a lot, so the next ideas are smaller. That is a change of plan, nothing more."
        ),
        endpoint="ladder.index",
        link=_l("See your ladder"),
    ),
    Reason.FOUR_CALM: Saying(
        title=_l("Your last four outings were calm"),
        text=_l("If you feel like it, you could go out twice a week. Once is just as good."),
        endpoint="profile.index",
        link=_l("Change how often"),
    ),
    Reason.MAINTENANCE: Saying(
        title=_l("Every step on your ladder has settled"),
        text=_l("Nothing ends with that. Keep what does you good, and add something new when you like."),
        endpoint="ladder.new",
        link=_l("Add a step of your own"),
    ),
    Notice.CHECK_IN: Saying(
        title=_l("How are things?"),
        text=_l(
            "Some outings did not happen lately. That is all right. Would something smaller suit you better?"
        ),
        endpoint="ladder.tough_day",
        link=_l("Something smaller"),
    ),
    Notice.RECOVERING: Saying(
        title=_l("Small again, for now"),
        text=_l("After a harder time, the steps grow back slowly, as it goes well for you."),
        endpoint="ladder.index",
        link=_l("See your ladder"),
    ),
    Notice.PLATEAU: Saying(
        title=_l("A change may help more than a bigger step"),
        text=_l("It has felt about the same for a while. Another place or another thing to do may be nice."),
        endpoint="events.index",
        link=_l("Look around"),
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A change as a page says it."""

    id: str
    text: str
    why: str
    at: datetime
    about: str  #: title of the outing it came from
    open: bool  #: waits for a yes or a no
    decided: str


def told(change: ChangeView, ladder: LadderView | None, *, titles: Mapping[str, str] | None = None) -> Told:
    """Return a change in words; ``ladder`` gives the labels, ``titles`` those of outings by reflection."""
    return Told(
        id=change.id,
        text=_text(change, ladder),
        why=str(REASONS.get(change.body.reason, "")),
        at=change.created_at,
        about=(titles or {}).get(change.reflection or "", ""),
        open=change.proposal is ProposalStatus.OPEN,
        decided=str(DECIDED.get(change.proposal, "")) if change.proposal else "",
    )


def _text(change: ChangeView, ladder: LadderView | None) -> str:
    body = change.body
    rung = (ladder.label_of(body.rung) if ladder else None) or _("an earlier step")
    to = (ladder.label_of(body.to) if ladder else None) or _("another step")
    match body.kind:
        case ChangeKind.LEARNT:
            text = _learnt(body.numbers.get("expected"), body.numbers.get("found"))
        case ChangeKind.SETTLED:
            text = _("“%(rung)s” has settled.", rung=rung)
        case ChangeKind.ADVANCE:
            text = _("You could go on to “%(to)s”.", to=to)
        case ChangeKind.STEP_DOWN:
            text = _("You could go back to “%(to)s” for a while.", to=to)
        case ChangeKind.SPLIT:
            new = body.new.label if body.new else to
            text = _("You could put a smaller step before “%(rung)s”: “%(new)s”.", rung=rung, new=new)
        case ChangeKind.OTHER_KIND:
            text = _("You could try another kind of step, about as hard: “%(to)s”.", to=to)
        case ChangeKind.SMALLER:
            text = _("You took a smaller version of “%(rung)s”. That counts.", rung=rung)
        case ChangeKind.KINDNESS:
            text = _("After a hard one you looked after yourself.")
    return str(text)


def _learnt(expected: float | None, found: float | None) -> str:
    if found is None:
        return str(_("We took in what you told us. Your steps stay as they are."))
    if expected is None:
        return str(_("The hardest moment was %(found)d. Your steps stay as they are.", found=found))
    return str(
        _(
            "You expected %(expected)d and found %(found)d. Your steps stay as they are.",
            expected=expected,
            found=found,
        )
    )
