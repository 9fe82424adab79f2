"""What members do, over and over, and what each was promised by an acknowledgement."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from tests.chaos.people import Person, Town
from tests.chaos.visitor import Visitor
from tests.factories import PASSWORD


@dataclass(slots=True)
class Promised:
    """What must be so once all is quiet, by one member's acknowledged requests."""

    person: Person
    words: str = ""  #: the last text they saved
    saves: int = 0
    answers: dict[str, str] = field(default_factory=dict)  #: by occurrence
    changes: Counter[str] = field(default_factory=Counter)  #: how often an answer changed, by occurrence
    reflected: list[str] = field(default_factory=list)  #: ids of answers looked back on
    joined: list[str] = field(default_factory=list)  #: addresses of newcomers
    refused: list[str] = field(default_factory=list)  #: what was answered otherwise than expected


class Life:
    """One member's requests, drawn from a seed."""

    def __init__(self, person: Person, town: Town, visitor: Visitor, seed: int) -> None:
        self._town, self._visitor, self._rng = town, visitor, Random(seed)
        self._left = list(person.past)
        self.promised = Promised(person=person)

    def begin(self) -> None:
        """Sign in."""
        self._check("sign in", self._visitor.sign_in(self.promised.person.email, PASSWORD).status)

    def go_on(self) -> None:
        """Make one more request and note what its acknowledgement promises."""
        (act,) = self._rng.choices(
            [self._save, self._answer, self._reflect, self._join, self.begin], [30, 34, 26, 4, 6]
        )
        act()

    def _check(self, what: str, status: int) -> bool:
        fine = status in {302, 303}
        if not fine:
            self.promised.refused.append(f"{what}: {status}")
        return fine

    def _save(self) -> None:
        words = f"save {self.promised.saves + 1} of {self.promised.person.email}"
        if self._check("save", self._visitor.send("/profile/needs", own_words=words).status):
            self.promised.words, self.promised.saves = words, self.promised.saves + 1

    def _answer(self) -> None:
        occurrence = self._rng.choice(self._town.coming)
        wanted = "no" if self.promised.answers.get(occurrence) == "yes" else "yes"
        reply = self._visitor.send(f"/occurrences/{occurrence}/{wanted}", over_cap="1", expected="40")
        if self._check(wanted, reply.status):
            self.promised.answers[occurrence] = wanted
            self.promised.changes[occurrence] += 1

    def _reflect(self) -> None:
        if not self._left:
            self._save()
            return
        rsvp = self._left.pop(0)
        reply = self._visitor.send(f"/outings/{rsvp}/reflection", went="stayed", peak="35", end="20")
        if self._check("reflect", reply.status):
            self.promised.reflected.append(rsvp)

    def _join(self) -> None:
        number = len(self.promised.joined) + 1
        email = f"new{number}.{self.promised.person.email}"
        newcomer = Visitor(
            self._visitor.port, f"10.9.{number}.{self._rng.randrange(250)}", self._visitor.tally
        )
        newcomer.look("/register")
        reply = newcomer.send(
            "/register", email=email, password=PASSWORD, display_name="New", time_zone="Europe/London",
            adult="y", terms="y",
        )  # fmt: skip
        if self._check("join", reply.status):
            self.promised.joined.append(email)
