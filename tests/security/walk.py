"""Every rule there is, with addresses made of things that exist, are somebody else's, or are nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import AnyConverter, Rule

from tests.security.actors import World
from tests.security.town import ABSENT
from tests.web.conftest import ORIGIN

READ = ("GET",)
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
#: What stands for an argument that is no id of a thing.
WORDS = {
    "filename": "tokens.css",
    "token": "no-such-token",
    "step": "needs",
    "part": "needs",
    "kind": "week",
    "tip": "name-it",
    "lesson": "say-back",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One method of one rule, at an address that can be asked for."""

    endpoint: str
    rule: str
    method: str
    path: str


def rules(app: Flask, methods: tuple[str, ...]) -> Iterator[tuple[Rule, str]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: (each.rule, each.endpoint)):
        for method in methods:
            if method in (rule.methods or ()):
                yield rule, method


def calls(app: Flask, world: World, methods: tuple[str, ...] = READ + UNSAFE) -> list[Call]:
    """Every rule and method once, about the member's own things."""
    return [
        Call(
            endpoint=rule.endpoint,
            rule=rule.rule,
            method=method,
            path=path_of(app, rule, world.things | _instead(rule, world)),
        )
        for rule, method in rules(app, methods)
    ]


def _instead(rule: Rule, world: World) -> dict[str, str]:
    """What a page needs that is about another kind of the same thing."""
    names = {"suggestions.prepared": ("suggestion", "preparation")}.get(rule.endpoint)
    return {names[0]: world.things[names[1]]} if names else {}


def path_of(app: Flask, rule: Rule, things: Mapping[str, str]) -> str:
    values = {name: _value(rule, name, things) for name in rule.arguments}
    with app.test_request_context(base_url=ORIGIN):
        built = rule.build(values)
    assert built is not None, rule
    return built[1]


def _value(rule: Rule, name: str, things: Mapping[str, str]) -> str:
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    found = things.get(name) or WORDS.get(name)
    assert found, f"{rule.rule}: give tests/security/town.py a {name!r}, so that this page is walked too"
    return found


def objects(rule: Rule) -> set[str]:
    """The arguments of a rule that are ids of things."""
    return {name for name in rule.arguments if name not in WORDS and name != "number"} - {
        name for name, converter in rule._converters.items() if isinstance(converter, AnyConverter)
    }


def nowhere(things: Mapping[str, str]) -> dict[str, str]:
    return {name: "9999" if value.isdigit() and len(value) < 9 else ABSENT for name, value in things.items()}
