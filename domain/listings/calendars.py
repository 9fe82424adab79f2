"""A calendar file taken apart line by line: each event can be parsed alone, and no file costs too much."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.listings.places import known_zone
from domain.recurrence import UnsupportedRule, check_rule

_NAMED_ZONE = re.compile(r'TZID="?([^":;,\n]{1,200})', re.IGNORECASE)
_DEFINED_ZONE = re.compile(r"^TZID(?:;[^:\n]{0,100})?:([^\n]{1,200})$", re.MULTILINE | re.IGNORECASE)
_RULE = re.compile(r"^RRULE:([^\n]*)$", re.MULTILINE | re.IGNORECASE)
_FOLD = re.compile(r"\n[ \t]")
#: No real zone definition is longer.
_ZONE_LINES = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """What of a calendar matters here."""

    events: tuple[str, ...]  #: VEVENT components in order; a broken one may lack its end
    zones: dict[str, str]  #: VTIMEZONE components by the name they define, where no known zone has it


def take_apart(text: str) -> Parts:
    """Return the events of a calendar and the zones it defines itself; linear in its length."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    zones = (zone for zone in _components(lines, "VTIMEZONE") if _is_modest(zone))
    named = ((found[1].strip(), zone) for zone in zones if (found := _DEFINED_ZONE.search(zone)))
    return Parts(
        events=tuple(_components(lines, "VEVENT")),
        zones={name: zone for name, zone in named if known_zone(name) is None},
    )


def alone(event: str, zones: dict[str, str]) -> str:
    """Return one event as a calendar of its own, with the zones it names."""
    names = dict.fromkeys(name.strip() for name in _NAMED_ZONE.findall(event))
    needed = [zones[name] for name in names if name in zones]
    return "\n".join(["BEGIN:VCALENDAR", *needed[:5], event, "END:VCALENDAR", ""])


def _components(lines: list[str], name: str) -> Iterator[str]:
    """Yield the components of one kind; one that begins before the last has ended cuts that one short."""
    begin, end = f"BEGIN:{name}", f"END:{name}"
    held: list[str] | None = None
    for line in lines:
        mark = line.strip().upper()
        if mark == begin:
            if held is not None:
                yield "\n".join(held)
            held = [line]
        elif held is not None:
            held.append(line)
            if mark == end:
                yield "\n".join(held)
                held = None
    if held is not None:
        yield "\n".join(held)


def _is_modest(zone: str) -> bool:
    """Tell whether a zone changes its clock as real ones do: the library would count out every change."""
    unfolded = _FOLD.sub("", zone)
    try:
        rules = [check_rule(rule) for rule in _RULE.findall(unfolded)]
    except UnsupportedRule:
        return False
    yearly = all("FREQ=YEARLY" in rule and rule.count("BYMONTH=") == 1 for rule in rules)
    one_month = all("," not in rule.split("BYMONTH=")[1].split(";")[0] for rule in rules) if yearly else False
    return one_month and len(rules) <= 20 and unfolded.count("\n") <= _ZONE_LINES
