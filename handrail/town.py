"""The fictional town as plain records, read from `town.toml`."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from domain.directory import ServiceDraft
from domain.groups import GroupDraft
from domain.models import Approach, ServiceKind
from domain.schedule import EventDraft
from matching.inputs import Need, SituationFeature

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
KM_A_DEGREE = 111.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Town:
    """Where it is, and what goes on there."""

    name: str
    time_zone: str
    latitude: float
    longitude: float
    groups: tuple[tuple[GroupDraft, tuple[EventDraft, ...]], ...]
    services: tuple[ServiceDraft, ...]


def read_town(first_monday: date) -> Town:
    """Return the town with its events starting in the week of ``first_monday``."""
    body = tomllib.loads(Path(__file__).with_name("town.toml").read_text(encoding="utf-8"))
    groups = tuple(
        (_group(each, body), tuple(_event(row, each, body, first_monday) for row in each["events"]))
        for each in body["groups"]
    )
    place = {name: body[name] for name in ("name", "time_zone", "latitude", "longitude")}
    services = tuple(_service(each, body) for each in body["services"])
    return Town(groups=groups, services=services, **place)


def _service(each: Mapping[str, Any], body: Mapping[str, Any]) -> ServiceDraft:
    online = each.get("online", False)
    return ServiceDraft(
        name=each["name"],
        about=each["about"],
        begin=each["begin"],
        cost=each["cost"],
        phone=each.get("phone"),
        url=each.get("url"),
        kind=ServiceKind(each["kind"]),
        locality=None if online else body["name"],
        online=online,
        approaches=tuple(Approach(slug) for slug in each["approaches"]),
    )


def _group(each: Mapping[str, Any], body: Mapping[str, Any]) -> GroupDraft:
    return GroupDraft(
        name=each["name"],
        summary=each["summary"],
        description=f"{each['summary']} You can come once and see. {each['greeter']}, says hello first.",
        offers=tuple(Need(need) for need in each["offers"]),
        values=tuple(each["values"]),
        access=tuple(each["access"]),
        access_unmet=tuple(each.get("unmet", ())),
        locality=body["name"],
        time_zone=body["time_zone"],
        newcomer_limit=3,
        greeter=each["greeter"],
        interests=tuple(each["interests"]),
    )


def _event(row: list[Any], group: Mapping[str, Any], body: Mapping[str, Any], monday: date) -> EventDraft:
    title, kind, weekday, clock, minutes, rhythm, people, capacity, price = row
    facts = {SituationFeature(name): value for name, value in body["kinds"][kind].items()}
    facts[SituationFeature.GROUP_SIZE] = min(1.0, math.log2(max(people - 1, 1)) / 5)
    facts[SituationFeature.ONE_TO_ONE] = float(people == 2)
    online = kind.startswith("online")
    latitude, longitude = (None, None) if online else _position(group, body)
    return EventDraft(
        title=title,
        text=_text(group, people=people, online=online),
        starts_local=datetime.combine(_first_day(monday, weekday, rhythm), time.fromisoformat(clock)),
        duration_minutes=minutes,
        time_zone=body["time_zone"],
        rrule=_rule(weekday, rhythm),
        venue=None if online else group["venue"],
        address=None if online else f"{group['venue']}, {body['name']}",
        locality=body["name"],
        latitude=latitude,
        longitude=longitude,
        online=online,
        price=float(price),
        currency="GBP",
        capacity=capacity or None,
        greeter=group["greeter"],
        arriving="Come in when you like in the first ten minutes. Somebody will look out for you.",
        leaving="You can leave whenever you like. A nod is enough.",
        interests=tuple(group["interests"]),
        facts=facts,
    )


def _text(group: Mapping[str, Any], *, people: int, online: bool) -> str:
    where = (
        "It is online: join from wherever you feel at ease." if online else f"We meet at {group['venue']}."
    )
    return f"{group['summary']} {where} Usually about {people} people come."


def _position(group: Mapping[str, Any], body: Mapping[str, Any]) -> tuple[float, float]:
    east, north = group["km"]
    latitude = body["latitude"] + north / KM_A_DEGREE
    return latitude, body["longitude"] + east / (KM_A_DEGREE * math.cos(math.radians(latitude)))


def _first_day(monday: date, weekday: str, rhythm: str) -> date:
    """Return the weekday in the week of ``monday``; for a monthly event, the month's first such day."""
    start = monday if rhythm == "weekly" else monday.replace(day=1)
    return start + timedelta(days=(WEEKDAYS.index(weekday) - start.weekday()) % 7)


def _rule(weekday: str, rhythm: str) -> str:
    return f"FREQ=WEEKLY;BYDAY={weekday}" if rhythm == "weekly" else f"FREQ=MONTHLY;BYDAY=1{weekday}"
