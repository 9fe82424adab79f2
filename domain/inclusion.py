"""Who can take part: what is there, what is not there, and what nobody has said (R77).

An organizer answers for their group, and what stands on an event already answers for itself: a price of
nothing, a greeter, a host, being online. What is asked of a place does not apply online, or the reverse.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, String, and_, cast, exists, or_
from sqlalchemy.orm import InstrumentedAttribute

from domain.models import Event, EventFact, Group
from matching.inputs import SituationFeature as F


class Item(StrEnum):
    """One item of the checklist; also what members can say they need."""

    STEP_FREE = "step_free"
    SEATING = "seating"
    QUIET = "quiet"
    TOILETS = "toilets"
    HEARING_LOOP = "hearing_loop"
    TRANSPORT = "transport"
    GREETER = "greeter"
    NEWCOMERS = "newcomers"
    FRIEND = "friend"
    NO_COST = "no_cost"
    CAPTIONS = "captions"


class Said(StrEnum):
    """The answer to an item."""

    YES = "yes"
    NO = "no"
    UNSAID = "unsaid"


#: What an organizer is asked; who greets people has a field of its own.
ASKED = tuple(item for item in Item if item is not Item.GREETER)
OF_A_PLACE = frozenset({Item.STEP_FREE, Item.SEATING, Item.TOILETS, Item.TRANSPORT})
OF_ONLINE = frozenset({Item.CAPTIONS})
#: A stated "no host" from this value on is a no.
NO_HOST = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """What is known of one event and its group."""

    there: Collection[str]  #: slugs
    missing: Collection[str] = ()  #: slugs
    online: bool
    price: float | None
    greeted: bool | None  #: none: nobody has said


def greeted(*names: str | None, no_host: float | None) -> bool | None:
    """Return whether somebody greets: named, or a host is stated; ``no_host``: the stated fact, 0-1."""
    if any(names):
        return True
    return None if no_host is None else no_host < NO_HOST


def statement(event: Event, group: Group) -> Statement:
    """Return what is known of an event."""
    stated = {fact.feature: fact.value for fact in event.facts if not fact.assumed}
    return Statement(
        there=group.access,
        missing=group.access_unmet,
        online=event.online,
        price=event.price,
        greeted=greeted(event.greeter, group.greeter, no_host=stated.get(F.NO_HOST)),
    )


def applies(item: Item, *, online: bool) -> bool:
    """Return whether an item means anything there."""
    return item not in (OF_A_PLACE if online else OF_ONLINE)


def said(item: Item, known: Statement) -> Said:
    """Return the answer to an item that applies."""
    if item is Item.GREETER and known.greeted is not None:
        return Said.YES if known.greeted else Said.NO
    if item in known.there or (item is Item.NO_COST and known.price == 0):
        return Said.YES
    return Said.NO if item in known.missing else Said.UNSAID


def checklist(known: Statement) -> dict[Item, Said]:
    """Return the answers to the items that apply, in the order of the list."""
    return {item: said(item, known) for item in Item if applies(item, online=known.online)}


def met(known: Statement) -> frozenset[str]:
    """Return the needs that nothing stands against: stated as there, or meaningless there."""
    return frozenset(
        item.value for item in Item if not applies(item, online=known.online) or said(item, known) is Said.YES
    )


def not_met(needs: Iterable[str], known: Statement) -> dict[Said, list[Item]]:
    """Return which needs are answered by no, and which by nothing; what is met is left out."""
    answers = checklist(known)
    asked = [item for item in Item if item in set(needs) and answers.get(item, Said.YES) is not Said.YES]
    found = {answer: [item for item in asked if answers[item] is answer] for answer in (Said.NO, Said.UNSAID)}
    return {answer: items for answer, items in found.items() if items}


def holds(item: Item) -> ColumnElement[bool]:
    """Return the condition that an event, joined with its group, meets an item; the same as `met`."""
    there = _among(Group.access, item)
    match item:
        case Item.GREETER:
            named = or_(_named(Event.greeter), _named(Group.greeter))
            host, none = (_stated(F.NO_HOST, EventFact.value < NO_HOST), _stated(F.NO_HOST))
            return or_(named, host, and_(~none, there))
        case Item.NO_COST:
            return or_(Event.price == 0, there)
    if item in OF_A_PLACE:
        return or_(Event.online.is_(True), there)
    return or_(Event.online.is_(False), there) if item in OF_ONLINE else there


def _among(column: InstrumentedAttribute[list[str]], item: Item) -> ColumnElement[bool]:
    """Look a slug up in a JSON list, in a way both databases know."""
    return cast(column, String).contains(f'"{item.value}"', autoescape=True)


def _named(column: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
    return and_(column.is_not(None), column != "")


def _stated(feature: F, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        EventFact.event == Event.id,
        EventFact.feature == feature.value,
        EventFact.assumed.is_(False),
        *conditions,
    )
