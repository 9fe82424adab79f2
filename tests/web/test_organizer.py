"""Organizers: groups, events posted after a look, calling off, and who comes by consent only."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from domain import accounts, consent, rsvps
from domain.models import (
    Account,
    Block,
    ConsentPurpose,
    Event,
    Group,
    Member,
    Occurrence,
    OutboxMessage,
    RoleName,
    Rsvp,
    RsvpStatus,
)
from domain.models.base import new_id
from matching.inputs import SituationFeature as F
from tests import factories
from tests.web.conftest import ORIGIN, csrf
from web import clock

SOON = date.today() + timedelta(days=7)  # noqa: DTZ011  (the page compares with the same clock)
ANSWERS = {
    "people": "8",
    "talking": "some",
    "filling": "activity",
    "looked_at": "nobody",
    "noise": "quiet",
    "going": "any_time",
    "host": "yes",
    "task": "everybody",
    "alcohol": "none",
    "arriving": "By the gate.",
    "leaving": "Any time.",
}


def text(response: TestResponse) -> str:
    return response.get_data(as_text=True)


def send(client: FlaskClient, path: str, fields: dict[str, Any]) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(client), **fields}, base_url=ORIGIN)


def hidden(page: str) -> dict[str, list[str]]:
    """The answers that the page to look over carries on."""
    found: dict[str, list[str]] = {}
    main = page.partition("<main")[2].partition("</main>")[0]  # the foot of the page has a form of its own
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main):
        found.setdefault(name, []).append(value.replace("&amp;", "&"))
    return found


def walk(**changes: Any) -> dict[str, Any]:
    facts = {
        "key": new_id(),
        "title": "Slow walk",
        "text": "We meet *by the gate*.",
        "day": SOON.isoformat(),
        "starts": "18:30",
        "minutes": "90",
        "time_zone": "Europe/London",
        "every": "week",
        "where": "in_person",
        "town": "Salisbury, United Kingdom",
        "venue": "The old gate",
        "address": "1 Gate Lane",
        "currency": "GBP",
        **dict.fromkeys(("talking", "filling", "looked_at", "noise", "going"), "unsure"),
        **dict.fromkeys(("host", "task", "alcohol"), "unsure"),
        "step": "check",
    }
    return facts | changes


@pytest.fixture
def organizer(organizer_client: FlaskClient, rows: Session) -> Account:
    row = accounts.find(rows, "organizer@example.com")
    assert row is not None
    rows.commit()  # whoever reads holds the write lock until then
    return row


@pytest.fixture
def group(organizer: Account, rows: Session) -> Group:
    row = factories.group(rows, organizer=organizer, locality="Salisbury", description="**Kind** people")
    rows.commit()
    return row


def post_event(client: FlaskClient, group: Group, **changes: Any) -> TestResponse:
    """Fill in the form, look it over, post it."""
    path = f"/organizer/groups/{group.id}/events/new"
    looked = send(client, path, walk(**changes))
    assert looked.status_code == 200, text(looked)
    return client.post(path, data=hidden(text(looked)) | {"step": "post"}, base_url=ORIGIN)


def only_event(rows: Session) -> Event:
    rows.expire_all()
    return rows.scalars(select(Event)).one()


def test_nobody_else_gets_in(member_client: FlaskClient, client: FlaskClient) -> None:
    assert member_client.get("/organizer/").status_code == 403
    assert client.get("/organizer/").status_code == 303


def test_without_a_group_the_page_invites_to_set_one_up(organizer_client: FlaskClient) -> None:
    page = text(organizer_client.get("/organizer/"))
    assert "No group yet" in page
    assert 'href="/organizer/groups/new"' in page
    assert '<a href="/organizer/" aria-current="page">' in page


@pytest.mark.requirement("C47")
def test_a_group_sent_twice_is_founded_once(organizer_client: FlaskClient, rows: Session) -> None:
    fields = {
        "key": new_id(),
        "name": "Slow Walkers",
        "summary": "Gentle walks.",
        "time_zone": "Europe/London",
        "offers": ["daytime_chat"],
        "has_step_free": "yes",
        "has_quiet": "no",
        "interests": ["walking", "nature"],
        "newcomer_limit": "2",
    }
    for _ in range(2):
        answer = send(organizer_client, "/organizer/groups/new", fields)
        assert answer.status_code == 303, text(answer)
    row = rows.scalars(select(Group)).one()
    assert (row.name, row.offers, row.access, row.newcomer_limit) == (
        "Slow Walkers",
        ["daytime_chat"],
        ["step_free"],
        2,
    )


def test_a_group_without_a_name_is_asked_for_one_and_keeps_the_rest(
    organizer_client: FlaskClient, rows: Session
) -> None:
    fields = {"key": new_id(), "name": " ", "summary": "Gentle walks.", "time_zone": "Europe/London"}
    answer = send(organizer_client, "/organizer/groups/new", fields)
    page = text(answer)
    assert answer.status_code == 422
    assert "<title>Error:" in page
    assert '<a href="#name">Give the group a name.</a>' in page
    assert 'value="Gentle walks."' in page
    assert rows.scalars(select(Group)).all() == []


@pytest.mark.requirement("C43")
def test_a_form_sets_nothing_it_does_not_show(
    organizer_client: FlaskClient, organizer: Account, rows: Session
) -> None:
    fields = {
        "key": new_id(),
        "name": "Slow Walkers",
        "summary": "Gentle walks.",
        "time_zone": "Europe/London",
        "source": "elsewhere",
        "organizer": "0" * 32,
        "closed_at": "2020-01-01",
    }
    send(organizer_client, "/organizer/groups/new", fields)
    row = rows.scalars(select(Group)).one()
    assert (row.organizer, row.source, row.closed_at) == (organizer.id, None, None)


def test_a_group_can_be_changed(organizer_client: FlaskClient, group: Group, rows: Session) -> None:
    fields = {"key": group.id, "name": "Walkers", "summary": "Still gentle.", "time_zone": "Europe/Paris"}
    assert send(organizer_client, f"/organizer/groups/{group.id}/edit", fields).status_code == 303
    rows.expire_all()
    assert (group.name, group.summary, group.time_zone) == ("Walkers", "Still gentle.", "Europe/Paris")


@pytest.mark.requirement("C03")
def test_anothers_group_event_and_date_are_not_there(
    signed_in: Callable[..., FlaskClient], group: Group, rows: Session
) -> None:
    event = factories.event(rows, group=group)
    date_ = factories.occurrence(rows, event=event, starts_at=clock.now() + timedelta(days=2))
    rows.commit()
    other = signed_in("other@example.com", roles=[RoleName.ORGANIZER])
    absent = "0" * 32
    for pattern in (
        "/organizer/groups/{group}",
        "/organizer/groups/{group}/edit",
        "/organizer/groups/{group}/close",
        "/organizer/groups/{group}/events/new",
        "/organizer/events/{event}",
        "/organizer/events/{event}/edit",
        "/organizer/events/{event}/cancel",
        "/organizer/occurrences/{date}/cancel",
    ):
        theirs = other.get(pattern.format(group=group.id, event=event.id, date=date_.id), base_url=ORIGIN)
        nothing = other.get(pattern.format(group=absent, event=absent, date=absent), base_url=ORIGIN)
        assert (theirs.status_code, nothing.status_code) == (404, 404), pattern
        assert len(text(theirs)) == len(text(nothing)), pattern
    for pattern in ("/organizer/groups/{group}/close", "/organizer/events/{event}/cancel"):
        path = pattern.format(group=group.id, event=event.id)
        assert send(other, path, {"reason": "Because"}).status_code == 404


@pytest.mark.requirement("R21", "C48")
def test_an_event_is_looked_over_before_it_is_posted(
    organizer_client: FlaskClient, group: Group, rows: Session
) -> None:
    path = f"/organizer/groups/{group.id}/events/new"
    weekday = f"{SOON:%A}"
    looked = text(send(organizer_client, path, walk(**ANSWERS, low_pressure="y")))
    assert f"Every {weekday} at 18:30" in looked
    assert "<em>by the gate</em>" in looked
    assert "1 Gate Lane" in looked[looked.index("Only after a yes") :]
    assert "1 Gate Lane" not in looked[: looked.index("Only after a yes")]
    assert rows.scalars(select(Event)).all() == []
    rows.commit()

    answer = organizer_client.post(path, data=hidden(looked) | {"step": "post"}, base_url=ORIGIN)
    assert answer.status_code == 303
    event = only_event(rows)
    assert event.rrule == f"FREQ=WEEKLY;BYDAY={weekday[:2].upper()}"
    assert (event.locality, event.address, event.low_pressure) == ("Salisbury", "1 Gate Lane", True)
    assert event.latitude == pytest.approx(51.07, abs=0.1)
    facts = {fact.feature: fact.value for fact in event.facts}
    assert facts[F.TALKING] == 0.5
    assert facts[F.GROUP_SIZE] == pytest.approx(0.5615, abs=1e-3)
    kinds = rows.scalars(select(OutboxMessage.kind)).all()
    assert kinds.count("event_published") == 1


@pytest.mark.requirement("C48")
def test_answers_nobody_looked_at_are_shown_before_they_are_posted(
    organizer_client: FlaskClient, group: Group, rows: Session
) -> None:
    path = f"/organizer/groups/{group.id}/events/new"
    looked = hidden(text(send(organizer_client, path, walk())))
    for sent in (walk(step="post"), looked | {"title": "Another", "step": "post"}):
        answer = organizer_client.post(
            path, data={"csrf_token": csrf(organizer_client)} | sent, base_url=ORIGIN
        )
        assert "Look it over" in text(answer)
    assert rows.scalars(select(Event)).all() == []


@pytest.mark.requirement("C47")
def test_an_event_posted_twice_is_there_once(
    organizer_client: FlaskClient, group: Group, rows: Session
) -> None:
    path = f"/organizer/groups/{group.id}/events/new"
    looked = hidden(text(send(organizer_client, path, walk()))) | {"step": "post"}
    first, second = (organizer_client.post(path, data=looked, base_url=ORIGIN) for _ in range(2))
    assert first.location == f"/organizer/events/{only_event(rows).id}"
    assert second.status_code == 303
    assert "We have this already. It counts once." in text(organizer_client.get(path, base_url=ORIGIN))


def test_going_back_to_change_something_keeps_every_answer(
    organizer_client: FlaskClient, group: Group
) -> None:
    path = f"/organizer/groups/{group.id}/events/new"
    looked = hidden(text(send(organizer_client, path, walk(talking="some", title="Tea & talk"))))
    page = text(organizer_client.post(path, data=looked | {"step": "change"}, base_url=ORIGIN))
    assert 'value="Tea &amp; talk"' in page
    assert re.search(r'<input[^>]*checked[^>]*name="talking"[^>]*value="some"', page)


@pytest.mark.requirement("R21")
@pytest.mark.parametrize(
    ("left_out", "words"),
    [
        ({"talking": "unsure"}, "how much talking there is"),
        ({"people": ""}, "how many people come"),
        ({"leaving": ""}, "how to leave early"),
        ({"arriving": ""}, "how to arrive"),
        ({"going": "not_easily"}, "leaving early must be fine"),
    ],
)
def test_low_pressure_is_refused_naming_what_is_missing(
    organizer_client: FlaskClient, group: Group, rows: Session, left_out: dict[str, str], words: str
) -> None:
    path = f"/organizer/groups/{group.id}/events/new"
    answer = send(organizer_client, path, walk(**ANSWERS | left_out, low_pressure="y"))
    assert answer.status_code == 422
    assert f"Still needed: {words}." in text(answer)
    assert 'href="#low_pressure"' in text(answer)
    assert rows.scalars(select(Event)).all() == []


def test_what_nobody_is_sure_of_is_left_missing(
    organizer_client: FlaskClient, group: Group, rows: Session
) -> None:
    post_event(organizer_client, group, talking="none")
    assert {fact.feature: (fact.value, fact.assumed) for fact in only_event(rows).facts} == {
        "talking": (0.0, False)
    }


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"title": ""}, "Give the event a title."),
        ({"day": "2020-01-01"}, "still to come"),
        ({"day": "9999-12-31"}, "of our times"),
        ({"day": "yesterday"}, "Not a valid date"),
        ({"minutes": "0"}, "from 1 up to two weeks"),
        ({"minutes": "1e309"}, "from 1 up to two weeks"),
        ({"latitude": "nan", "longitude": "1"}, "from -90 to 90"),
        ({"latitude": "12.5"}, "Give both latitude and longitude"),
        ({"town": "Qwertz-on-Sea"}, "We do not know that town"),
        ({"town": ""}, "Enter the town"),
        ({"url": "javascript:alert(1)"}, "with https://"),
        ({"until": "2020-01-01"}, "after the first one"),
        ({"capacity": "0"}, "1 or more"),
        ({"time_zone": "Mars/Olympus"}, "Not a valid choice"),
    ],
)
@pytest.mark.requirement("C42")
def test_a_value_that_cannot_be_used_is_named_and_nothing_is_lost(
    organizer_client: FlaskClient, group: Group, fields: dict[str, str], problem: str
) -> None:
    answer = send(organizer_client, f"/organizer/groups/{group.id}/events/new", walk(**fields))
    page = text(answer)
    assert answer.status_code == 422
    assert problem in page
    assert "The old gate" in page


@pytest.mark.requirement("C42")
def test_control_characters_do_not_reach_the_database(
    organizer_client: FlaskClient, group: Group, rows: Session
) -> None:
    post_event(organizer_client, group, title="Slow\x00 walk\x1b")
    assert only_event(rows).title == "Slow walk"


def test_a_town_of_a_common_name_is_asked_about(
    organizer_client: FlaskClient, group: Group, rows: Session
) -> None:
    path = f"/organizer/groups/{group.id}/events/new"
    answer = send(organizer_client, path, walk(town="Newport"))
    page = text(answer)
    assert answer.status_code == 422
    assert "more than one town" in page
    chosen = re.search(
        r'name="place" type="radio" value="(\d+)"[^>]*>\s*<span[^>]*>Newport, United Kingdom', page
    )
    assert chosen
    post_event(organizer_client, group, town="Newport", place=chosen[1])
    assert only_event(rows).locality == "Newport"


@pytest.mark.parametrize(
    ("every", "until", "words"),
    [
        ("once", "", "Once, on"),
        ("fortnight", "", "Every second"),
        ("month", "", "of each month at 18:30"),
        ("week", (SOON + timedelta(days=60)).isoformat(), "until"),
    ],
)
def test_the_rhythm_is_said_back_in_words(
    organizer_client: FlaskClient, group: Group, every: str, until: str, words: str
) -> None:
    path = f"/organizer/groups/{group.id}/events/new"
    assert words in text(send(organizer_client, path, walk(every=every, until=until)))


def test_a_changed_event_keeps_what_the_form_does_not_ask(
    organizer_client: FlaskClient, group: Group, rows: Session
) -> None:
    event = factories.event(
        rows,
        group=group,
        facts={"talking": 0.3, "one_off": 0.0},
        locality="Larkford",
        latitude=51.2,
        longitude=-1.95,
        rrule="FREQ=WEEKLY;BYDAY=MO,WE",
        exdates="2026-06-10T18:30",
    )
    rows.commit()
    path = f"/organizer/events/{event.id}/edit"
    page = text(organizer_client.get(path, base_url=ORIGIN))
    assert "As it is now" in page
    sent = walk(
        key=event.id, title="Slower walk", day="2026-06-02", town="Larkford", every="keep", talking="some"
    )
    looked = text(send(organizer_client, path, sent))
    assert "Nothing is changed yet" in looked
    saved = organizer_client.post(path, data=hidden(looked) | {"step": "post"}, base_url=ORIGIN)
    assert saved.status_code == 303
    found = only_event(rows)
    assert (found.title, found.rrule, found.exdates) == (
        "Slower walk",
        "FREQ=WEEKLY;BYDAY=MO,WE",
        "2026-06-10T18:30",
    )
    assert (found.latitude, found.longitude) == (51.2, -1.95)
    assert {fact.feature: fact.value for fact in found.facts}["talking"] == 0.3


def test_calling_off_needs_a_reason_and_says_who_is_told(
    organizer_client: FlaskClient, group: Group, rows: Session
) -> None:
    event = factories.event(rows, group=group)
    date_ = factories.occurrence(rows, event=event, starts_at=clock.now() + timedelta(days=2))
    robin = factories.member(rows)
    rows.add(Rsvp(occurrence=date_.id, member=robin.id, status="yes", responded_at=clock.now()))
    rows.commit()
    path = f"/organizer/occurrences/{date_.id}/cancel"
    assert "1 person who said yes" in text(organizer_client.get(path, base_url=ORIGIN))
    assert send(organizer_client, path, {"reason": ""}).status_code == 422
    assert send(organizer_client, path, {"reason": "The room is flooded."}).status_code == 303
    rows.expire_all()
    assert date_.cancel_reason == "The room is flooded."
    assert event.cancelled_at is None
    assert rows.scalars(select(OutboxMessage.kind)).all().count("occurrence_cancelled") == 1


def test_closing_a_group_calls_off_what_it_announced(
    organizer_client: FlaskClient, group: Group, rows: Session
) -> None:
    event = factories.event(rows, group=group)
    date_ = factories.occurrence(rows, event=event, starts_at=clock.now() + timedelta(days=2))
    rows.commit()
    path = f"/organizer/groups/{group.id}/close"
    assert "Slow walk by the river" in text(organizer_client.get(path, base_url=ORIGIN))
    assert send(organizer_client, path, {}).status_code == 422
    assert send(organizer_client, path, {"reason": "I am moving away."}).status_code == 303
    rows.expire_all()
    assert group.closed_at is not None
    assert event.cancelled_at is not None
    assert date_.cancel_reason == "I am moving away."
    assert organizer_client.get(f"/organizer/groups/{group.id}").status_code == 404


@pytest.fixture
def coming(group: Group, rows: Session) -> tuple[Occurrence, dict[str, Member]]:
    """Four people who said yes; only Robin and Kim belong to the group and agreed to be named."""
    event = factories.event(rows, group=group, capacity=6)
    date_ = factories.occurrence(rows, event=event, starts_at=clock.now() + timedelta(days=2))
    people = {name: factories.member(rows, display_name=name) for name in ("Robin", "Kim", "Alex", "Sam")}
    factories.membership(rows, of=people["Robin"], group=group, name_shown=True)
    factories.membership(rows, of=people["Kim"], group=group)
    factories.membership(rows, of=people["Alex"], group=group)
    consent.give(rows, account=people["Kim"].id, purpose=ConsentPurpose.GROUP_VISIBILITY, now=clock.now())
    # Sam agreed, but never joined this group.
    consent.give(rows, account=people["Sam"].id, purpose=ConsentPurpose.GROUP_VISIBILITY, now=clock.now())
    for person in people.values():
        rsvps.respond(
            rows,
            member=person.id,
            occurrence=date_.id,
            status=RsvpStatus.YES,
            now=clock.now(),
            expected=77,
        )
    rows.commit()
    return date_, people


@pytest.mark.requirement("R20", "C04")
def test_only_names_by_consent_are_shown(
    organizer_client: FlaskClient, coming: tuple[Occurrence, dict[str, Member]]
) -> None:
    page = text(organizer_client.get(f"/organizer/events/{coming[0].event}", base_url=ORIGIN))
    assert "Yes: 4 of 6 places" in page
    assert "Kim, Robin and 2 others" in page
    main = page[page.index("<main") : page.index("</main>")]
    assert not re.search(r"\b(Alex|Sam|77|\w+@example\.com)\b", main)


@pytest.mark.requirement("R20")
def test_a_consent_taken_back_hides_the_name_at_once(
    organizer_client: FlaskClient, coming: tuple[Occurrence, dict[str, Member]], rows: Session
) -> None:
    date_, people = coming
    consent.withdraw(rows, account=people["Kim"].id, purpose=ConsentPurpose.GROUP_VISIBILITY, now=clock.now())
    rows.commit()
    page = text(organizer_client.get(f"/organizer/events/{date_.event}", base_url=ORIGIN))
    assert "Robin and 3 others" in page


def test_somebody_blocked_is_neither_named_nor_counted(
    organizer_client: FlaskClient,
    coming: tuple[Occurrence, dict[str, Member]],
    organizer: Account,
    rows: Session,
) -> None:
    date_, people = coming
    rows.add(Block(member=people["Robin"].id, other=organizer.id, created_at=clock.now()))
    rows.commit()
    page = text(organizer_client.get(f"/organizer/events/{date_.event}", base_url=ORIGIN))
    assert "Yes: 3 of 6 places" in page
    assert "Robin" not in page


@pytest.mark.requirement("C32")
def test_what_organizers_write_is_cleaned(organizer_client: FlaskClient, group: Group, rows: Session) -> None:
    group.description = (
        "<script>alert(1)</script> **bold** [a](https://example.com) [b](//evil.example) "
        "[c](javascript:alert(1)) [d](/logout) ![e](/x.png) <b onclick=x>f</b>"
    )
    rows.commit()
    page = text(organizer_client.get(f"/organizer/groups/{group.id}", base_url=ORIGIN))
    body = page[page.index('<div class="prose">') :]
    body = body[: body.index("</div>")]
    assert "<strong>bold</strong>" in body
    assert re.findall(r'href="([^"]*)"', body) == ["https://example.com"]
    assert not re.search(r"<(?!/?(?:p|br|strong|em|ul|ol|li|a)\b)", body.removeprefix('<div class="prose">'))
