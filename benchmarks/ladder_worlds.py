"""Worlds of simulated people: how they differ from the table, how they learn, what is on offer to them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Learns(StrEnum):
    """How attended outings make what was practised easier."""

    ENGAGED = "engaged"  #: most from moderate peaks
    SURPRISE = "surprise"  #: most from better than expected
    FLAT = "flat"  #: from going at all
    BAND = "band"  #: only from peaks of 30 to 70
    WHOLE = "whole"  #: engaged, and everything gets easier together, not what was practised alone


class Link(StrEnum):
    """How drive becomes distress."""

    LOGISTIC = "logistic"
    PLAIN = "plain"  #: points add up, cut off at 0 and 100


@dataclass(frozen=True, kw_only=True)
class World:
    """How people differ from the table, and how they learn."""

    name: str
    learns: Learns
    link: Link = Link.LOGISTIC
    shift: float = 1.0  # s.d. of the population means around the table, in units of its own doubt
    spread: float = 1.0  # of the spread between members
    spiky: float = 0.2  # share of members with heavy tails
    severity: float = 0.0  # added to every constant
    noise: float = 11.0  # s.d. of one evening, drive
    heavy: bool = False  # evenings with the tails of a t distribution with three degrees of freedom
    report: float = 5.0  # s.d. of a report, SUDS
    tens: bool = False  # reports are rounded to tens
    skipped: float = 0.1  # share of the six questions not answered
    unasked: float = 0.0  # share of outings without a prediction
    bias: tuple[float, float] = (10.0, 8.0)  # mean and s.d. of predicted less felt, SUDS
    shying: float = 0.05  # how much a predicted SUDS point keeps people away, log-odds
    offered: float = 1.0  # share of the catalogue that takes place; the ladders always find their rung
    drawn: tuple[int, int] | None = (
        None  # instead of the catalogue: fewest and most situations, new each week
    )


WORLDS = (
    World(name="near the table", learns=Learns.ENGAGED, shift=0.3),
    World(name="shifted, spiky", learns=Learns.SURPRISE, shift=1.5, spread=1.2, spiky=0.4, offered=0.5),
    World(name="harder, noisier", learns=Learns.FLAT, severity=8, noise=14, report=8),
    World(name="loud nights", learns=Learns.ENGAGED, spiky=0.4, noise=17, report=8),
)

#: Never looked at while the rules were made: other laws, other supply, other answers.
HELD_OUT = (
    World(name="points add up", learns=Learns.BAND, link=Link.PLAIN, noise=12, report=6),
    World(name="a few things each week", learns=Learns.ENGAGED, drawn=(5, 12), shift=1.2, report=8),
    World(name="much on offer, silent", learns=Learns.FLAT, drawn=(30, 60), skipped=1.0, unasked=0.5),
    World(name="rough nights, rounded", learns=Learns.WHOLE, heavy=True, noise=10, tens=True, unasked=0.3),
    World(
        name="expecting the worst", learns=Learns.SURPRISE, bias=(28, 12), shying=0.08, severity=6, spiky=0.4
    ),
    World(
        name="braver than wise",
        learns=Learns.BAND,
        bias=(-5, 10),
        shying=0.02,
        severity=6,
        noise=15,
        spread=1.3,
    ),
)
