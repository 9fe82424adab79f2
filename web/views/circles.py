"""Going with a few others: asking, answering, stepping out, and meeting again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import agenda, blocks, circles, company, consent, kind_words, needs_cards, rsvps, shared_ideas
from domain.company import Company, Stage
from domain.errors import Conflict, NotFound
from domain.kind_words import Sentence
from domain.models import ConsentPurpose, Event, Occurrence
from domain.people import Mention
from web import card_words, clock, filters, outing_words
from web.auth import Audience, audience, current_member
from web.calendar import place_lines
from web.db import db
from web.forms.circles import AgainForm, AskForm, KindForm

bp = Blueprint("circles", __name__)

Page = str | Response | tuple[str, int]


def _place(occurrence: str) -> Occurrence:
    """Return the occurrence; one the member has no answer to is not there."""
    row = db.session.get(Occurrence, occurrence)
    if (
        row is None
        or rsvps.answer_to(db.session(), member=current_member().id, occurrence=occurrence) is None
    ):
        raise NotFound
    return row


def _company(place: Occurrence) -> Company:
    return company.look(db.session(), member=current_member().id, occurrence=place, now=clock.now())


@bp.get("/occurrences/<occurrence>/company")
@audience(Audience.MEMBER)
def page(occurrence: str) -> str:
    """Show how far it has come: names only once all have said yes."""
    place = _place(occurrence)
    found = _company(place)
    form, again = AskForm(formdata=None), AgainForm(formdata=None)
    form.topics.data = found.request.topics if found.request else _likely(place)
    form.agree.data = _agreed(ConsentPurpose.INTRODUCTIONS)
    again.again.data = [each.place for each in found.companions if each.wished]
    return _page(place, found, form, again)


def _likely(place: Occurrence) -> list[str]:
    """Return what the outing is about, of what the member likes: ticked to begin with, theirs to change."""
    about = {each.interest for each in db.session.get_one(Event, place.event).interests}
    return [each.interest for each in current_member().interests if each.interest in about]


def _agreed(purpose: ConsentPurpose) -> bool:
    return consent.has(db.session(), account=current_member().id, purpose=purpose)


def _page(
    place: Occurrence, found: Company, form: AskForm, again: AgainForm, kind: KindForm | None = None
) -> str:
    session, member, now = db.session(), current_member(), clock.now()
    event = session.get_one(Event, place.event)
    _offer(form)
    again.offer((each.place, each.name) for each in found.companions)
    begun = place.starts_at <= now
    companions = found.companions if begun else ()
    dates = agenda.of_group(session, member=member.id, group=event.group, now=now, limit=4)
    return render_template(
        "circles/page.html",
        place=place,
        event=event,
        when=filters.when(place),
        where=place_lines(event),
        company=found,
        form=form,
        again=again,
        rsvp=rsvps.answer_to(session, member=member.id, occurrence=place.id),
        begun=begun,
        over=place.ends_at <= now,
        ideas=shared_ideas.of(session, member=member.id, met=place, companions=companions, now=now),
        wordings=consent.WORDINGS,
        other_dates=[each for each in dates if each.occurrence.id != place.id][:2],
        said=outing_words.LABELS,
        in_words=outing_words.interest_words,
        answer_by=place.starts_at - circles.LAST,
        kind=_kind_form(place, kind),
        **_cards(place),
    )


def _kind_form(place: Occurrence, form: KindForm | None) -> KindForm | None:
    """Return the form for a kind sentence; none where it would reach nobody."""
    found = kind_words.reachable(db.session(), sender=current_member().id, occurrence=place, now=clock.now())
    form = form or KindForm(formdata=None)
    form.offer((each.place, each.name) for each in found)
    return form if found else None


def _offer(form: AskForm) -> None:
    liked = [each.interest for each in current_member().interests]
    form.offer(liked, kept=_agreed(ConsentPurpose.CONDUCT))


def _cards(place: Occurrence) -> dict[str, Any]:
    """Return the cards the member may read here, by their owners' places, and what becomes of their own."""
    session, member = db.session(), current_member().id
    found = needs_cards.of_company(session, viewer=member, occurrence=place, now=clock.now())
    return {
        "cards": {of: card_words.shown(card) for of, card in found.items()},
        "own_card": card_words.shown(needs_cards.read(session, member=member)),
        "card_shown": needs_cards.is_shown_at(session, member=member, occurrence=place.id),
    }


@bp.post("/occurrences/<occurrence>/company")
@audience(Audience.MEMBER)
def ask(occurrence: str) -> Page:
    """Ask for company, or change what the others may know."""
    place, member, now = _place(occurrence), current_member(), clock.now()
    found, form = _company(place), AskForm()
    _offer(form)
    if not form.validate():
        return _page(place, found, form, AgainForm(formdata=None)), 422
    for purpose in (ConsentPurpose.INTRODUCTIONS, ConsentPurpose.CONDUCT):
        consent.give(db.session(), account=member.id, purpose=purpose, now=now)
    circles.ask(db.session(), member=member.id, occurrence=place.id, topics=form.topics.data or [], now=now)
    db.session.commit()
    flash(_("Done. You hear from us when a few others are there."), "success")
    return _back(place.id)


@bp.post("/occurrences/<occurrence>/company/yes")
@audience(Audience.MEMBER)
def agree(occurrence: str) -> Response:
    place = _place(occurrence)
    circles.agree(db.session(), member=current_member().id, occurrence=place.id, now=clock.now())
    db.session.commit()
    return _back(place.id)


@bp.post("/occurrences/<occurrence>/company/out")
@audience(Audience.MEMBER)
def step_out(occurrence: str) -> Response:
    """Go alone after all: one tap, no question."""
    place = _place(occurrence)
    circles.step_out(db.session(), member=current_member().id, occurrence=place.id, now=clock.now())
    db.session.commit()
    flash(_("Done. Your own place is kept, and nobody is told why."), "success")
    return _back(place.id)


@bp.post("/occurrences/<occurrence>/company/card")
@audience(Audience.MEMBER)
def show_card(occurrence: str) -> Response:
    """Show one's card to the few one goes with, or to nobody there, at once."""
    place, member, now = _place(occurrence), current_member().id, clock.now()
    match request.form.get("answer"):
        case "yes":
            needs_cards.show_at(db.session(), member=member, occurrence=place, now=now)
            flash(_("Done. They read it once all of you have said yes, until the outing is over."), "success")
        case "no":
            needs_cards.hide_at(db.session(), member=member, occurrence=place)
            flash(_("Done. Nobody reads your card here any more."), "success")
        case _:
            abort(422)
    db.session.commit()
    return redirect(url_for("circles.page", occurrence=place.id, _anchor="card"), 303)


@bp.post("/occurrences/<occurrence>/company/again")
@audience(Audience.MEMBER)
def again(occurrence: str) -> Page:
    """Keep with whom one would like to be again."""
    place = _place(occurrence)
    found, form = _company(place), AgainForm()
    if found.stage is not Stage.SETTLED:
        raise NotFound
    form.offer((each.place, each.name) for each in found.companions)
    if not form.validate():
        return _page(place, found, AskForm(formdata=None), form), 422
    company.wish(
        db.session(),
        member=current_member().id,
        occurrence=place,
        places=form.again.data or [],
        now=clock.now(),
    )
    db.session.commit()
    flash(_("Kept. Only you see it, unless both of you say so."), "success")
    return _back(place.id)


@bp.post("/occurrences/<occurrence>/company/kind")
@audience(Audience.MEMBER)
def say_kind(occurrence: str) -> Page:
    """Send a kind sentence to one of those one was out with."""
    place, form = _place(occurrence), KindForm()
    if _kind_form(place, form) is None:
        raise Conflict(_("A kind word reaches nobody here just now. It goes to those who let them come."))
    if not form.validate():
        asked, again = AskForm(formdata=None), AgainForm(formdata=None)
        return _page(place, _company(place), asked, again, form), 422
    kind_words.send(
        db.session(),
        sender=current_member().id,
        occurrence=place,
        place=form.to.data,
        sentence=Sentence(form.sentence.data),
        now=clock.now(),
    )
    db.session.commit()
    flash(_("Sent. They find it among their small wins."), "success")
    return _back(place.id)


def _back(occurrence: str) -> Response:
    return redirect(url_for("circles.page", occurrence=occurrence), 303)


@bp.get("/companions/<companion>/block")
@audience(Audience.MEMBER)
def ask_block(companion: str) -> str:
    """Say what it means, before it is done."""
    action = url_for("circles.block", companion=companion)
    return render_template("blocks/ask.html", mention=_mention(companion), action=action)


@bp.post("/companions/<companion>/block")
@audience(Audience.MEMBER)
def block(companion: str) -> Response:
    me, mention = current_member().id, _mention(companion)
    blocks.block(db.session(), member=me, other=mention.account, label=mention.label, now=clock.now())
    db.session.commit()
    flash(_("Done. You and they do not see each other any more. They are not told."), "success")
    return redirect(url_for("rsvps.index"), 303)


def _mention(companion: str) -> Mention:
    return company.fellow(db.session(), viewer=current_member().id, place=companion)
