"""schema.org events in JSON-LD to drafts: one object, an array, a graph or an item list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from domain.listings import draft as drafting
from domain.listings.draft import Draft, Moment, Unreadable
from domain.listings.durations import iso_duration
from domain.listings.places import known_zone
from domain.listings.record import Refused, UnreadableFile
from domain.listings.schedules import rule_of
from domain.listings.text import TEXT_LIMIT, plain, web_address

#: Event types whose name does not end in "Event".
_OTHER_EVENTS = frozenset({"Festival", "Hackathon", "CourseInstance", "EventSeries"})
_DEPTH = 6
_WORDS_OF_TYPE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ONLINE_VENUE = re.compile(
    r"\s*(?:online|virtual|virtually|zoom|webinar|on zoom|online only)\b.{0,40}", re.IGNORECASE
)
_ONLINE = re.compile(r"\b(?:online|virtual|webinar|zoom)\b", re.IGNORECASE)
Node = Mapping[str, Any]


def read(text: str) -> list[Draft | Refused]:
    """Return a draft or a refusal for each event, in order; raises ``UnreadableFile`` where none can be."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile("This looks like JSON, but it is broken and cannot be read.") from error
    if not isinstance(document, list) and not any(True for _ in _events(document)):
        raise UnreadableFile("This is JSON, but it holds no schema.org events.")
    named = {node["@id"]: node for node in _nodes(document) if isinstance(node.get("@id"), str)}
    rows = list(_events(document))
    repeated = _reused_ids(rows)
    return [_draft(position, row, named, repeated) for position, row in enumerate(rows, start=1)]


def _nodes(document: object, depth: int = 0) -> Iterator[Node]:
    """Yield the objects of a document that others may refer to."""
    if depth > _DEPTH:
        return
    if isinstance(document, list):
        for part in document:
            yield from _nodes(part, depth + 1)
    elif isinstance(document, dict):
        yield document
        yield from _nodes(document.get("@graph"), depth + 1)


def _events(document: object, depth: int = 0) -> Iterator[object]:
    """Yield what stands where an event should; in a graph, other kinds of things are passed over."""
    match document:
        case _ if depth > _DEPTH:
            return
        case list():
            for part in document:
                yield from _events(part, depth + 1) if _holds_others(part) else (part,)
        case {"@graph": list() as graph}:
            yield from (node for node in graph if is_event(node))
        case {"itemListElement": list() as items}:
            for item in items:
                yield item.get("item", item) if isinstance(item, dict) else item
        case dict() if is_event(document):
            yield document


def _holds_others(part: object) -> bool:
    return isinstance(part, list) or (
        isinstance(part, dict)
        and not is_event(part)
        and (isinstance(part.get("@graph"), list) or isinstance(part.get("itemListElement"), list))
    )


def types_of(node: object) -> tuple[str, ...]:
    """Return a node's types without the address of the vocabulary."""
    found = node.get("@type") if isinstance(node, dict) else None
    kinds = found if isinstance(found, list) else [found]
    return tuple(re.split(r"[/:#]", kind)[-1] for kind in kinds if isinstance(kind, str))


def is_event(node: object) -> bool:
    """Tell whether a node is a schema.org event of any kind."""
    return any(kind.endswith("Event") or kind in _OTHER_EVENTS for kind in types_of(node))


def _reused_ids(rows: list[object]) -> frozenset[str]:
    """Return the ids that name events on different dates: a series under one id, not one event."""
    starts: dict[str, set[str]] = {}
    for row in rows:
        if isinstance(row, dict) and isinstance(row.get("@id"), str):
            starts.setdefault(row["@id"], set()).add(str(row.get("startDate")))
    return frozenset(name for name, dates in starts.items() if len(dates) > 1)


def _draft(
    position: int, row: object, named: Mapping[str, Node], repeated: frozenset[str]
) -> Draft | Refused:
    if not isinstance(row, dict) or not is_event(row):
        return Refused(position=position, reason="this is not an event")
    try:
        return _read_event(position, row, named, repeated)
    except Unreadable as problem:
        return Refused(position=position, reason=str(problem))


def _read_event(position: int, row: Node, named: Mapping[str, Node], repeated: frozenset[str]) -> Draft:
    title = plain(row.get("name") or row.get("headline"))
    if not title:
        raise Unreadable("it has no title")
    schedule = _first(row.get("eventSchedule"))
    rule = rule_of(row.get("eventSchedule"))
    own_start = drafting.moment(_one(row.get("startDate")))
    starts = own_start or rule.starts
    if starts is None:
        raise Unreadable("it has no start")
    price, price_repairs = _price(row)
    place = _place(row, named)
    return Draft(
        position=position,
        uid=_uid(row, repeated, starts),
        title=title,
        text=plain(row.get("description"), TEXT_LIMIT, lines=True),
        starts=starts,
        first=drafting.moment(_one(row.get("previousStartDate"))),
        ends=drafting.moment(_one(row.get("endDate"))) if own_start else rule.ends,
        duration=rule.duration or iso_duration(row.get("duration")),
        tz=known_zone(schedule.get("scheduleTimezone")),
        rrule=rule.rrule,
        skipped=rule.skipped,
        organizer=plain(_named(row.get("organizer"), named)),
        url=web_address(_one(row.get("url"))),
        keywords=_keywords(row),
        is_free=row.get("isAccessibleForFree") if isinstance(row.get("isAccessibleForFree"), bool) else None,
        price=price,
        currency=drafting.currency_of(_first(row.get("offers")).get("priceCurrency")),
        capacity=drafting.whole_number(row.get("maximumAttendeeCapacity")),
        cancelled="EventCancelled" in str(row.get("eventStatus")),
        repairs=price_repairs + place.pop("repairs") + rule.repairs,
        **place,
    )


def _one(value: object) -> object:
    """Return a value, the first of several, or the inside of a typed literal."""
    if isinstance(value, list):
        value = value[0] if value else None
    return value.get("@value", value.get("@id")) if isinstance(value, dict) else value


def _first(value: object) -> Node:
    if isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, dict) else {}


def _uid(row: Node, repeated: frozenset[str], starts: Moment) -> str | None:
    name = row.get("@id")
    if not isinstance(name, str) or not name.strip() or name.startswith("_:"):
        return None  # a blank node's name means something within its own file alone
    name = name.strip()
    return f"{name} {starts.written.isoformat()}" if row["@id"] in repeated else name


def _named(value: object, named: Mapping[str, Node]) -> object:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        return value.get("name") or named.get(str(value.get("@id")), {}).get("name")
    return value


def _keywords(row: Node) -> tuple[str, ...]:
    kinds = [_WORDS_OF_TYPE.sub(" ", kind) for kind in types_of(row) if kind not in {"Event", "Thing"}]
    return drafting.words([*drafting.words(row.get("keywords")), *kinds])


def _price(row: Node) -> tuple[float | None, tuple[str, ...]]:
    offers = row.get("offers")
    found = [
        drafting.price_of(offer.get("lowPrice", offer.get("price")))
        for offer in (offers if isinstance(offers, list) else [offers])[:20]
        if isinstance(offer, dict)
    ]
    amounts = [amount for amount, _ in found if amount is not None]
    if amounts:
        return min(amounts), ()
    return None, found[0][1] if found else ()


def _place(row: Node, named: Mapping[str, Node]) -> dict[str, Any]:
    places = row.get("location")
    known = [_resolved(place, named) for place in (places if isinstance(places, list) else [places])[:10]]
    real = next((place for place in known if "VirtualLocation" not in types_of(place)), {})
    geo, address = _first(real.get("geo")), real.get("address")
    latitude, longitude, repairs = drafting.position_of(
        geo.get("latitude", real.get("latitude")), geo.get("longitude", real.get("longitude"))
    )
    parts = address if isinstance(address, dict) else {}
    return {
        "venue": plain(
            real.get("name") or (address if isinstance(address, str) else parts.get("streetAddress"))
        ),
        "locality": plain(parts.get("addressLocality"), 120),
        "country": plain(_named(parts.get("addressCountry"), named), 60),
        "latitude": latitude,
        "longitude": longitude,
        "online": _online(row, known, real),
        "repairs": repairs,
    }


def _resolved(place: object, named: Mapping[str, Node]) -> Node:
    if isinstance(place, str):
        return {"name": place}
    if not isinstance(place, dict):
        return {}
    return named.get(str(place.get("@id")), place) if len(place) == 1 else place


def _online(row: Node, places: list[Node], real: Node) -> bool | None:
    """Mixed events count as in person: that is how they may have to be attended."""
    mode = str(row.get("eventAttendanceMode"))
    if "Offline" in mode or "Mixed" in mode:
        return False
    venue = plain(real.get("name"))
    if "Online" in mode or _ONLINE_VENUE.fullmatch(venue):
        return True
    if any(_ONLINE.search(word) for word in _keywords(row)) and _ONLINE.search(
        f"{plain(row.get('name'))} {venue}"
    ):
        return True
    if any("VirtualLocation" in types_of(place) for place in places):
        return not real
    return False if real else None
