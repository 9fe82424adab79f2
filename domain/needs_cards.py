"""Needs cards: what helps a member among people, read by the few they go with where they say so (R44).

Three things come together before anybody else reads one: a consent that stands, its owner's yes for this
outing or for every one, and a circle whose people have all said yes. When the outing is over, nobody does.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, aliased

from domain import circles, company, consent, members, sealed
from domain.card_body import CardBody
from domain.errors import Conflict, NotFound
from domain.models import Circle, CirclePlace, CircleRequest, ConsentPurpose, Member, NeedsCard, Occurrence
from domain.visibility import visible_to

PURPOSE = ConsentPurpose.NEEDS_CARD


def read(session: Session, *, member: str) -> CardBody:
    """Return a member's own card; one that was never written says nothing."""
    row = session.get(NeedsCard, member)
    return CardBody() if row is None else CardBody.from_json(sealed.unseal(session, row))


def save(session: Session, *, member: Member, card: CardBody, now: datetime) -> None:
    """Keep a card; whoever may read it reads the new one. A card that says nothing is taken away."""
    if members.read_private(session, member).card:
        members.save_private(session, member=member, now=now, card="")
    row = session.get(NeedsCard, member.id)
    if not card:
        _take_away(session, member.id, now)
        return
    row = row or NeedsCard(member=member.id, always=False)
    row.updated_at = now
    sealed.seal(session, row, card.to_json())
    session.add(row)
    session.flush()


def _take_away(session: Session, member: str, now: datetime) -> None:
    """Delete the card and take the consent back: a later card is shown to nobody by an old yes."""
    hide(session, member=member, now=now)
    row = session.get(NeedsCard, member)
    if row is not None:
        session.delete(row)
        session.flush()


def show_always(session: Session, *, member: str, now: datetime) -> None:
    """Agree that the card is shown at every outing one goes to with a few others. Raises `Conflict`."""
    _written(session, member).always = True
    consent.give(session, account=member, purpose=PURPOSE, now=now)


def show_at(session: Session, *, member: str, occurrence: Occurrence, now: datetime) -> None:
    """Agree that the card is shown to the few one goes to this outing with.

    Raises `NotFound` for who has not asked for company there, `Conflict` without a card or when it is over.
    """
    row = _request(session, member, occurrence.id)
    if occurrence.ends_at <= now:
        raise Conflict("This one is over. Nobody reads your card there any more.")
    _written(session, member)
    row.card = True
    consent.give(session, account=member, purpose=PURPOSE, now=now)


def hide_at(session: Session, *, member: str, occurrence: Occurrence) -> None:
    """Show the card to nobody at this outing, at once. Raises `NotFound` for who has not asked there."""
    _request(session, member, occurrence.id).card = False
    session.flush()


def hide(session: Session, *, member: str, now: datetime) -> None:
    """Take the consent back: nobody reads the card from now on. It stays for its owner."""
    consent.withdraw(session, account=member, purpose=PURPOSE, now=now)
    session.execute(update(NeedsCard).where(NeedsCard.member == member).values(always=False))
    session.execute(update(CircleRequest).where(CircleRequest.member == member).values(card=None))


def _written(session: Session, member: str) -> NeedsCard:
    row = session.get(NeedsCard, member)
    if row is None:
        raise Conflict("Your card is empty so far. Say first what helps you.")
    return row


def _request(session: Session, member: str, occurrence: str) -> CircleRequest:
    row = circles.request_of(session, member=member, occurrence=occurrence)
    if row is None or row.withdrawn_at is not None:
        raise NotFound
    return row


def is_always_shown(session: Session, *, member: str) -> bool:
    """Return whether the card is shown wherever its owner goes with a few others."""
    row = session.get(NeedsCard, member)
    return row is not None and row.always and consent.has(session, account=member, purpose=PURPOSE)


def is_shown_at(session: Session, *, member: str, occurrence: str) -> bool:
    """Return whether the few who go along to an outing may read the card, once all have said yes."""
    asked = (
        select(CircleRequest.id)
        .join(NeedsCard, NeedsCard.member == CircleRequest.member)
        .where(CircleRequest.member == member, CircleRequest.occurrence == occurrence, _is_shown())
    )
    return session.scalar(asked) is not None


def of_company(
    session: Session, *, viewer: str, occurrence: Occurrence, now: datetime
) -> dict[str, CardBody]:
    """Return, by their places, the cards of those the viewer goes with who show one."""
    if occurrence.ends_at <= now:
        return {}
    mine = aliased(CirclePlace)
    live = (CirclePlace.left_at.is_(None), mine.left_at.is_(None))
    rows = session.execute(_shown_to(viewer, mine).where(Circle.occurrence == occurrence.id, *live)).all()
    sealed.open_keys(session, [card.member for _place, card in rows])
    return {place: CardBody.from_json(sealed.unseal(session, card)) for place, card in rows}


def words_shown(session: Session, *, viewer: str, place: str) -> str:
    """Return the sentence the viewer could read of somebody of a circle of theirs, for a report about it."""
    row = session.execute(_shown_to(viewer, aliased(CirclePlace)).where(CirclePlace.id == place)).first()
    return "" if row is None else CardBody.from_json(sealed.unseal(session, row[1])).words


def _shown_to(viewer: str, mine: Any) -> Any:
    """Return the query of places in the viewer's circles, ``mine`` their own, with the cards shown there."""
    return (
        select(CirclePlace.id, NeedsCard)
        .join(Circle, Circle.id == CirclePlace.circle)
        .join(mine, mine.circle == Circle.id)
        .join(NeedsCard, NeedsCard.member == CirclePlace.member)
        .join(
            CircleRequest,
            (CircleRequest.member == CirclePlace.member)
            & (CircleRequest.occurrence == CirclePlace.occurrence),
        )
        .where(
            mine.member == viewer,
            CirclePlace.member != viewer,
            company.was_named(CirclePlace),
            company.was_named(mine),
            visible_to(viewer, CirclePlace.member),
            _is_shown(),
        )
    )


def _is_shown() -> ColumnElement[bool]:
    """Return the condition that an owner's consent stands, and that they said so here or for everywhere."""
    here = func.coalesce(CircleRequest.card, NeedsCard.always).is_(True)
    return here & NeedsCard.member.in_(consent.agreed(PURPOSE))
