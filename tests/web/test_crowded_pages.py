"""No page, of a member or of who runs things, asks the database the same again for each of many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from domain import (
    blocks,
    notebook,
    outbox,
    person_dates,
    person_notes,
    person_touches,
    reports,
    routines,
    rsvps,
    supporters,
    wins,
)
from domain.events import MatchingRunRequested
from domain.models import (
    Account,
    ConsentPurpose,
    EntryKind,
    Member,
    MessageState,
    OutboxMessage,
    ReportCategory,
    RsvpStatus,
)
from domain.person_dates import DateBody
from domain.person_touches import Every
from domain.reports import Kind, Subject
from domain.routine_body import RoutineBody, Template
from domain.supporters import Item
from domain.wins import WinKind
from tests import factories
from tests.conftest import NOW
from tests.security import confidences, walk
from tests.security.actors import Actor
from tests.security.site import Site, release, serve, settle
from tests.web.test_queries import counting

#: How many of everything there are, and how often a page may ask the same, with other values.
MANY, REPEATS = 7, 3


@pytest.fixture(scope="module")
def crowded(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The town of the walks, with many of everything."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("web.clock.now", lambda: NOW)
        found = settle(sqlite_template, tmp_path_factory.mktemp("settled"))
        site = serve(found, tmp_path_factory.mktemp("crowded"))
        with site.rows() as rows:
            for number in range(MANY):
                _add(rows, site, number)
            rows.commit()
        yield site
        release(site.app)


def _add(rows: Session, site: Site, number: int) -> None:
    """Add one of each kind of thing that pages list."""
    member = rows.get_one(Member, site.world.accounts[Actor.SELF])
    neighbour, stranger = (
        factories.member(rows, display_name=f"{name} {number}", consents=tuple(ConsentPurpose))
        for name in ("Neighbour", "Stranger")
    )
    _outings(rows, site, member, neighbour, number)
    _notes(rows, member, number)
    _people(rows, site, member, number)
    blocks.block(rows, member=member.id, other=stranger.id, label=f"Stranger {number}", now=NOW)
    _support(rows, owner=neighbour.id, guest=site.world.accounts[Actor.SUPPORTER])
    if number < supporters.MOST - 1:
        _support(rows, owner=member.id, guest=stranger.id)
    about = Subject(
        kind=Kind.PERSON, label="Somebody", snapshot={}, reported=site.world.accounts[Actor.BLOCKED]
    )
    category = ReportCategory.OTHER
    reports.file(rows, reporter=neighbour.id, about=about, category=category, words="What happened.", now=NOW)
    asked = MatchingRunRequested(member=neighbour.id, run=stranger.id)
    message = rows.get_one(OutboxMessage, outbox.record(rows, asked))
    message.state, message.last_error = MessageState.DEAD, "ValueError"


def _outings(rows: Session, site: Site, member: Member, neighbour: Member, number: int) -> None:
    """Found a group with an event behind and one to come, and say yes to these and to the first."""
    organizer = rows.get_one(Account, site.world.accounts[Actor.ORGANIZER])
    group = factories.group(rows, organizer=organizer, name=f"Group {number}", locality="Larkford")
    for each in (member, neighbour):
        factories.membership(rows, of=each, group=group, now=NOW - timedelta(days=30), name_shown=True)
    event = factories.event(
        rows, group=group, title=f"Walk {number}", facts={"talking": 0.3}, rrule="FREQ=WEEKLY"
    )
    ahead = factories.occurrence(rows, event=event, starts_at=NOW + timedelta(days=2 + number))
    behind = factories.occurrence(rows, event=event, starts_at=NOW - timedelta(days=3, hours=number))
    confidences.outings(rows, member, ahead=ahead, behind=behind)
    for place in (site.world.things["occurrence"], ahead.id):
        rsvps.respond(
            rows, member=neighbour.id, occurrence=place, status=RsvpStatus.YES, now=NOW, over_cap=True
        )


def _notes(rows: Session, member: Member, number: int) -> None:
    wins.log(rows, member=member.id, kind=next(iter(WinKind)), words=f"Win {number}", now=NOW)
    for kind in EntryKind:
        said = dict.fromkeys(notebook.PARTS[kind], f"Entry {number}")
        notebook.write(rows, member=member.id, kind=kind, said=said, now=NOW)


def _people(rows: Session, site: Site, member: Member, number: int) -> None:
    """Note something about the first person, a day about each, and a routine with one."""
    first = site.world.things["person"]
    person_notes.write(rows, member=member.id, person=first, words=f"Note {number}", now=NOW)
    day = DateBody(what=f"Day {number}", month=6, day=2 + number)
    (newest, *_) = notebook.entries(rows, member=member.id, kind=EntryKind.PERSON)
    for person in (first, newest.id):
        person_dates.add(rows, member=member, person=person, body=day, now=NOW)
        person_touches.choose(rows, member=member, person=person, every=Every.WEEK, now=NOW)
    weekly = RoutineBody(
        template=Template.WALK, name=f"Walk {number}", days=(0, 1, 2), hour=10, person=newest.id
    )
    routine = routines.begin(rows, member=member, body=weekly, now=NOW)
    routines.mark(rows, member=member, routine=routine.id, done=number % 2 == 0, now=NOW)


def _support(rows: Session, *, owner: str, guest: str) -> None:
    invited = supporters.invite(
        rows,
        member=owner,
        name="Friend",
        items=[Item.PROGRESS],
        until=NOW + timedelta(days=30),
        may_propose=True,
        now=NOW,
    )
    supporters.accept(rows, token=invited.token, account=guest, now=NOW)


@pytest.mark.parametrize(
    "actor", [Actor.SELF, Actor.ORGANIZER, Actor.SUPPORTER, Actor.MODERATOR, Actor.ADMIN]
)
def test_no_page_asks_the_same_for_each_of_many(
    crowded: Site, monkeypatch: pytest.MonkeyPatch, actor: Actor
) -> None:
    monkeypatch.setattr("web.clock.now", lambda: NOW)
    shown, found = 0, {}
    for call in walk.calls(crowded.app, crowded.world, ("GET",)):
        with counting(crowded.app) as said:
            shown += crowded.ask(actor, call.path).status_code == 200
        if often := {each: number for each, number in Counter(said).items() if number > REPEATS}:
            found[call.rule] = often
    assert found == {}
    assert shown > 20, "pages must have been shown"
