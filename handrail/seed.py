"""Seed the fictional town through the same functions as the pages, from eight weeks ago until today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from domain import (
    accounts,
    consent,
    directory,
    events,
    groups,
    members,
    outbox,
    places,
    reflections,
    rsvps,
    schedule,
    wins,
)
from domain.database import Sessions, writing
from domain.members import Profile
from domain.models import Account, ConsentPurpose, Event, EventFact, Member, Occurrence, RoleName, RsvpStatus
from domain.reflections import MeetAgain, ReflectionBody, Signal, SmallWin
from domain.wins import WinKind
from handrail.people import POINTS, Person, demo_person, townspeople
from handrail.seed_company import seed_company
from handrail.town import Town, read_town
from matching.inputs import SituationFeature

WEEKS_PAST = 8
PASSWORD = "larkford-demo"  # noqa: S105  (printed on the console; refused where the base URL is https)


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoAccount:
    """An account a newcomer may sign in as."""

    role: str
    email: str
    password: str = PASSWORD


MEMBER = DemoAccount(role="member", email="robin@example.com")
ORGANIZER = DemoAccount(role="organizer", email="olive@example.com")
ADMIN = DemoAccount(role="admin", email="ada@example.com")
DEMO_ACCOUNTS = (MEMBER, ORGANIZER, ADMIN)

WORDS = {
    "easy": (
        "Somebody said hello first.",
        "There was something to do with my hands.",
        "I knew where to sit.",
    ),
    "challenging": ("The first five minutes.", "Finding something to say.", "Walking in."),
    "adjust": ("Come a little earlier.", "Stay for the first half.", "Bring something to do."),
}


def seed_town(sessions: Sessions, *, now: datetime) -> bool:
    """Fill an empty database in one transaction; False, and nothing written, where there are people already.

    Suggestions and ladders are left to the workers, as for anybody else.
    """
    password = accounts.hash_password(PASSWORD)
    with writing(sessions) as session:
        if session.scalar(select(exists().where(Account.id.is_not(None)))):
            return False
        _Seeding(session, now, password).town()
        return True


class _Seeding:
    """One seeding: the session, the present, and a source of chance that is always the same."""

    def __init__(self, session: Session, now: datetime, password: str) -> None:
        self.session = session
        self.now = now
        self.password = password
        self.start = now - timedelta(weeks=WEEKS_PAST)
        self.rng = Random("Larkford")  # noqa: S311

    def town(self) -> None:
        town = read_town((self.start - timedelta(days=self.start.weekday())).date())
        offered = tuple(frozenset(group.interests) for group, _ in town.groups)
        self._staff()
        self._groups(town)
        for service in town.services:
            directory.add(self.session, admin=None, draft=service, now=self.start)
        self._settle(demo_person(offered), MEMBER.email, town)
        for person in townspeople(offered):
            self._settle(person, f"{person.name.lower()}@example.com", town)
        self._company(offered)
        outbox.record(self.session, events.HousekeepingDue(day=f"{self.now:%Y-%m-%d}"))

    def _account(self, email: str, *roles: RoleName) -> Account:
        account = accounts.create(
            self.session,
            email=email,
            password_hash=self.password,
            roles=roles,
            now=self.start,
            demo=True,
            confirmed=True,
        )
        accounts.confirm_adult(self.session, account=account, now=self.start)
        return account

    def _staff(self) -> None:
        self.organizer = self._account(ORGANIZER.email, RoleName.ORGANIZER).id
        self._account(ADMIN.email, RoleName.ADMIN, RoleName.MODERATOR)

    def _groups(self, town: Town) -> None:
        for draft, announced in town.groups:
            group = groups.found(self.session, organizer=self.organizer, draft=draft, now=self.start)
            for each in announced:
                event = schedule.publish(self.session, group=group, draft=each, now=self.start)
                schedule.expand(self.session, event=event, now=self.now)
        gone = select(Occurrence, Event).join(Event, Event.id == Occurrence.event)
        gone = gone.where(Occurrence.ends_at < self.now - timedelta(days=2))
        rows = self.session.execute(gone.order_by(Occurrence.starts_at, Occurrence.id))
        self.gone = [(occurrence, event) for occurrence, event in rows]

    def _settle(self, person: Person, email: str, town: Town) -> None:
        """Bring a person as far as they are: signed up, onboarded, out and about."""
        member = members.create(
            self.session,
            account=self._account(email),
            display_name=person.name,
            time_zone=town.time_zone,
            now=self.start,
        )
        if not person.onboarded:
            return
        self._onboard(member, person, town)
        for number, (occurrence, event) in enumerate(self._past(person)):
            self._go(member, person, occurrence, event, number)
        if email == MEMBER.email:
            self._leave_open(member, person)
        if person.paused:
            members.pause(self.session, member=member, until=self.now + timedelta(days=21), now=self.now)

    def _company(self, offered: tuple[frozenset[str], ...]) -> None:
        """Bring the demo member together with those who share most of what they like."""
        liked = demo_person(offered).interests.keys()
        rows = self.session.scalars(
            select(Member).where(Member.paused_until.is_(None)).order_by(Member.id)
        ).all()
        by_email = accounts.find(self.session, MEMBER.email)
        demo = next(each for each in rows if by_email and each.id == by_email.id)
        others = [each for each in rows if each is not demo and each.interests]
        others.sort(key=lambda each: -len(liked & {one.interest for one in each.interests}))
        seed_company(self.session, member=demo, others=others, now=self.now)

    def _onboard(self, member: Member, person: Person, town: Town) -> None:
        profile = Profile(
            interests=person.interests,
            energy=person.energy,
            radius_km=person.radius_km,
            weekly_cap=person.weekly_cap,
        )
        members.save_profile(self.session, member=member, profile=profile, now=self.start)
        members.save_private(
            self.session,
            member=member,
            now=self.start,
            needs=person.needs,
            values=person.values,
            cell=places.cell_of(town.latitude, town.longitude),
            place_name=town.name,
        )
        consent.give(self.session, account=member.id, purpose=ConsentPurpose.COMFORT, now=self.start)
        members.answer_comfort(self.session, member=member, answers=person.answers, now=self.start)
        for step in members.STEPS:
            members.pass_step(self.session, member=member, step=step)

    def _past(self, person: Person) -> list[tuple[Occurrence, Event]]:
        """Return past outings that would have suited the person, oldest first."""
        limit = 45 - 0.3 * (person.shyness - 55)
        fitting = [
            (occurrence, event)
            for occurrence, event in self.gone
            if {each.interest for each in event.interests} & person.interests.keys()
            and _hardness(event.facts) < limit
        ]
        chosen = self.rng.sample(fitting, min(person.outings, len(fitting)))
        return sorted(chosen, key=lambda each: each[0].starts_at)

    def _say_yes(self, member: Member, occurrence: Occurrence, expected: int) -> None:
        rsvps.respond(
            self.session,
            member=member.id,
            occurrence=occurrence.id,
            status=RsvpStatus.YES,
            now=occurrence.starts_at - timedelta(days=2),
            intentional=True,
            expected=expected,
            over_cap=True,
        )

    def _go(self, member: Member, person: Person, occurrence: Occurrence, event: Event, number: int) -> None:
        felt = _hardness(event.facts) + 0.6 * (person.shyness - 55) - 3 * number
        peak = round(min(90.0, max(8.0, felt + self.rng.gauss(0, 7))))
        self._say_yes(member, occurrence, min(98, peak + self.rng.randint(0, 22)))
        body = ReflectionBody(
            attended=True,
            peak=peak,
            end=max(2, peak - self.rng.randint(8, 25)),
            good=min(95, 40 + (100 - peak) // 2),
            signals=(Signal.ASKED_BACK,) if peak < 45 else (),
            small_wins=(self.rng.choice(tuple(SmallWin)),) if self.rng.random() < 0.6 else (),
            meet_again=self.rng.choice((MeetAgain.YES, MeetAgain.YES, MeetAgain.MAYBE)),
            easy=self.rng.choice(WORDS["easy"]),
            challenging=self.rng.choice(WORDS["challenging"]),
            adjust=self.rng.choice(WORDS["adjust"]),
        )
        reflections.record(
            self.session,
            member=member.id,
            occurrence=occurrence.id,
            reflection=body,
            now=occurrence.ends_at + timedelta(hours=2),
        )
        if body.meet_again is MeetAgain.YES and self.rng.random() < 0.5:
            groups.join(self.session, member=member.id, group=event.group, now=occurrence.ends_at)

    def _leave_open(self, member: Member, person: Person) -> None:
        """Give the demo member one outing to look back on, one to look forward to, and a small win."""
        wins.log(
            self.session, member=member.id, kind=WinKind.OWN, words="Asked Mo about the dog", now=self.now
        )
        soon = select(Occurrence, Event).join(Event, Event.id == Occurrence.event)
        last = soon.where(Occurrence.ends_at < self.now).order_by(Occurrence.starts_at.desc(), Occurrence.id)
        coming = soon.where(Occurrence.starts_at > self.now + timedelta(days=2)).order_by(
            Occurrence.starts_at, Occurrence.id
        )
        for rows in (last, coming):
            for occurrence, event in self.session.execute(rows):
                liked = {each.interest for each in event.interests} & person.interests.keys()
                if liked and _hardness(event.facts) < 45:
                    self._say_yes(member, occurrence, 55)
                    break


def _hardness(facts: list[EventFact]) -> float:
    """Return how hard an event is for most people, among strangers, roughly, as SUDS."""
    values = {SituationFeature(fact.feature): fact.value for fact in facts} | {
        SituationFeature.UNFAMILIAR: 1.0
    }
    return 15 + sum(points * values.get(name, 0.0) for name, points in POINTS.items())
