"""Everything a member can confide, each text with a word of its own that stands nowhere else."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy.orm import Session

from domain import (
    blocks,
    checkins,
    goals,
    ladders,
    mails,
    members,
    needs_cards,
    notebook,
    person_dates,
    person_notes,
    person_touches,
    reflections,
    routines,
    rsvps,
    runs,
    suggestions,
    trails,
    wins,
)
from domain.card_body import CardBody
from domain.checkin_answers import WeekAnswers
from domain.comforts import store
from domain.goals import GoalBody
from domain.ladders import ChangeBody, ChangeKind, RungBody
from domain.models import CheckInKind, EntryKind, Member, Occurrence, RsvpStatus
from domain.person_dates import DateBody, Remind
from domain.person_touches import Every
from domain.reflections import ReflectionBody, SmallWin
from domain.routine_body import Nudge, RoutineBody, Template
from domain.suggestions import Drafted
from domain.trails import Point, Span
from domain.wins import WinKind
from matching.comfort import start
from matching.inputs import Need
from matching.rungs import KINDS
from matching.situations import QUESTIONS
from tests.conftest import NOW

CARD = "needs_card"
#: What every unique word begins with; no text of ours and no random id contains it.
CANARY = re.compile(r"zq[a-z]+qz")


def word(name: str) -> str:
    """A word that stands in one field of one member alone."""
    return f"zq{name.replace('_', '')}qz"


def profile(session: Session, member: Member) -> None:
    members.save_private(
        session,
        member=member,
        now=NOW,
        needs=(Need.CONFIDANT, Need.DAYTIME_CHAT),
        own_words=word("own_words"),
        place_name=word("place_name"),
        cell="86194ad27ffffff",
    )
    members.answer_comfort(session, member=member, answers={each.id: 61 for each in QUESTIONS}, now=NOW)
    store(session, member.id, start([61.0] * len(QUESTIONS)), NOW)
    kinds = {each.id: Span(suds=61.4, low=50.2, high=70.3) for each in QUESTIONS}
    trails.append(
        session, member=member.id, point=Point(at=NOW, index=61.7, index_sd=4.3, kinds=kinds), now=NOW
    )


def shown_card(session: Session, member: Member, occurrence: Occurrence) -> None:
    """Write a card and show it to the few the member goes to an outing with: to them alone."""
    needs_cards.save(session, member=member, card=CardBody(words=word(CARD)), now=NOW)
    needs_cards.show_at(session, member=member.id, occurrence=occurrence, now=NOW)


def outings(session: Session, member: Member, *, ahead: Occurrence, behind: Occurrence) -> dict[str, str]:
    going = rsvps.respond(
        session,
        member=member.id,
        occurrence=ahead.id,
        status=RsvpStatus.YES,
        now=NOW,
        expected=67,
        reward=word("reward"),
        over_cap=True,
    )
    rsvps.respond(
        session,
        member=member.id,
        occurrence=behind.id,
        status=RsvpStatus.YES,
        now=NOW - timedelta(days=9),
        over_cap=True,
    )
    kept = reflections.record(
        session,
        member=member.id,
        occurrence=behind.id,
        reflection=ReflectionBody(
            attended=True,
            predicted=83,
            peak=41,
            end=19,
            easy=word("easy"),
            challenging=word("challenging"),
            adjust=word("adjust"),
            small_wins=(SmallWin.LONGER_TALK,),
            own_win=word("own_win"),
        ),
        now=NOW,
    )
    return {"rsvp": going.id, "reflection": kept.id}


def steps(session: Session, member: Member) -> dict[str, str]:
    bodies = [RungBody(label=word(f"rung_{name}"), situation=KINDS[0].situation) for name in "abc"]
    ladders.draft(session, member=member.id, rungs=bodies, now=NOW)
    view = ladders.current(session, member=member.id)
    assert view is not None
    ladders.pair_reward(session, member=member.id, rung=view.rungs[1].id, reward=word("rung_reward"))
    body = ChangeBody(
        kind=ChangeKind.ADVANCE, to=view.rungs[1].id, reason="two_calm", words=(word("change"),)
    )
    change = ladders.record_change(
        session, member=member.id, reflection=None, body=body, proposes=True, now=NOW
    )
    return {"rung": view.rungs[1].id, "change": change.id}


def notes(session: Session, member: Member) -> dict[str, str]:
    win = wins.log(session, member=member.id, kind=next(iter(WinKind)), words=word("win"), now=NOW)
    goal = goals.set_goal(
        session, member=member, body=GoalBody(template=next(iter(goals.Template)), times=1), now=NOW
    )
    entry = notebook.write(
        session, member=member.id, kind=EntryKind.TOPIC, said={"words": word("topic")}, now=NOW
    )
    week = WeekAnswers(good=word("good_week"), hard=word("hard_week"), next=word("next_week"))
    checkins.answer(session, member=member, kind=CheckInKind.WEEK, answers=week, now=NOW)
    mails.request(
        session, account=member.id, kind="reminder", subject=word("subject"), text=word("mail"), now=NOW
    )
    return {"win": win.id, "goal": goal.id, "entry": entry.id}


def people(session: Session, member: Member) -> dict[str, str]:
    said = {"what": word("person_seen"), "together": word("together"), "notes": word("person_notes")}
    person = notebook.write(session, member=member.id, kind=EntryKind.PERSON, said=said, now=NOW)
    note = person_notes.write(session, member=member.id, person=person.id, words=word("person_note"), now=NOW)
    day = DateBody(what=word("person_date"), month=6, day=2, hard=True, remind=Remind.EVE)
    date = person_dates.add(session, member=member, person=person.id, body=day, now=NOW)
    person_touches.choose(session, member=member, person=person.id, every=Every.MONTH, now=NOW)
    weekly = RoutineBody(
        template=Template.WALK, name=word("routine"), days=(1, 3), hour=10, person=person.id, nudge=Nudge.EVE
    )
    routine = routines.begin(session, member=member, body=weekly, now=NOW)
    routines.mark(session, member=member, routine=routine.id, done=True, now=NOW)
    kept = {"person": person.id, "person_note": note.id, "person_date": date.id}
    return kept | {"routine": routine.id}


def suggested(session: Session, member: Member, occurrence: Occurrence, *, settings: str) -> dict[str, str]:
    run = runs.request(session, member=member.id, reason="asked", now=NOW)
    body = {
        "anticipated": 44.0,
        "score": 0.71,
        "practice": "online_message",
        "reasons": [{"code": "shared_interests", "data": {"words": [word("reason")], "number": None}}],
    }
    drafts = [
        Drafted(
            run=run.id,
            member=member.id,
            occurrence=place,
            position=number,
            kind="right_sized" if place else "preparation",
            body=body,
        )
        for number, place in enumerate((occurrence.id, None), start=1)
    ]
    suggestions.replace(session, members=[], drafts=drafts, now=NOW)
    runs.start(session, [run.id], settings_version=settings, now=NOW)
    runs.finish(session, {run.id: {"possible": 3, "excluded": {}, "proposals": 1}}, now=NOW)
    waiting = suggestions.current(session, member=member.id)
    return {"suggestion": waiting[0].row.id, "preparation": waiting[1].row.id}


def parted(session: Session, member: str, other: str) -> str:
    return str(blocks.block(session, member=member, other=other, label=word("block_label"), now=NOW).id)
