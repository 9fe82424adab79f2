"""Domain events: facts in the past tense, with ids and never content.

Each kind names its lane (by patience, not by subject) and its aggregate: messages of one aggregate are
worked off in order, and one that is dead holds back only those behind it. A timer has an aggregate of its
own, so that waiting for its hour holds back nothing.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, ClassVar


class Lane(StrEnum):
    """One queue each (stored as these words)."""

    MATCHING = "matching"  #: a person is waiting
    DEFAULT = "default"
    MAIL = "mail"
    BULK = "bulk"  #: settings changed, imports, nightly


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """A fact, in the words of its class name."""

    lane: ClassVar[Lane] = Lane.DEFAULT

    @property
    def aggregate(self) -> str:
        """What this is about; messages of one aggregate keep their order."""
        raise NotImplementedError

    @classmethod
    def kind(cls) -> str:
        """Return the stored name, such as ``profile_saved``: changing one needs a migration."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def body(self) -> dict[str, Any]:
        """Return the ids to store."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class _OfMember(DomainEvent):
    member: str

    @property
    def aggregate(self) -> str:
        return f"member:{self.member}"


@dataclass(frozen=True, kw_only=True)
class ComfortAnswered(_OfMember):
    """A member answered comfort questions: start their comfort model and draft a ladder."""

    lane: ClassVar[Lane] = Lane.MATCHING


@dataclass(frozen=True, kw_only=True)
class MatchingRunRequested(_OfMember):
    """A member waits for suggestions."""

    lane: ClassVar[Lane] = Lane.MATCHING
    run: str


@dataclass(frozen=True, kw_only=True)
class ReflectionRecorded(_OfMember):
    """A member said how an outing was: learn from it, move the ladder, match again."""

    lane: ClassVar[Lane] = Lane.MATCHING
    reflection: str


@dataclass(frozen=True, kw_only=True)
class RsvpChanged(DomainEvent):
    """A member answered, or took an answer back."""

    occurrence: str
    member: str

    @property
    def aggregate(self) -> str:
        return f"rsvp:{self.occurrence}:{self.member}"


@dataclass(frozen=True, kw_only=True)
class CirclesDue(DomainEvent):
    """Who asked for company at an occurrence is to be placed anew; ``at`` names a timer, empty: at once."""

    occurrence: str
    at: str = ""  #: the moment planned, ISO 8601

    @property
    def aggregate(self) -> str:
        return f"circles:{self.occurrence}:{self.at}"


@dataclass(frozen=True, kw_only=True)
class _OfCircle(DomainEvent):
    lane: ClassVar[Lane] = Lane.MAIL
    circle: str

    @property
    def aggregate(self) -> str:
        return f"circle:{self.circle}"


@dataclass(frozen=True, kw_only=True)
class CircleFormed(_OfCircle):
    """A few people might go together: ask each of them."""


@dataclass(frozen=True, kw_only=True)
class CircleSettled(_OfCircle):
    """All of them have said yes: tell them that they can see each other's names."""


@dataclass(frozen=True, kw_only=True)
class CircleShrank(_OfCircle):
    """One who had said yes cannot come: tell the others, and not why."""


@dataclass(frozen=True, kw_only=True)
class CompanyNotFound(DomainEvent):
    """Nobody was found for a member this time: tell them kindly, with what else there is."""

    lane: ClassVar[Lane] = Lane.MAIL
    request: str

    @property
    def aggregate(self) -> str:
        return f"circle_request:{self.request}"


@dataclass(frozen=True, kw_only=True)
class EventPublished(DomainEvent):
    """An event, or a changed one, is open to members."""

    lane: ClassVar[Lane] = Lane.BULK
    event: str

    @property
    def aggregate(self) -> str:
        return f"event:{self.event}"


@dataclass(frozen=True, kw_only=True)
class ListingsImported(DomainEvent):
    """A file of listings was read in; its events are announced together."""

    lane: ClassVar[Lane] = Lane.BULK
    reading: str  #: id of the reading

    @property
    def aggregate(self) -> str:
        return f"reading:{self.reading}"


@dataclass(frozen=True, kw_only=True)
class OccurrenceCancelled(DomainEvent):
    """It does not take place: tell those who said yes, and offer a backup (R52)."""

    lane: ClassVar[Lane] = Lane.MAIL
    occurrence: str

    @property
    def aggregate(self) -> str:
        return f"occurrence:{self.occurrence}"


@dataclass(frozen=True, kw_only=True)
class SettingsActivated(DomainEvent):
    """Another settings version is in force: match everybody again, step by step."""

    lane: ClassVar[Lane] = Lane.BULK
    bulk: str

    @property
    def aggregate(self) -> str:
        return f"bulk:{self.bulk}"


@dataclass(frozen=True, kw_only=True)
class BulkStepDue(DomainEvent):
    """The next members of a part of a bulk run are to be matched; without a part it is to be divided."""

    lane: ClassVar[Lane] = Lane.BULK
    bulk: str
    part: str = ""

    @property
    def aggregate(self) -> str:
        return f"bulk_part:{self.part}" if self.part else f"bulk:{self.bulk}"


@dataclass(frozen=True, kw_only=True)
class ModelFitDue(DomainEvent):
    """What people joined is to be learnt from anew: asked for every night, or by an admin."""

    lane: ClassVar[Lane] = Lane.BULK
    fit: str

    @property
    def aggregate(self) -> str:
        return f"fit:{self.fit}"


@dataclass(frozen=True, kw_only=True)
class MailRequested(DomainEvent):
    """A mail is to be sent."""

    lane: ClassVar[Lane] = Lane.MAIL
    mail: str

    @property
    def aggregate(self) -> str:
        return f"mail:{self.mail}"


@dataclass(frozen=True, kw_only=True)
class ReminderDue(DomainEvent):
    """A timer: remind a member of an outing, if they still go and it still takes place."""

    lane: ClassVar[Lane] = Lane.MAIL
    rsvp: str

    @property
    def aggregate(self) -> str:
        return f"reminder:{self.rsvp}"


@dataclass(frozen=True, kw_only=True)
class CheckInDue(DomainEvent):
    """A timer: a member asked for a mail when a check-in is offered, if it still is at that moment."""

    lane: ClassVar[Lane] = Lane.MAIL
    prompt: str
    at: str  #: the moment planned, ISO 8601; another one by then makes this one void

    @property
    def aggregate(self) -> str:
        return f"check_in:{self.prompt}:{self.at}"


@dataclass(frozen=True, kw_only=True)
class DigestDue(DomainEvent):
    """A timer: the hour of a member's weekly letter, if it is still the one planned."""

    lane: ClassVar[Lane] = Lane.MAIL
    member: str
    at: str  #: the moment planned, ISO 8601; another one by then makes this one void

    @property
    def aggregate(self) -> str:
        return f"digest:{self.member}:{self.at}"


@dataclass(frozen=True, kw_only=True)
class PersonDateDue(DomainEvent):
    """A timer: remind a member of a day they wanted to keep in mind, if they still do."""

    lane: ClassVar[Lane] = Lane.MAIL
    date: str  #: id of the row
    at: str  #: the moment planned, ISO 8601; another one by then makes this one void

    @property
    def aggregate(self) -> str:
        return f"person_date:{self.date}:{self.at}"


@dataclass(frozen=True, kw_only=True)
class PersonTouchDue(DomainEvent):
    """A timer: a word that somebody could be got in touch with, if it is still wanted."""

    lane: ClassVar[Lane] = Lane.MAIL
    touch: str  #: id of the row
    at: str  #: the moment planned, ISO 8601; another one by then makes this one void

    @property
    def aggregate(self) -> str:
        return f"person_touch:{self.touch}:{self.at}"


@dataclass(frozen=True, kw_only=True)
class RoutineDue(DomainEvent):
    """A timer: remind a member of something that comes round each week, if it still does."""

    lane: ClassVar[Lane] = Lane.MAIL
    routine: str
    at: str  #: the moment planned, ISO 8601; another one by then makes this one void

    @property
    def aggregate(self) -> str:
        return f"routine:{self.routine}:{self.at}"


@dataclass(frozen=True, kw_only=True)
class SelfChecked(_OfMember):
    """A member said how much they could be themselves: ease suggestions where it was little (R66)."""

    check_in: str


@dataclass(frozen=True, kw_only=True)
class ExportRequested(DomainEvent):
    """Somebody asked for a copy of what they told us: build it."""

    export: str

    @property
    def aggregate(self) -> str:
        return f"export:{self.export}"


@dataclass(frozen=True, kw_only=True)
class ExportExpired(DomainEvent):
    """A timer: a copy has been kept long enough."""

    export: str
    file: str

    @property
    def aggregate(self) -> str:
        return f"export_end:{self.export}"


@dataclass(frozen=True, kw_only=True)
class ErasureDue(DomainEvent):
    """A timer: erase an account, if its owner has not come back."""

    erasure: str
    account: str

    @property
    def aggregate(self) -> str:
        return f"erasure:{self.erasure}"


@dataclass(frozen=True, kw_only=True)
class AccountErased(DomainEvent):
    """An account is gone: keep its mark apart from the database, and let no page of a log outlive it."""

    mark: str
    master: str

    @property
    def aggregate(self) -> str:
        return f"erased:{self.mark}"


@dataclass(frozen=True, kw_only=True)
class ReportFiled(DomainEvent):
    """A report waits for a moderator: tell them."""

    lane: ClassVar[Lane] = Lane.MAIL
    report: str

    @property
    def aggregate(self) -> str:
        return f"report:{self.report}"


@dataclass(frozen=True, kw_only=True)
class ReportOverdue(DomainEvent):
    """A timer: a report has waited too long, unless it was decided."""

    lane: ClassVar[Lane] = Lane.MAIL
    report: str

    @property
    def aggregate(self) -> str:
        return f"report_due:{self.report}"


@dataclass(frozen=True, kw_only=True)
class ReportDecided(DomainEvent):
    """A report was decided: tell who wrote it, and whom it is about where something follows."""

    lane: ClassVar[Lane] = Lane.MAIL
    report: str

    @property
    def aggregate(self) -> str:
        return f"report:{self.report}"


@dataclass(frozen=True, kw_only=True)
class HousekeepingDue(DomainEvent):
    """A timer: expand recurring events, prune what is done; plans the next one itself."""

    lane: ClassVar[Lane] = Lane.BULK
    day: str  #: YYYY-MM-DD, UTC

    @property
    def aggregate(self) -> str:
        return f"housekeeping:{self.day}"


ALL: tuple[type[DomainEvent], ...] = (
    AccountErased,
    BulkStepDue,
    CheckInDue,
    CircleFormed,
    CircleSettled,
    CircleShrank,
    CirclesDue,
    ComfortAnswered,
    CompanyNotFound,
    DigestDue,
    ErasureDue,
    EventPublished,
    ExportExpired,
    ExportRequested,
    HousekeepingDue,
    ListingsImported,
    MailRequested,
    MatchingRunRequested,
    ModelFitDue,
    OccurrenceCancelled,
    PersonDateDue,
    PersonTouchDue,
    ReflectionRecorded,
    ReminderDue,
    ReportDecided,
    ReportFiled,
    ReportOverdue,
    RoutineDue,
    RsvpChanged,
    SelfChecked,
    SettingsActivated,
)
KINDS: dict[str, type[DomainEvent]] = {each.kind(): each for each in ALL}
