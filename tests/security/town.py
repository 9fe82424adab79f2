"""A small town in which everybody has something: rows for the walks over every page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from domain import (
    blocks,
    circles,
    directory,
    export,
    facilitation,
    fits,
    outbox,
    reports,
    rsvps,
    settings,
    support_notes,
    supporters,
    tasks,
)
from domain.directory import ServiceDraft
from domain.events import MatchingRunRequested
from domain.facilitation import FacilitationDraft
from domain.fits import Fitted
from domain.models import (
    Account,
    ConsentPurpose,
    Event,
    Group,
    Member,
    MessageState,
    Occurrence,
    OutboxMessage,
    ReportCategory,
    RsvpStatus,
    ServiceKind,
    Topic,
)
from domain.reports import Kind, Subject
from domain.supporters import Item
from domain.tasks import TaskDraft
from tests import circle_rows, factories
from tests.conftest import NOW
from tests.security import confidences
from tests.security.actors import MEMBERS, ROLES, Actor, World
from tests.security.confidences import word

ABSENT = "f" * 32
SERVICE = ServiceDraft(
    name="Talking Rooms",
    kind=ServiceKind.COUNSELLING,
    about="One person to talk with.",
    begin="Call them.",
    cost="Free",
    online=True,
    phone="01632 960114",
)
LEADER = FacilitationDraft(
    kind=ServiceKind.GROUP_THERAPY, name="Dr Reed", profession="Psychologist", register="Register, 4711"
)
SIZES = {"least": 200, "members": 300, "people": 250, "groups": 30, "joins": 900}


def build(session: Session) -> World:
    """Fill an empty, migrated database; the caller commits."""
    people: dict[Actor, str] = {
        actor: _person(session, actor) for actor in Actor if actor is not Actor.ANONYMOUS
    }
    member = session.get_one(Member, people[Actor.SELF])
    other = session.get_one(Member, people[Actor.OTHER])
    own = _group(session, session.get_one(Account, people[Actor.ORGANIZER]), "River walkers")
    far = _group(session, session.get_one(Account, people[Actor.ORGANIZER_OTHER]), "Board games")
    belong = [
        factories.membership(session, of=each, group=own, now=NOW - timedelta(days=30), name_shown=True)
        for each in (member, other)
    ]
    event, ahead, behind = _event(session, own)
    far_event, far_ahead, _ = _event(session, far)
    version = str(settings.in_force(session)[0].id)
    confidences.profile(session, member)
    things = _of_the_machine(session, people[Actor.ADMIN])
    things |= {"group": own.id, "event": event.id, "occurrence": ahead.id, "subject": ahead.id}
    things["membership"] = belong[1].id
    things["facilitation_id"] = facilitation.ask(session, group=own.id, draft=LEADER, now=NOW).id
    tasks.name(session, event=event, drafts=[TaskDraft(label="Put out the chairs", people=2)])
    things["task"] = tasks.of_event(session, event=event.id)[0].id
    things["service"] = directory.add(session, admin=people[Actor.ADMIN], draft=SERVICE, now=NOW).id
    things |= confidences.outings(session, member, ahead=ahead, behind=behind)
    things |= confidences.steps(session, member) | confidences.notes(session, member)
    things |= confidences.people(session, member)
    things |= confidences.suggested(session, member, _soon(session, event), settings=version)
    things["block"] = confidences.parted(session, member.id, people[Actor.BLOCKED])
    things |= _safety(session, people)
    blocks.block(session, member=people[Actor.BLOCKER], other=member.id, label="Somebody", now=NOW)
    answer = rsvps.respond(
        session, member=other.id, occurrence=ahead.id, status=RsvpStatus.YES, now=NOW, over_cap=True
    )
    things["companion"] = _circle(session, ahead, (member, other))
    confidences.shown_card(session, member, ahead)
    theirs = {"group": far.id, "event": far_event.id, "occurrence": far_ahead.id, "rsvp": answer.id}
    session.flush()
    return World(accounts=people, things=things, theirs=theirs)


def _person(session: Session, actor: Actor) -> str:
    facts: dict[str, Any] = {"email": actor.email, "roles": ROLES.get(actor, ())}
    if actor in MEMBERS:
        name = actor.value.replace("-", " ").capitalize()
        row = factories.member(
            session,
            display_name=name,
            consents=tuple(ConsentPurpose),
            interests={"walking": 1.0},
            weekly_cap=7,
            steps_done=["needs"],
            **facts,
        )
        account = session.get_one(Account, row.id)
    else:
        account = factories.account(session, **facts)
    account.demo = True
    session.flush()
    return str(account.id)


def _group(session: Session, organizer: Account, name: str) -> Group:
    return factories.group(session, organizer=organizer, name=name, locality="Larkford", greeter="Maureen")


def _event(session: Session, group: Group) -> tuple[Event, Occurrence, Occurrence]:
    """An event, its next date and one that is over."""
    event = factories.event(
        session,
        group=group,
        title=f"An hour with {group.name}",
        facts={"group_size": 0.5, "talking": 0.3, "sensory_load": 0.1, "hard_to_leave": 0.2},
        venue="Mill House",
        address="12 Mill Lane",
        locality="Larkford",
        rrule="FREQ=WEEKLY;BYDAY=TU",
        now=NOW - timedelta(days=20),
    )
    ahead = factories.occurrence(session, event=event)
    behind = factories.occurrence(session, event=event, starts_at=NOW - timedelta(days=3))
    return event, ahead, behind


def _circle(session: Session, ahead: Occurrence, people: tuple[Member, ...]) -> str:
    """Have the members go with a third, all having said yes; return the place of the last of them."""
    third = factories.member(session, display_name="Third", consents=circle_rows.GOING_TOGETHER)
    rsvps.respond(session, member=third.id, occurrence=ahead.id, status=RsvpStatus.YES, now=NOW)
    circle_rows.settled(session, ahead, (*people, third))
    place = circles.place_of(session, member=people[-1].id, occurrence=ahead.id)
    assert place is not None
    return str(place.id)


def _soon(session: Session, event: Event) -> Occurrence:
    return factories.occurrence(session, event=event, starts_at=NOW + timedelta(days=8))


def _safety(session: Session, people: dict[Actor, str]) -> dict[str, str]:
    """Two supporters, one of them until this morning, and a report that waits."""
    member, rows = people[Actor.SELF], {}
    for actor in (Actor.REVOKED, Actor.SUPPORTER):
        invitation = supporters.invite(
            session,
            member=member,
            name=word(f"{actor}_name"),
            items=[Item.PROGRESS],
            until=NOW + timedelta(days=30),
            may_propose=True,
            now=NOW,
        )
        rows[actor] = supporters.accept(session, token=invitation.token, account=people[actor], now=NOW)
    supporters.revoke(session, member=member, support=rows[Actor.REVOKED].id, now=NOW)
    note = support_notes.write(
        session,
        supporter=people[Actor.SUPPORTER],
        support=rows[Actor.SUPPORTER].id,
        topic=Topic.STEP,
        words=word("support_note"),
        now=NOW,
    )
    about = Subject(
        kind=Kind.PERSON, label=word("reported_name"), snapshot={}, reported=people[Actor.BLOCKED]
    )
    report = reports.file(
        session,
        reporter=member,
        about=about,
        category=ReportCategory.OTHER,
        words=word("report_words"),
        now=NOW,
    )
    copy = export.request(session, account=session.get_one(Account, member), now=NOW)
    return {"support": rows[Actor.SUPPORTER].id, "note": note.id, "report": report.id, "export_id": copy.id}


def _of_the_machine(session: Session, admin: str) -> dict[str, str]:
    """A message that was given up, and a bulk run in progress."""
    version, current = settings.in_force(session)
    body = current.to_json() | {"list_length": 2}
    bulk = settings.activate(
        session, author=admin, body=body, note="Two at a time.", expected=version.number, now=NOW
    )
    message = outbox.record(session, MatchingRunRequested(member=ABSENT, run=ABSENT))
    row = session.get_one(OutboxMessage, message)
    row.state, row.last_error = MessageState.DEAD, "ValueError"
    fit = fits.request(session, reason=fits.ASKED, author=admin, now=NOW)
    fits.finish(session, fit.id, Fitted(sizes=SIZES, version="learnt", data=b"learnt"), now=NOW)
    things = {"fit": fit.id, "version": "learnt"}
    return {"message": message, "bulk": bulk.id, "number": "1"} | things
