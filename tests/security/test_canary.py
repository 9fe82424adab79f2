"""What one member confides stands nowhere else: no page, mail, feed, header, file, queue or log of others."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, inspect, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from domain import database, sealed
from domain.models import Base, Mail
from tests.security import walk
from tests.security.actors import Actor
from tests.security.confidences import CANARY, CARD, word
from tests.security.site import Site, steady

OTHERS: list[Actor] = [actor for actor in Actor if actor is not Actor.SELF]
#: Pages that say how long work has waited.
MOVING = {"/admin/", "/admin/desk/"}
TYPED = dict.fromkeys(("words", "own_words", "reason", "reward", "easy"), "zqtypedqz")
#: Bodies that hold numbers and fixed words alone; the metamorphic test changes these.
WORDLESS = {"comforts", "comfort_answers", "comfort_trails", "goals", "person_touches", "routine_days"}
#: Sums of what many people said, sealed under a key of their own.
NOBODYS = {"belonging_totals"}


def sealed_models() -> list[type[Any]]:
    """Every model with a sealed column."""
    found = [mapper.class_ for mapper in Base.registry.mappers if "sealed" in mapper.columns]
    return sorted(
        {each for each in found if each.__module__.startswith("domain.")}, key=lambda each: each.__name__
    )


def confided(session: Session, member: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Every sealed row that belongs to a member, with its body."""
    for model in sealed_models():
        for row in session.scalars(select(model)):
            if row.sealed is not None and sealed.owner_of(row) == member:
                yield row, sealed.unseal(session, row)


def words_of(body: Any) -> set[str]:
    return set(CANARY.findall(str(body)))


@pytest.fixture
def words(site: Site) -> set[str]:
    """Every canary the member has confided."""
    with site.rows() as rows:
        found = {
            each for _row, body in confided(rows, site.world.accounts[Actor.SELF]) for each in words_of(body)
        }
    assert len(found) >= 20
    return found


@pytest.mark.requirement("C53")
def test_every_sealed_table_has_a_canary_of_the_member(site: Site) -> None:
    with site.rows() as rows:
        bodies = [(row.__tablename__, body) for row, body in confided(rows, site.world.accounts[Actor.SELF])]
    tables = {model.__tablename__ for model in sealed_models()} - NOBODYS
    assert {table for table, _body in bodies} == tables, "give tests/security/confidences.py a row of each"
    assert {table for table, body in bodies if words_of(body)} == tables - WORDLESS


@pytest.mark.requirement("C53")
def test_every_private_column_is_a_sealed_one() -> None:
    for mapper in Base.registry.mappers:
        for column in mapper.columns:
            if column.info.get("privacy") in {"P1", "P4", "P6"}:
                assert column.name == "sealed", (mapper.class_, column.name)
                assert isinstance(column.type, LargeBinary)


def told(response: TestResponse) -> bytes:
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return headers.encode() + b"\n" + response.get_data()


@pytest.mark.requirement("C53")
def test_the_member_is_shown_their_own(site: Site, words: set[str]) -> None:
    """Without this the test above could pass because the pages show nothing at all."""
    shown = "".join(
        site.ask(Actor.SELF, call.path).get_data(as_text=True)
        for call in walk.calls(site.app, site.world, ("GET",))
    )
    assert len(words & set(CANARY.findall(shown))) >= 10


@pytest.mark.requirement("C53")
def test_the_files_hold_no_word_of_it(site: Site, words: set[str]) -> None:
    """Neither the database nor its log, while it is being written and after."""
    with site.rows() as rows:
        database.begin(rows, "write")
        for row, body in confided(rows, site.world.accounts[Actor.SELF]):
            sealed.seal(rows, row, body)
        rows.commit()
        files = [path.read_bytes() for path in site.file.parent.glob("town.db*")]
    assert len(files) >= 2, "the write-ahead log is among them"
    held = b"".join(files)
    assert [word for word in words if word.encode() in held] == []
    assert b"Slow walk" not in held
    assert b"River walkers" in held, "what is not sealed is readable, so the search works"


@pytest.mark.requirement("C40", "C53")
def test_the_logs_hold_no_word_of_it(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for call in walk.calls(site.app, site.world):
        site.ask(
            Actor.SELF, call.path, method=call.method, data={"own_words": "zqtypedqz", "words": "zqtypedqz"}
        )
        if call.method != "GET":
            site.restore()
    assert caplog.records
    said = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert CANARY.findall(said) == []


@pytest.mark.requirement("C53")
def test_mails_to_others_hold_no_word_of_it(site: Site) -> None:
    """Everything the member does may write to others; none of it carries what was confided."""
    site_calls = [call for call in walk.calls(site.app, site.world) if call.method == "POST"]
    for call in site_calls:
        if not call.endpoint.startswith("security."):
            site.ask(Actor.SELF, call.path, method="POST", data={"words": "zqtypedqz", "reason": "zqtypedqz"})
    with site.rows() as rows:
        letters = [
            sealed.unseal(rows, mail)
            for mail in rows.scalars(select(Mail))
            if mail.account != site.world.accounts[Actor.SELF]
        ]
    assert [each for each in letters if words_of(each)] == []


def changed(body: Any) -> Any:
    """The same shape with every number and every confided word another."""
    match body:
        case bool() | None:
            return body
        case dict():
            return {key: changed(value) for key, value in body.items()}
        case list():
            return [changed(each) for each in body]
        case int() | float():
            return type(body)(body * 0.5)
        case str() if CANARY.search(body):
            return CANARY.sub("zqaltogetherotherqz", body)
    return body


@pytest.mark.requirement("C08", "C53", "R44")
def test_nobody_else_is_shown_a_word_or_can_tell_when_one_changes(
    site: Site, words: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    calls = walk.calls(site.app, site.world, ("GET",))
    asked = [(actor, call.path) for call in calls for actor in OTHERS]
    before = {each: site.ask(*each) for each in asked}
    leaks = {each: seen for each, answer in before.items() if (seen := words_of(told(answer)))}
    assert leaks.pop(card_reader(site)) == {word(CARD)}, "the few one goes with read what one shows them"
    rest = disturb(site)
    again = {each: steady(site.ask(*each)) for each in asked}
    different = [each for each in asked if each[1] not in MOVING and again[each] != steady(before[each])]
    different.remove(card_reader(site))
    with capsys.disabled():
        print(f"\ncanaries: {len(words)} words, {len(asked)} answers to others, {len(leaks)} with a word;")  # noqa: T201
        print(f"metamorphic: {rest} confidences changed, {len(different)} answers differ")  # noqa: T201
    assert leaks == {}
    assert different == []
    assert rest > 15


def card_reader(site: Site) -> tuple[Actor, str]:
    """Who may read the member's needs card, and the one page where: a circle they share."""
    return Actor.OTHER, f"/occurrences/{site.world.things['occurrence']}/company"


def disturb(site: Site) -> int:
    """Change everything the member confided; return how many rows."""
    rest = 0
    with site.rows() as rows:
        database.begin(rows, "write")
        for row, body in confided(rows, site.world.accounts[Actor.SELF]):
            if changed(body) != body and row.__tablename__ != "mails":
                sealed.seal(rows, row, changed(body))
                rest += 1
        rows.commit()
    return rest


@pytest.mark.requirement("C53")
def test_a_copy_of_the_file_opens_no_confidence_without_the_master_key(site: Site, tmp_path: Path) -> None:
    copy = tmp_path / "stolen.db"
    shutil.copy(site.town.file, copy)
    engine = database.open_engine(f"sqlite:///{copy}")
    with (
        database.open_sessions(engine, sealed.Keyring((b"x" * 32,)))() as rows,
        pytest.raises(sealed.SealBroken),
    ):
        list(confided(rows, site.world.accounts[Actor.SELF]))
    engine.dispose()
    assert inspect(Mail).columns["sealed"].info["privacy"] == "P1"
