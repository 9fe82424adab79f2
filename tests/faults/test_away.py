"""What members notice when a part is away, stops answering, or is told to end: at most a delay."""

from __future__ import annotations

import os
import signal
import threading
import time
from datetime import UTC, datetime
from statistics import quantiles

import pytest
from redis import Redis
from sqlalchemy import func, select

from domain import accounts, heartbeats, mails, sealed
from domain.database import reading, writing
from domain.models import Mail, MatchingRun, Member, MessageState, OutboxMessage, RunStatus
from tests.chaos.people import Town
from tests.chaos.place import Place, queue_answers, until
from tests.chaos.visitor import Reply, Tally, Visitor
from tests.factories import PASSWORD
from workers import queue

pytestmark = [pytest.mark.chaos, pytest.mark.alone]

PAGES = ("/suggestions/", "/events/", "/ladder/", "/profile/")


def words_of(here: Place, town: Town) -> str:
    with reading(here.sessions) as session:
        row = session.get_one(Member, town.people[0].id)
        return str(sealed.unseal(session, row).get("own_words", ""))


def matched(here: Place, town: Town) -> bool:
    """Whether the first member's last run has ended."""
    with reading(here.sessions) as session:
        newest = select(MatchingRun.status).where(MatchingRun.member == town.people[0].id)
        return session.scalar(newest.order_by(MatchingRun.id.desc()).limit(1)) == RunStatus.FINISHED


def round_of_pages(visitor: Visitor, rounds: int) -> list[Reply]:
    """Look at every page and save, several times; nothing is asked twice."""
    replies = []
    for number in range(rounds):
        replies += [visitor.once("GET", path) for path in PAGES]
        replies.append(visitor.once("POST", "/profile/needs", {"own_words": f"round {number}"}))
    return replies


def show(what: str, replies: list[Reply]) -> float:
    """Print the times of some requests and return the 99th percentile, in seconds."""
    times = sorted(reply.seconds for reply in replies)
    p50, p99 = quantiles(times, n=100)[49], quantiles(times, n=100)[98]
    print(f"{what}: {len(times)} requests, p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms")  # noqa: T201
    return p99


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_pages_do_not_need_the_queue_server(here: Place, town: Town, visitor: Visitor, how: str) -> None:
    """Killed, it refuses connections; stopped, it takes them and never answers, which is worse."""
    if how == "killed":
        here.kill("queue")
    else:
        os.kill(here.running["queue"].pid, signal.SIGSTOP)
    try:
        replies = round_of_pages(visitor, 12)
    finally:
        os.kill(here.running["queue"].pid, signal.SIGCONT) if how == "stopped" else here.respawn()
    assert {reply.status for reply in replies} <= {200, 303}
    assert show(f"queue server {how}", replies) < 2.0
    until(lambda: queue_answers(here))
    until(lambda: matched(here, town))
    assert words_of(here, town) == "round 11"


def test_a_calm_line_is_shown_while_work_waits(here: Place, town: Town, visitor: Visitor) -> None:
    here.kill("queue")
    visitor.send("/profile/needs", own_words="waits")
    line = "Suggestions will come a little later"
    assert line not in visitor.look("/profile/").text
    with writing(here.sessions) as session:  # a minute passes
        waiting = session.scalars(select(OutboxMessage).where(OutboxMessage.state == MessageState.READY))
        for row in waiting:
            row.created_at -= 60
    assert line in visitor.look("/profile/").text
    here.respawn()
    until(lambda: matched(here, town))
    assert line not in visitor.look("/profile/").text


def test_a_reply_lost_on_the_wire_changes_nothing(here: Place, visitor: Visitor) -> None:
    """The form is sent again, as a browser's reload would: there is one account and one first mail."""
    newcomer = Visitor(here.port, "10.2.0.9", Tally())
    newcomer.look("/register")
    form = {
        "email": "lost@example.com", "password": PASSWORD, "display_name": "Lost",
        "time_zone": "Europe/London", "adult": "y", "terms": "y",
    }  # fmt: skip
    with pytest.raises(OSError):  # gone before the answer came
        newcomer.once("POST", "/register", form, timeout=0.005)
    until(lambda: lost(here) is not None)
    assert newcomer.send("/register", **form).status == 302
    with reading(here.sessions) as session:
        first = select(func.count()).select_from(Mail).where(Mail.account == lost(here))
        assert session.scalar(first.where(Mail.kind == "welcome")) == 1


def lost(here: Place) -> str | None:
    """The id of the newcomer's account; no address has two."""
    with reading(here.sessions) as session:
        found = accounts.find(session, "lost@example.com")
        return found.id if found else None


def test_a_mail_whose_receipt_was_lost_goes_out_again_under_the_same_name(here: Place, town: Town) -> None:
    here.mail.unheard.add(town.people[1].email)
    with writing(here.sessions) as session:
        asked = mails.request(
            session,
            account=town.people[1].id,
            kind="test",
            subject="Hello",
            text="Hello",
            now=datetime.now(UTC),
        ).id
    until(lambda: sent(here, asked))
    came = {name: times for name, times in here.mail.received.items() if name.startswith(f"<{asked}@")}
    assert list(came.values()) == [2]


def sent(here: Place, mail: str) -> bool:
    with reading(here.sessions) as session:
        return session.get_one(Mail, mail).sent_at is not None


def counted(bells: list[int], client: Redis) -> bool:
    """Note how many bells wait."""
    bells.append(queue.queue_of("matching", client).count)
    return True


def relays(here: Place) -> int:
    with reading(here.sessions) as session:
        return heartbeats.count(session, kind="relay", now=datetime.now(UTC))


def test_two_relays_leave_at_most_one_useless_bell(here: Place, town: Town, visitor: Visitor) -> None:
    here.add("relay", instance="-2")
    until(lambda: relays(here) == 2)
    bells = [0]
    with here.redis() as client:
        for number in range(5):
            visitor.send("/profile/needs", own_words=f"two relays {number}")
            until(lambda: counted(bells, client) and matched(here, town))
    assert max(bells) <= 2
    second = here.running.pop("relay-2")
    second.terminate()
    assert second.wait(20) == 0
    assert words_of(here, town) == "two relays 4"


def test_asked_to_end_each_finishes_what_is_in_hand(here: Place, town: Town, visitor: Visitor) -> None:
    replies: list[Reply] = []
    other = Visitor(here.port, "10.2.0.2", Tally())
    other.look("/login")

    def sign_in() -> None:  # slow on purpose: the password is checked
        form = {"email": town.people[2].email, "password": PASSWORD}
        replies.append(other.once("POST", "/login", form))

    visitor.send("/profile/needs", own_words="before the end")
    asking = threading.Thread(target=sign_in)
    asking.start()
    time.sleep(0.03)  # the request is on its way
    for name in ("web", "worker", "relay"):
        here.running[name].terminate()
    asking.join()
    assert [here.running[name].wait(20) for name in ("web", "worker", "relay")] == [0, 0, 0]
    assert [reply.status for reply in replies] == [302]
    with reading(here.sessions) as session:
        leased = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.lease_until.is_not(None))
        assert session.scalar(leased) == 0
    here.respawn()
    until(here.answers)
    until(lambda: matched(here, town))
