"""All tables in one namespace."""

from domain.models.account import (
    Account,
    Consent,
    ConsentPurpose,
    Passkey,
    Role,
    RoleName,
    SealingKey,
    account_roles,
)
from domain.models.base import Base, Instant, new_id
from domain.models.event import Event, EventFact, EventInterest, Occurrence, Rsvp, RsvpStatus
from domain.models.group import Group, GroupInterest, Membership
from domain.models.ladder import Ladder, LadderChange, ProposalStatus, Reflection, Rung
from domain.models.member import Block, ComfortAnswers, ComfortState, Member, MemberInterest
from domain.models.outbox import Heartbeat, Mail, MessageState, OutboxAudit, OutboxMessage
from domain.models.progress import (
    CheckIn,
    CheckInKind,
    ComfortTrail,
    EntryKind,
    Goal,
    NotebookEntry,
    Prompt,
    Win,
)
from domain.models.run import Answer, BulkRun, MatchingRun, RunStatus, SettingsVersion, Suggestion

__all__ = [
    "Account",
    "Answer",
    "Base",
    "Block",
    "BulkRun",
    "CheckIn",
    "CheckInKind",
    "ComfortAnswers",
    "ComfortState",
    "ComfortTrail",
    "Consent",
    "ConsentPurpose",
    "EntryKind",
    "Event",
    "EventFact",
    "EventInterest",
    "Goal",
    "Group",
    "GroupInterest",
    "Heartbeat",
    "Instant",
    "Ladder",
    "LadderChange",
    "Mail",
    "MatchingRun",
    "Member",
    "MemberInterest",
    "Membership",
    "MessageState",
    "NotebookEntry",
    "Occurrence",
    "OutboxAudit",
    "OutboxMessage",
    "Passkey",
    "Prompt",
    "ProposalStatus",
    "Reflection",
    "Role",
    "RoleName",
    "Rsvp",
    "RsvpStatus",
    "RunStatus",
    "Rung",
    "SealingKey",
    "SettingsVersion",
    "Suggestion",
    "Win",
    "account_roles",
    "new_id",
]
