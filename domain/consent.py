"""What a person agreed to, purpose by purpose: given, looked up and taken back in one step each.

Rows are added and withdrawn, never removed. Each names the version and the hash of the words agreed to, so
that changed words ask anew.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from domain.models import Consent, ConsentPurpose


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """What a person is asked, as they read it; new words need a new version."""

    version: int
    text: str

    @property
    def digest(self) -> str:
        """Return the hash kept with each yes."""
        return sha256(self.text.encode()).hexdigest()


WORDINGS: dict[ConsentPurpose, Wording] = {
    ConsentPurpose.COMFORT: Wording(
        version=1,
        text=(
            "Use my answers about how hard things feel, and what I write after an outing, to choose "
            "suggestions and to shape my ladder. Only I can read them. I can take this back at any time; "
            "the answers are then deleted."
        ),
    ),
    ConsentPurpose.GROUP_VISIBILITY: Wording(
        version=1,
        text="Show my display name to the people of groups I join. I can take this back at any time.",
    ),
    ConsentPurpose.HARDER_STEP: Wording(
        version=1, text="Suggest a step above my last one when I say so. I can take this back at any time."
    ),
    ConsentPurpose.INTRODUCTIONS: Wording(
        version=1,
        text=(
            "When I ask to go with a few others, show them the interests I choose, and my display name once "
            "all of us have said yes. I can take this back at any time; I then step out."
        ),
    ),
    ConsentPurpose.NEEDS_CARD: Wording(
        version=1,
        text=(
            "Show my card to the few people I go to an outing with. They read it where I say so, once all of "
            "us have said yes, and until the outing is over. It may say something about my health. Nobody "
            "else reads it; if one of them reports it, a moderator reads my sentence. I can take this back "
            "at any time; it is then shown to nobody."
        ),
    ),
    ConsentPurpose.KIND_WORDS: Wording(
        version=1,
        text=(
            "After an outing, let the few I went with send me one of a few kind sentences, such as “I was "
            "glad you came.” They can see that I allow it. I can take this back at any time; what came is "
            "then deleted."
        ),
    ),
    ConsentPurpose.CONDUCT: Wording(
        version=1,
        text=(
            "I am kind. A no is a full answer, and nobody has to say why.\n"
            "I keep to what others say helps them, and I go at their pace.\n"
            "What people tell me stays with me. So does what their card says.\n"
            "We meet in public places. Everyone may leave whenever they want to.\n"
            "No selling, no hunting for dates, no pressure, no hurtful words.\n"
            "If somebody makes me or others feel unsafe, I tell Handrail."
        ),
    ),
    ConsentPurpose.CHECK_INS: Wording(
        version=1,
        text=(
            "Keep my answers to check-ins, so that I can see how they change. Only I can read them. I can "
            "take this back at any time; the answers are then deleted."
        ),
    ),
}


def give(session: Session, *, account: str, purpose: ConsentPurpose, now: datetime) -> Consent:
    """Record a yes to the words of today; a yes to the same words that still stands is returned."""
    wording = WORDINGS[purpose]
    standing = _standing(session, account, purpose)
    if standing is not None and standing.text_hash == wording.digest:
        return standing
    if standing is not None:
        standing.withdrawn_at = now
    row = Consent(
        account=account, purpose=purpose, version=wording.version, text_hash=wording.digest, given_at=now
    )
    session.add(row)
    session.flush()
    return row


def withdraw(session: Session, *, account: str, purpose: ConsentPurpose, now: datetime) -> bool:
    """Take a yes back, at once; return whether there was one."""
    standing = _standing(session, account, purpose)
    if standing is None:
        return False
    standing.withdrawn_at = now
    session.flush()
    return True


def has(session: Session, *, account: str, purpose: ConsentPurpose) -> bool:
    """Return whether a yes stands, to the words of today."""
    standing = _standing(session, account, purpose)
    return standing is not None and standing.text_hash == WORDINGS[purpose].digest


def given(session: Session, *, account: str) -> frozenset[ConsentPurpose]:
    """Return everything a yes stands for, to the words of today."""
    rows = session.execute(
        select(Consent.purpose, Consent.text_hash).where(
            Consent.account == account, Consent.withdrawn_at.is_(None)
        )
    )
    known = {(ConsentPurpose(row.purpose), row.text_hash) for row in rows}
    return frozenset(purpose for purpose, words in WORDINGS.items() if (purpose, words.digest) in known)


def holders(session: Session, accounts: Collection[str], purpose: ConsentPurpose) -> set[str]:
    """Return those of the accounts whose yes stands, to the words of today."""
    return set(session.scalars(agreed(purpose).where(Consent.account.in_(accounts))))


def agreed(purpose: ConsentPurpose) -> Select[str]:
    """Return the query of every account whose yes stands, to the words of today."""
    return select(Consent.account).where(
        Consent.purpose == purpose,
        Consent.text_hash == WORDINGS[purpose].digest,
        Consent.withdrawn_at.is_(None),
    )


def _standing(session: Session, account: str, purpose: ConsentPurpose) -> Consent | None:
    return session.scalar(
        select(Consent)
        .where(Consent.account == account, Consent.purpose == purpose, Consent.withdrawn_at.is_(None))
        .order_by(Consent.id.desc())
        .limit(1)
    )
