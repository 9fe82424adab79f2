"""Small wins: three kinds and own, noted at any time, sealed, one's own alone."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import wins
from domain.errors import Invalid, NotFound
from domain.models import Win
from domain.wins import WinKind
from tests.conftest import NOW
from tests.domain.outing_rows import a_member


@pytest.mark.requirement("R33")
@pytest.mark.parametrize("kind", list(WinKind))
def test_every_kind_is_noted_at_any_time_and_sealed(session: Session, kind: WinKind) -> None:
    ann = a_member(session).id
    wins.log(session, member=ann, kind=kind, words="  Waved at Mo ", now=NOW)
    (found,) = wins.logged(session, member=ann)
    assert (found.kind, found.words, found.at) == (kind, "Waved at Mo", NOW)
    assert b"Waved" not in session.scalars(select(Win.sealed)).one()


def test_one_of_one_s_own_needs_words(session: Session) -> None:
    with pytest.raises(Invalid) as refusal:
        wins.log(session, member=a_member(session).id, kind=WinKind.OWN, words="  ", now=NOW)
    assert set(refusal.value.problems) == {"words"}


def test_a_win_is_taken_back_by_its_owner_alone(session: Session) -> None:
    ann, bob = a_member(session).id, a_member(session, "bob").id
    row = wins.log(session, member=ann, kind=WinKind.KIND_WORD, now=NOW)
    with pytest.raises(NotFound):
        wins.remove(session, member=bob, win=row.id)
    assert wins.logged(session, member=bob) == []
    wins.remove(session, member=ann, win=row.id)
    assert wins.logged(session, member=ann) == []
    with pytest.raises(NotFound):
        wins.remove(session, member=ann, win=row.id)
