"""Fifty people and one seat, and every form sent twice."""

from __future__ import annotations

import os
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from domain import database, presses, rsvps
from domain.database import Sessions
from domain.models import Base, Rsvp, RsvpStatus
from tests import factories
from tests.conftest import NOW
from tests.security import walk
from tests.security.actors import Actor
from tests.security.site import Site
from tests.web.conftest import ORIGIN

#: Rounds of fifty people for one seat; 100 with HANDRAIL_RACES=100.
ROUNDS = int(os.environ.get("HANDRAIL_RACES", "3"))
PEOPLE, AT_ONCE = 50, 8


@pytest.fixture
def crowd(sessions: Sessions) -> list[str]:
    with database.writing(sessions) as rows:
        return [factories.member(rows, weekly_cap=7).id for _ in range(PEOPLE)]


@pytest.mark.requirement("C46")
def test_one_seat_goes_to_one_of_fifty(
    sessions: Sessions, crowd: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    winners = [race(sessions, crowd, number) for number in range(ROUNDS)]
    with capsys.disabled():
        print(f"\nraces: {ROUNDS} rounds of {PEOPLE} people for one seat, winners each: {set(winners)}")  # noqa: T201
    assert set(winners) == {(1, PEOPLE - 1)}


def race(sessions: Sessions, crowd: list[str], number: int) -> tuple[int, int]:
    """How many have the seat, and how many wait for it."""
    with database.writing(sessions) as rows:
        event = factories.event(rows, group=factories.group(rows), capacity=1)
        seat = factories.occurrence(rows, event=event, starts_at=NOW + timedelta(days=1 + 14 * number)).id
    start = threading.Barrier(AT_ONCE)

    def say_yes(member: str) -> bool:
        """Whether the database had time for it; a busy one says no, and one tries again."""
        with suppress(OperationalError), database.writing(sessions) as rows:
            rsvps.respond(rows, member=member, occurrence=seat, status=RsvpStatus.YES, now=NOW, over_cap=True)
            return True
        return False

    def some(members: list[str]) -> None:
        start.wait()
        for member in members:
            assert any(say_yes(member) for _attempt in range(20))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(some, [crowd[each::AT_ONCE] for each in range(AT_ONCE)]))
    with database.reading(sessions) as rows:
        counted = select(Rsvp.status, func.count()).where(Rsvp.occurrence == seat).group_by(Rsvp.status)
        found: dict[str, int] = {row[0]: row[1] for row in rows.execute(counted)}
    return found.get(RsvpStatus.YES, 0), found.get(RsvpStatus.WAITING, 0)


#: What is noted of each request, whether or not it has an effect.
NOTED = {"visits", "support_readings"}
PRESS = "0123456789abcdef" * 2
FOUR = ("companionship", "left_out", "isolated", "lonely")
DAY = {"what": "Driving test", "day": "4", "month": "7", "every": "once", "remind": "day", "hour": "9"}
WEEKLY = {"name": "Swim", "days": "2", "time": "07:30", "person": "", "nudge": "hour"}
#: What each form needs to have its effect; the others need nothing.
FORMS: dict[str, dict[str, str]] = {
    "accounts.become_organizer": {"about": "A slow walk.", "kind": "y"},
    "blocks.block_fellow": {},
    "checkins.answer": {**dict.fromkeys(FOUR, "hardly_ever"), "consent": "y"},
    "goals.begin": {"template": "new_conversation", "times": "1", "asked": "1"},
    "goals.smaller": {"times": "1"},
    "ladder.add": {"label": "Ask for a book", "like": "", "reward": "Cake"},
    "ladder.edit": {"label": "Wave back", "reward": "Tea"},
    "ladder.take_smaller": {"what": "look_on"},
    "notebook.write": {"what": "Bake a cake", "when": "Sunday"},
    "organizer.close": {"reason": "We stop here."},
    "organizer.events.cancel": {"reason": "Rain."},
    "organizer.events.cancel_date": {"reason": "Rain."},
    "people.add_day": DAY,
    "people.change_day": DAY,
    "people.touch": {"every": "week"},
    "people.note": {"words": "Takes oat milk"},
    "profile.change_consent": {"purpose": "group_visibility", "answer": "no"},
    "reports.file": {"category": "other", "words": "Something was not right."},
    "routines.begin": WEEKLY,
    "routines.change": WEEKLY,
    "rsvps.accept": {"expected": "40", "over_cap": "1"},
    "supporters.invite": {"name": "Noor", "items": "ladder", "until": f"{NOW + timedelta(days=30):%Y-%m-%d}"},
    "supporters.propose": {"step-words": "Wave back"},
    "supporters.write": {"topic": "boundaries", "words": "You said no kindly."},
    "wins.note": {"kind": "new_talk"},
}
SENDERS = (Actor.SELF, Actor.OTHER, Actor.ORGANIZER, Actor.SUPPORTER, Actor.ADMIN)
#: What can be done again from where it stands.
AGAIN = ("/look", "/file")


def state(site: Site) -> dict[str, list[str]]:
    """Every row there is, by table."""
    with site.rows() as rows:
        return {
            name: sorted(map(repr, rows.execute(select(table))))
            for name, table in Base.metadata.tables.items()
            if name not in NOTED
        }


@pytest.mark.requirement("C47")
def test_every_form_sent_twice_has_one_effect(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """The second of two presses changes no row of any table, on every page that takes a form."""
    effects, twice, numbers = set(), [], count(1)
    untouched = state(site)
    for call in walk.calls(site.app, site.world, ("POST",)):
        for actor in SENDERS:
            data = FORMS.get(call.endpoint, {}) | {"press": f"{next(numbers):032x} /"}
            first = site.ask(actor, call.path, method="POST", data=data)
            if first.status_code >= 400:
                continue
            if (once := state(site)) != untouched:
                effects.add(call.endpoint)
                site.ask(actor, call.path, method="POST", data=data)
                if state(site) != once:
                    twice.append((call.rule, str(actor)))
            site.restore()
    with capsys.disabled():
        print(f"\nsent twice: {len(effects)} forms that have an effect, more than one: {len(twice)}")  # noqa: T201
    assert twice == []
    assert set(FORMS) <= effects
    assert len(effects) > 45


@pytest.mark.requirement("C47")
@pytest.mark.parametrize("actor", SENDERS)
def test_every_form_names_its_press(site: Site, actor: Actor) -> None:
    """A page whose form could be sent twice, and counted twice, is missed by nobody."""
    nameless = set()
    for call in walk.calls(site.app, site.world, ("GET",)):
        page = site.ask(actor, call.path).get_data(as_text=True)
        for form in re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL):
            action = re.search(r'action="([^"]*)"', form)
            where = action[1] if action else call.path
            if 'name="press"' not in form:
                nameless.add(where)
    assert {each for each in nameless if not each.endswith(AGAIN)} <= {"/theme", "/logout"}


@pytest.mark.requirement("C47")
def test_of_presses_at_once_one_is_the_first(sessions: Sessions) -> None:
    start = threading.Barrier(AT_ONCE)

    def press(_number: int) -> bool:
        start.wait()
        with database.writing(sessions) as rows:
            return presses.first(rows, press=PRESS, now=NOW)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sorted(pool.map(press, range(AT_ONCE))) == [False] * (AT_ONCE - 1) + [True]


@pytest.mark.requirement("C47")
def test_a_press_that_came_to_nothing_was_none(sessions: Sessions) -> None:
    with sessions() as rows:
        database.begin(rows, "write")
        assert presses.first(rows, press=PRESS, now=NOW)
        rows.rollback()
    with database.writing(sessions) as rows:
        assert presses.first(rows, press=PRESS, now=NOW)
    with database.writing(sessions) as rows:
        assert presses.prune(rows, now=NOW + timedelta(days=1)) == 0
        assert presses.prune(rows, now=NOW + timedelta(days=3)) == 1


@pytest.mark.requirement("C47")
def test_a_second_press_leads_back_and_says_so(site: Site) -> None:
    tick = {"press": f"{PRESS} /notebook/"}
    browser = site.browser(Actor.SELF)
    site.ask(Actor.SELF, "/notebook/tips/name-it/tick", method="POST", data=tick)
    token = site.town.tickets[Actor.SELF].token
    again = browser.post("/notebook/tips/name-it/tick", data=tick | {"csrf_token": token}, base_url=ORIGIN)
    assert (again.status_code, again.location) == (303, "/notebook/")
    shown = browser.get("/notebook/", base_url=ORIGIN).get_data(as_text=True)
    assert "It counts once." in shown
    assert "Tried once." in shown


@pytest.mark.parametrize("press", ["", "x", f"{PRESS}", f"{PRESS} //evil.example", "0" * 31 + " /"])
def test_a_press_that_is_none_of_ours_leads_nowhere_else(site: Site, press: str) -> None:
    for _time in range(2):
        answer = site.ask(Actor.SELF, "/notebook/tips/name-it/tick", method="POST", data={"press": press})
        assert answer.status_code in {303, 400}
        assert (answer.location or "/").startswith("/")
        assert not (answer.location or "").startswith("//")
