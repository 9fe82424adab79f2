"""The fit, from being asked for to the runs that name its model; and whose history it may learn from."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from domain import affinity_models, consent, erasure, fits, members, runs
from domain.database import open_engine, open_sessions, reading, writing
from domain.events import Lane
from domain.models import (
    Account,
    Answer,
    BulkRun,
    ConsentPurpose,
    Event,
    MatchingRun,
    Member,
    Membership,
    ModelActivation,
    ModelArrays,
    ModelFit,
    Occurrence,
    OutboxMessage,
    Rsvp,
    Suggestion,
)
from domain.models.base import new_id
from matching import pipeline
from matching.archive import from_npz
from tests import factories
from tests.conftest import KEYRING, NOW
from tests.workers.histories import add_community
from tests.workers.people import QUIET
from workers import passes
from workers.drain import drain_lanes
from workers.jobs.work import deal, take, work_lane
from workers.loading_community import load_community
from workers.models import Models
from workers.runtime import Runtime

T = TypeVar("T")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Learn from sixty people, so that a town for a test is made quickly."""
    monkeypatch.setattr("matching.trials.LEAST_PEOPLE", 60)
    monkeypatch.setattr("matching.rehearsal._MOST_REHEARSALS", 1)


@pytest.fixture
def people(runtime: Runtime) -> list[str]:
    with writing(runtime.sessions) as session:
        found = add_community(session)
        session.execute(delete(OutboxMessage))
    return found


def freed(session: Session, row: T) -> T:
    """Return a row that can be read after its session has ended."""
    session.expunge(row)
    return row


def ask(runtime: Runtime) -> str:
    with writing(runtime.sessions) as session:
        return fits.request(session, reason=fits.ASKED, now=NOW).id


def fit_now(runtime: Runtime) -> ModelFit:
    """Ask for a fit, deal with that message alone, and return what became of it."""
    fit = ask(runtime)
    for taken in iter(lambda: take(runtime, Lane.BULK), []):
        if taken[0].kind == "model_fit_due":
            deal(runtime, taken)
            break
    with reading(runtime.sessions) as session:
        return freed(session, session.get_one(ModelFit, fit))


def in_force(runtime: Runtime) -> str:
    with reading(runtime.sessions) as session:
        return affinity_models.in_force(session).named


def matched(runtime: Runtime, member: str) -> MatchingRun:
    with writing(runtime.sessions) as session:
        run = runs.request(session, member=member, reason="asked", now=NOW).id
    work_lane(runtime, Lane.MATCHING)
    with reading(runtime.sessions) as session:
        return freed(session, session.get_one(MatchingRun, run))


def test_a_fit_is_stored_put_in_force_and_named_by_every_run(runtime: Runtime, people: list[str]) -> None:
    before = matched(runtime, people[0])
    fit = fit_now(runtime)
    sizes = {"least": 200, "members": 66, "people": 66, "groups": 12, "joins": 198}
    assert (fit.outcome, fit.sizes) == ("in_force", sizes)
    assert fit.measures is not None
    assert fit.measures["warm"]["people"] > 20
    drain_lanes(runtime)
    with reading(runtime.sessions) as session:
        (bulk,) = session.scalars(select(BulkRun).where(BulkRun.reason == "model"))
        named = session.scalars(select(MatchingRun.model_version).where(MatchingRun.bulk == bulk.id)).all()
    assert before.model_version == affinity_models.CONTENT
    assert set(named) == {fit.version}
    assert len(named) > 33, "whose list stays as it was needs no run"


def test_the_same_history_gives_the_same_version(runtime: Runtime, people: list[str]) -> None:
    first, second = fit_now(runtime), None
    with writing(runtime.sessions) as session:
        session.execute(delete(OutboxMessage))
    second = fit_now(runtime)
    assert second.outcome == "unchanged"
    assert second.version == first.version


def test_too_few_people_keep_words_and_popularity(
    runtime: Runtime, people: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matching.trials.LEAST_PEOPLE", 200)
    fit = fit_now(runtime)
    assert (fit.outcome, fit.version) == ("too_few", None)
    assert fit.sizes is not None
    assert fit.sizes["people"] == 66
    assert matched(runtime, people[0]).model_version == affinity_models.CONTENT


def test_one_that_ends_in_the_middle_leaves_nothing_half(
    runtime: Runtime, people: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once while it learns, once with everything written but not committed; then it succeeds."""
    fit = ask(runtime)
    whole, stored = affinity_models.put_in_force, from_npz

    def breaks(*args: Any, **named: Any) -> None:
        whole(*args, **named)
        raise ZeroDivisionError

    def nothing_half() -> None:
        with writing(runtime.sessions) as session:
            assert session.scalars(select(ModelArrays)).all() == []
            assert affinity_models.history(session) == []
            assert session.get_one(ModelFit, fit).open
            session.execute(update(OutboxMessage).values(not_before=0.0))

    for place, broken in (
        ("workers.jobs.fit.to_npz", stored),
        ("domain.affinity_models.put_in_force", breaks),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(place, broken)
            work_lane(runtime, Lane.BULK)
        nothing_half()
    work_lane(runtime, Lane.BULK)
    with reading(runtime.sessions) as session:
        assert session.get_one(ModelFit, fit).outcome == "in_force"
        assert len(affinity_models.history(session)) == 1


def test_one_that_fails_for_good_says_so(
    runtime: Runtime, people: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("workers.jobs.fit.fit_and_try", broken)
    monkeypatch.setattr("domain.outbox.MAX_ATTEMPTS", 1)
    fit = fit_now(runtime)
    assert (fit.outcome, fit.failure, fit.open) == ("failed", "ZeroDivisionError", None)


def test_housekeeping_asks_for_it_every_night(runtime: Runtime, people: list[str]) -> None:
    from workers.jobs.housekeeping import plan  # noqa: PLC0415

    with writing(runtime.sessions) as session:
        plan(session, day=NOW)
    for _ in range(2):
        deal(runtime, take(runtime, Lane.BULK))
    with reading(runtime.sessions) as session:
        (fit,) = session.scalars(select(ModelFit))
        assert (fit.reason, fit.outcome) == ("nightly", "in_force")


def test_a_run_keeps_the_model_it_began_with(
    runtime: Runtime, people: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = fit_now(runtime)
    computed: list[Any] = []
    whole = pipeline.match

    def meanwhile(*args: Any, **named: Any) -> Any:
        computed.append(named["model"])
        with writing(runtime.sessions) as session:
            affinity_models.put_in_force(
                session, author=None, version=None, note="Meanwhile.", expected=1, now=NOW
            )
        return whole(*args, **named)

    monkeypatch.setattr(passes, "match", meanwhile)
    run = matched(runtime, people[0])
    assert (run.status, run.model_version) == ("finished", fit.version)
    assert computed[0] is not None
    monkeypatch.setattr(passes, "match", whole)
    assert matched(runtime, people[0]).model_version == affinity_models.CONTENT


def test_one_put_back_is_the_one_that_runs_name(runtime: Runtime, people: list[str]) -> None:
    first = fit_now(runtime)
    with writing(runtime.sessions) as session:
        affinity_models.put_in_force(session, author=None, version=None, note="x", expected=1, now=NOW)
    assert matched(runtime, people[0]).model_version == affinity_models.CONTENT
    with writing(runtime.sessions) as session:
        affinity_models.put_in_force(
            session, author=None, version=first.version, note="Better.", expected=2, now=NOW
        )
    assert matched(runtime, people[0]).model_version == first.version


def test_a_group_founded_since_and_a_new_interest_are_suggested_all_the_same(
    runtime: Runtime, people: list[str]
) -> None:
    fit = fit_now(runtime)
    with writing(runtime.sessions) as session:
        session.execute(update(Event).values(cancelled_at=NOW))
        group = factories.group(session, name="Paper birds", interests=("origami",))
        facts = {str(name): value for name, value in QUIET.items()}
        event = factories.event(session, group=group, interests=("origami",), online=True, facts=facts)
        occurrence = factories.occurrence(session, event=event).id
        newcomer = factories.member(session, interests={"origami": 1.0}).id
    run = matched(runtime, newcomer)
    assert run.model_version == fit.version
    with reading(runtime.sessions) as session:
        suggested = session.scalars(select(Suggestion.occurrence).where(Suggestion.member == newcomer)).all()
    assert occurrence in suggested


def test_a_process_reads_a_model_once(
    runtime: Runtime, people: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fit, models, read = fit_now(runtime), Models(), []

    def counted(data: bytes) -> Any:
        read.append(1)
        return from_npz(data)

    monkeypatch.setattr("workers.models.from_npz", counted)
    with reading(runtime.sessions) as session:
        first, second = models.take(session), models.take(session)
    assert first.version == fit.version
    assert first.model is second.model is not None
    assert len(read) == 1


def test_a_worker_reads_it_for_the_processes_it_forks(
    runtime: Runtime, people: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    models = Models()
    away = open_sessions(open_engine(f"sqlite:///{tmp_path}/absent/handrail.db"), KEYRING)
    models.look(away)  # it does not answer: nothing is raised, and the next look is ten seconds off
    monkeypatch.setattr("workers.models.LOOK_EVERY", 0.0)
    models = Models()
    models.look(runtime.sessions)
    version = fit_now(runtime).version
    models.look(runtime.sessions)
    monkeypatch.delattr("workers.models.from_npz")
    with reading(runtime.sessions) as session:
        assert models.take(session).version == version


def test_a_model_that_cannot_be_read_counts_as_none(runtime: Runtime, people: list[str]) -> None:
    fit_now(runtime)
    with writing(runtime.sessions) as session:
        session.execute(update(ModelArrays).values(version="other", data=b"of another release"))
        session.execute(update(ModelActivation).values(version="other"))
    with reading(runtime.sessions) as session:
        assert Models().take(session).version == affinity_models.CONTENT
    assert matched(runtime, people[0]).status == "finished"
    assert fit_now(runtime).outcome == "in_force", "the next fit goes by words and popularity instead"


def joins(session: Session) -> dict[str, int]:
    """Joins that count, by member."""
    community = load_community(session)
    accounts = sorted(
        session.scalars(
            select(Account.id).where(
                Account.id.in_(consent.agreed(ConsentPurpose.COMFORT)), Account.active.is_(True)
            )
        )
    )
    return dict(zip(accounts, community.people.joined().tolist(), strict=True))


def test_who_takes_consent_back_is_learnt_from_no_more(runtime: Runtime, people: list[str]) -> None:
    with writing(runtime.sessions) as session:
        assert joins(session)[people[0]] == 3
        consent.withdraw(session, account=people[0], purpose=ConsentPurpose.COMFORT, now=NOW)
        assert people[0] not in joins(session)
        assert len(joins(session)) == 65


def test_who_leaves_is_learnt_from_no_more_at_once(runtime: Runtime, people: list[str]) -> None:
    first = fit_now(runtime)
    with writing(runtime.sessions) as session:
        account = session.get_one(Account, people[0])
        erasure.ask(session, account=account, at_once=False, now=NOW)
        assert people[0] not in joins(session)
        erasure.erase(session, account=people[0], now=NOW)
        assert len(joins(session)) == 65
        session.execute(delete(OutboxMessage))
    second = fit_now(runtime)
    assert second.version != first.version
    assert second.sizes is not None
    assert second.sizes["people"] == 65


def test_outings_add_to_a_join_and_not_a_fit_ends_it(runtime: Runtime, people: list[str]) -> None:
    with writing(runtime.sessions) as session:
        member = people[0]
        group = session.scalars(select(Membership.group).where(Membership.member == member)).first()
        event = session.scalars(select(Event).where(Event.group == group)).one()
        occurrence = session.scalars(select(Occurrence).where(Occurrence.event == event.id)).one()
        column = load_community(session).groups.ids.index(str(group))
        row = sorted(people).index(member)

        def weight() -> float:
            return float(load_community(session).people.joins[row, column])

        assert weight() == 1.0
        session.add(
            Rsvp(occurrence=occurrence.id, member=member, status="yes", responded_at=NOW, attended=True)
        )
        session.flush()
        assert weight() == 1.25
        run = runs.request(session, member=member, reason="asked", now=NOW)
        session.add(
            Suggestion(
                id=new_id(),
                run=run.id,
                member=member,
                occurrence=occurrence.id,
                position=1,
                kind="right_sized",
                created_at=NOW,
                answer=Answer.NOT_NOW,
                sealed=b"",
            )
        )
        session.flush()
        assert weight() == 1.25, "another day says nothing about the group"
        session.execute(update(Suggestion).values(answer=Answer.NOT_A_FIT))
        assert weight() == 0.0


def test_nothing_that_anybody_sealed_is_read(
    runtime: Runtime, people: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Own words and place stay closed: no key is opened, and the model knows none of the words."""
    with writing(runtime.sessions) as session:
        for member in people[:5]:
            found = session.get_one(Member, member)
            members.save_private(session, member=found, own_words="zanzibar", cell="86194ad27ffffff", now=NOW)

    def closed(*_: object, **__: object) -> None:
        raise AssertionError("something sealed was opened")

    for name in ("unseal", "open_keys"):
        monkeypatch.setattr(f"domain.sealed.{name}", closed)
    fit = fit_now(runtime)
    assert fit.outcome == "in_force"
    with reading(runtime.sessions) as session:
        model = from_npz(affinity_models.arrays(session, str(fit.version)) or b"")
    terms = set(model.learned.words.content.terms) | set(model.learned.words.declared.terms)
    assert "walking" in terms
    assert "zanzibar" not in terms
    assert np.isnan(model.learned.places).all()
