"""What a member says about themselves: step by step at first, part by part whenever they like."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from domain import circles, comforts, consent, kind_words, localities, members, needs_cards, places, runs
from domain.errors import Invalid
from domain.models import ConsentPurpose, Member
from web import card_words, clock
from web.auth import Audience, audience, current_member
from web.db import db
from web.forms.choices import ACCESS, NEED_NOTES, NEEDS, VALUES, grouped_interests, interest_label
from web.parts import NAMES, PARTS, STEPS, Part, next_step, open_step

bp = Blueprint("profile", __name__)
Answer = str | Response | tuple[str, int]


@bp.get("/welcome/")
@audience(Audience.MEMBER)
def welcome() -> str:
    """Say what the six steps are, and where to go on."""
    done = current_member().steps_done
    return render_template(
        "profile/welcome.html",
        steps=STEPS,
        done=done,
        go_on=open_step(done) or "done",
        member=current_member(),
    )


@bp.get("/welcome/<step>")
@audience(Audience.MEMBER)
def step(step: str) -> Answer:
    return _show(_step(step), _filled(_step(step), current_member()))


@bp.post("/welcome/<step>")
@audience(Audience.MEMBER)
def answer_step(step: str) -> Answer:
    """Save or skip a step and lead to the next one."""
    part, member = _step(step), current_member()
    if "skip" not in request.form:
        answered = _save(part, member)
        if answered is not None:
            return answered
    members.pass_step(db.session(), member=member, step=part.name)
    db.session.commit()
    following = next_step(part.name)
    target = url_for("profile.step", step=following) if following else url_for("profile.finish")
    return redirect(target, 303)


@bp.get("/welcome/done")
@audience(Audience.MEMBER)
def finish() -> str:
    return render_template("profile/done.html", member=current_member())


@bp.post("/welcome/done")
@audience(Audience.MEMBER)
def start() -> Response:
    """Ask for the first suggestions and go to them."""
    member = current_member()
    for name in NAMES:
        members.pass_step(db.session(), member=member, step=name)
    runs.request(db.session(), member=member.id, reason=members.PROFILE, now=clock.now())
    db.session.commit()
    return redirect("/suggestions/", 303)


@bp.get("/profile/")
@audience(Audience.MEMBER)
def index() -> str:
    member, session = current_member(), db.session()
    given = consent.given(session, account=member.id)
    return render_template(
        "profile/index.html",
        member=member,
        private=members.read_private(session, member),
        answers=comforts.answers(session, member.id),
        agreed=ConsentPurpose.COMFORT in given,
        shown=ConsentPurpose.GROUP_VISIBILITY in given,
        introduced=ConsentPurpose.INTRODUCTIONS in given,
        card=card_words.shown(needs_cards.read(session, member=member.id)),
        card_shown=ConsentPurpose.NEEDS_CARD in given,
        kind=ConsentPurpose.KIND_WORDS in given,
        wordings=consent.WORDINGS,
        resting=member.paused_until is not None and member.paused_until > clock.now(),
        need_words=NEEDS.get,
        interest_words=interest_label,
        access_words=ACCESS.get,
        value_words=VALUES.get,
    )


@bp.get("/profile/<part>")
@audience(Audience.MEMBER)
def edit(part: str) -> Answer:
    return _show(_part(part), _filled(_part(part), current_member()))


@bp.post("/profile/<part>")
@audience(Audience.MEMBER)
def save(part: str) -> Answer:
    """Save one part and go back to the summary."""
    member = current_member()
    answered = _save(_part(part), member)
    if answered is not None:
        return answered
    db.session.commit()
    if part == "card":
        flash(_("Saved. Below is what others would read."), "success")
        return redirect(_card_page(), 303)
    flash(_("Saved. New suggestions will take it in."), "success")
    return redirect(url_for("profile.index"), 303)


def _card_page() -> str:
    return url_for("profile.edit", part="card", _anchor="shown")


_CHANGEABLE = frozenset(
    {
        ConsentPurpose.COMFORT,
        ConsentPurpose.GROUP_VISIBILITY,
        ConsentPurpose.INTRODUCTIONS,
        ConsentPurpose.NEEDS_CARD,
        ConsentPurpose.KIND_WORDS,
    }
)


@bp.post("/profile/consent")
@audience(Audience.MEMBER)
def change_consent() -> Response:
    """Give or take back one consent, at once."""
    purpose = request.form.get("purpose", "")
    if purpose not in _CHANGEABLE:
        abort(422)
    _change_consent(current_member(), ConsentPurpose(purpose), agree=request.form.get("answer") == "yes")
    db.session.commit()
    flash(_("Done. It counts from now on."), "success")
    return redirect(_card_page() if purpose == ConsentPurpose.NEEDS_CARD else url_for("profile.index"), 303)


def _change_consent(member: Member, purpose: ConsentPurpose, *, agree: bool) -> None:
    session, now = db.session(), clock.now()
    if purpose is ConsentPurpose.NEEDS_CARD:
        change = needs_cards.show_always if agree else needs_cards.hide
        change(session, member=member.id, now=now)
    elif agree:
        consent.give(session, account=member.id, purpose=purpose, now=now)
    elif purpose is ConsentPurpose.COMFORT:
        members.withdraw_comfort(session, member=member, now=now)
    elif purpose is ConsentPurpose.KIND_WORDS:
        kind_words.refuse(session, member=member.id, now=now)
    elif purpose is ConsentPurpose.INTRODUCTIONS:
        circles.withdraw_consent(session, member=member.id, now=now)
    else:
        consent.withdraw(session, account=member.id, purpose=purpose, now=now)


@bp.post("/profile/rest/end")
@audience(Audience.MEMBER)
def end_rest() -> Response:
    members.pause(db.session(), member=current_member(), until=None, now=clock.now())
    db.session.commit()
    flash(_("Good to have you back. There is no hurry."), "success")
    return redirect(url_for("profile.index"), 303)


@bp.post("/profile/place/remove")
@audience(Audience.MEMBER)
def remove_place() -> Response:
    members.save_private(db.session(), member=current_member(), now=clock.now(), cell=None, place_name=None)
    db.session.commit()
    flash(_("Your place is removed."), "success")
    return redirect(url_for("profile.index"), 303)


def _step(name: str) -> Part:
    return _part(name) if name in NAMES else abort(404)


def _part(name: str) -> Part:
    return PARTS.get(name) or abort(404)


def _filled(part: Part, member: Member) -> Any:
    return part.form(data=dict(part.fill(db.session(), member)))


def _save(part: Part, member: Member) -> Answer | None:
    """Save a part; return a page where something is to be mended or chosen first, None once it is saved."""
    form = part.form()
    if not form.validate():
        return _show(part, form), 422
    if part.name == "place" and not form.place.data:
        return _offer_towns(part, form)
    try:
        part.save(db.session(), member, form, clock.now())
    except Invalid as refused:
        for name, problem in refused.problems.items():
            form[name].errors = [*form[name].errors, problem]
        return _show(part, form), 422
    return None


def _offer_towns(part: Part, form: Any) -> Answer:
    # The typed name is looked up and forgotten: it is in no address and no row.
    typed = form.town.data or ""
    found = localities.search(db.session(), typed)
    if not found:
        unknown = _("We found no town of that name. Try the nearest larger one.")
        form.town.errors = [unknown if typed else _("Type the name of a town, or leave this page out.")]
        return _show(part, form), 422
    offer_places(form, found)
    form.place.data = found[0].id if len(found) == 1 else None
    return _show(part, form)


def offer_places(form: Any, found: list[places.Place]) -> None:
    """Let one of these places be chosen; one with events of ours comes first and says so."""
    form.place.choices = [
        SelectChoice(each.id, f"{each.name}, {each.country}" if each.country else each.name) for each in found
    ]


def _show(part: Part, form: Any) -> str:
    if part.name == "place" and not form.town.data:
        form.place.label.text = _("Or choose a place where something is on")
        offer_places(form, localities.with_events(db.session(), limit=4))
    onboarding = request.endpoint in {"profile.step", "profile.answer_step"}
    place = NAMES.index(part.name) if onboarding else 0
    return render_template(
        f"profile/{part.name}.html",
        part=part,
        form=form,
        onboarding=onboarding,
        number=place + 1,
        total=len(NAMES),
        back=_back(place) if onboarding else url_for("profile.index"),
        member=current_member(),
        **_extras(part),
    )


def _back(place: int) -> str:
    return url_for("profile.step", step=NAMES[place - 1]) if place else url_for("profile.welcome")


def _extras(part: Part) -> dict[str, Any]:
    session, member = db.session(), current_member()
    match part.name:
        case "needs":
            return {"notes": NEED_NOTES}
        case "interests" | "access":
            return {"groups": grouped_interests()}
        case "comfort":
            agreed = consent.has(session, account=member.id, purpose=ConsentPurpose.COMFORT)
            return {"wording": consent.WORDINGS[ConsentPurpose.COMFORT], "agreed": agreed}
        case "card":
            return {
                "card": card_words.shown(needs_cards.read(session, member=member.id)),
                "agreed": consent.has(session, account=member.id, purpose=ConsentPurpose.NEEDS_CARD),
                "always": needs_cards.is_always_shown(session, member=member.id),
                "wording": consent.WORDINGS[ConsentPurpose.NEEDS_CARD],
            }
        case "place":
            return {"place_name": members.read_private(session, member).place_name}
        case _:
            return {}
