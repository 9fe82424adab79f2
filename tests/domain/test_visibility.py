"""Whatever people do in whatever order, nobody sees anything of whom they are parted from, or who is leaving.

`HANDRAIL_SEQUENCES` sets how many sequences are tried; 1,000 where it is not said.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import permutations
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from domain import agenda, blocks, database, erasure, groups, guests, outings, people, rsvps, suggestions
from domain.agenda import Wish
from domain.errors import DomainError
from domain.models import Account, Base, Block, Group, Member, Occurrence, RsvpStatus, RunStatus
from domain.models.run import MatchingRun
from domain.suggestions import Drafted
from tests import factories
from tests.conftest import KEYRING, NOW

NAMES = ("Ann", "Ben", "Cas", "Olga")
PAIRS = st.sampled_from(list(permutations(range(4), 2)))
WHO = st.integers(0, 3)
GROUP = st.integers(0, 1)
SEQUENCES = int(os.environ.get("HANDRAIL_SEQUENCES", "1000"))


def open_engine() -> Engine:
    """One database in memory for all sequences; each is rolled back."""
    engine = database.open_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    return engine


class Town(RuleBasedStateMachine):
    """Three members, an organizer who is a member as well, two groups with an outing each."""

    engine: ClassVar[Engine]

    def __init__(self) -> None:
        super().__init__()
        self.session: Session = database.open_sessions(self.engine, KEYRING)()
        database.begin(self.session, "write")
        self.parted: set[tuple[int, int]] = set()
        self.left: set[int] = set()
        self.ids: list[str] = []

    def teardown(self) -> None:
        for viewer in set(range(4)) - self.left if self.ids else ():
            self._look(viewer)
        self.session.rollback()
        self.session.close()

    @initialize()
    def settle(self) -> None:
        self.people = [self._member(name) for name in NAMES]
        organizer = self.session.get_one(Account, self.people[3].id)
        self.groups = [factories.group(self.session, organizer=organizer), factories.group(self.session)]
        events = [factories.event(self.session, group=each) for each in self.groups]
        self.outings = [factories.occurrence(self.session, event=each) for each in events]
        self.ids = [each.id for each in self.people]
        for member in self.people[:3]:
            factories.membership(self.session, of=member, group=self.groups[0], name_shown=True)

    def _member(self, name: str) -> Member:
        return factories.member(
            self.session, display_name=name, consents=(), steps_done=[], weekly_cap=7, rest_hours=0
        )

    @contextmanager
    def _perhaps(self) -> Iterator[None]:
        """Let a refusal pass: what matters is what can be seen afterwards."""
        try:
            yield
        except DomainError:
            self.session.flush()

    @rule(who=WHO, group=GROUP, shown=st.booleans())
    def join(self, who: int, group: int, shown: bool) -> None:
        if who not in self.left:
            with self._perhaps():
                groups.join(
                    self.session,
                    member=self.ids[who],
                    group=self.groups[group].id,
                    now=NOW,
                    name_shown=shown,
                )

    @rule(who=WHO, group=GROUP)
    def leave(self, who: int, group: int) -> None:
        groups.leave(self.session, member=self.ids[who], group=self.groups[group].id, now=NOW)

    @rule(who=WHO, outing=GROUP, status=st.sampled_from([RsvpStatus.YES, RsvpStatus.YES, RsvpStatus.NO]))
    def answer(self, who: int, outing: int, status: RsvpStatus) -> None:
        if who in self.left:
            return
        before = who in self._going(outing)
        with self._perhaps():
            row = rsvps.respond(
                self.session,
                member=self.ids[who],
                occurrence=self.outings[outing].id,
                status=status,
                now=NOW,
            )
            if row.status == RsvpStatus.YES and not before:
                assert not any(self._parted(who, other) for other in self._going(outing) - {who})

    @rule(pair=PAIRS)
    def block(self, pair: tuple[int, int]) -> None:
        one, other = pair
        if one in self.left or other in self.left:
            return
        blocks.block(self.session, member=self.ids[one], other=self.ids[other], label=NAMES[other], now=NOW)
        self.parted.add(pair)

    @rule(pair=PAIRS)
    def unblock(self, pair: tuple[int, int]) -> None:
        row = self.session.scalar(
            select(Block).where(Block.member == self.ids[pair[0]], Block.other == self.ids[pair[1]])
        )
        if row is not None:
            blocks.undo(self.session, member=self.ids[pair[0]], block=row.id, now=NOW)
            self.parted.discard(pair)

    @rule(who=WHO)
    def suggest(self, who: int) -> None:
        if who in self.left:
            return
        run = MatchingRun(member=self.ids[who], reason="test", status=RunStatus.RUNNING, requested_at=NOW)
        self.session.add(run)
        self.session.flush()
        drafts = [
            Drafted(
                run=run.id,
                member=self.ids[who],
                occurrence=each.id,
                position=place,
                kind="right_sized",
                body={},
            )
            for place, each in enumerate(self.outings)
        ]
        suggestions.replace(self.session, members=[self.ids[who]], drafts=drafts, now=NOW)

    @rule(who=WHO, gone=st.booleans())
    def erase(self, who: int, gone: bool) -> None:
        if who not in self.left:
            account = self.session.get_one(Account, self.ids[who])
            asked = erasure.ask(self.session, account=account, at_once=gone, now=NOW)
            self.left.add(who)
            if gone:
                erasure.erase(self.session, account=asked.account, now=NOW)
                self.session.expire_all()
                self.parted = {pair for pair in self.parted if who not in pair}

    def _parted(self, one: int, other: int) -> bool:
        return (one, other) in self.parted or (other, one) in self.parted

    def _going(self, outing: int) -> set[int]:
        return {
            each
            for each, member in enumerate(self.ids)
            if (row := rsvps.answer_to(self.session, member=member, occurrence=self.outings[outing].id))
            and row.status == RsvpStatus.YES
        }

    @rule(viewer=WHO)
    def look(self, viewer: int) -> None:
        if viewer not in self.left:
            self._look(viewer)

    def _look(self, viewer: int) -> None:
        hidden = {
            each for each in range(4) if each != viewer and (each in self.left or self._parted(viewer, each))
        }
        if not hidden:
            return  # nothing to be seen that should not be
        seen = self._everything(viewer)
        assert not seen & {NAMES[each] for each in hidden}, (NAMES[viewer], seen)
        if 3 in hidden:
            assert self.groups[0].id not in self._groups_seen(viewer)
        for place, outing in enumerate(self.outings):
            self._check_outing(viewer, hidden, place, outing)

    def _everything(self, viewer: int) -> set[str]:
        """Return every name this person is shown."""
        found: set[str] = set()
        for group in self.groups:
            with self._perhaps():
                named = people.of_group(self.session, viewer=self.ids[viewer], group=group.id)
                found |= {each.label for each in named}
        if viewer == 3:
            coming = guests.coming(
                self.session, viewer=self.ids[3], group=self.groups[0], occurrences=self.outings[:1]
            )
            found |= set(coming[self.outings[0].id].names)
        return found

    def _groups_seen(self, viewer: int) -> set[str]:
        me, session = self.ids[viewer], self.session
        shown: list[Group] = agenda.groups(session, member=me)[0] + agenda.joined(session, member=me)
        entries = agenda.look(session, member=me, wish=Wish(), now=NOW).entries
        planned = [  # an outing that was called off stays, to say so
            each.group.id
            for each in outings.upcoming(session, member=me, now=NOW)
            if each.occurrence.cancelled_at is None
        ]
        suggested = [each.group for each in suggestions.current(session, member=me) if each.group]
        listed = [each.group.id for each in entries]
        return {each.id for each in shown + suggested} | {*listed, *planned}

    def _check_outing(self, viewer: int, hidden: set[int], place: int, outing: Occurrence) -> None:
        session, me = self.session, self.ids[viewer]
        going = self._going(place)
        if going & {each for each in hidden if each not in self.left} and viewer not in going:
            assert not rsvps.place_offered(session, member=me, occurrence=outing)
            current = suggestions.current(session, member=me)
            assert outing.id not in {each.occurrence.id for each in current if each.occurrence}
        size = groups.size(session, viewer=me, group=self.groups[place].id)
        belonging = {
            each
            for each, member in enumerate(self.ids)
            if groups.membership(session, member=member, group=self.groups[place].id)
        }
        assert size == len(belonging - hidden)
        if viewer == 3:
            found = guests.coming(session, viewer=me, group=self.groups[place], occurrences=[outing])
            assert found[outing.id].yes == len(going - hidden)


@pytest.mark.requirement("R20", "R47", "C07")
def test_no_sequence_shows_anything_of_somebody_parted_from_or_gone() -> None:
    engine = open_engine()
    Town.engine = engine
    chosen: Any = settings(
        max_examples=SEQUENCES,
        stateful_step_count=8,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Town, settings=chosen)
    engine.dispose()
