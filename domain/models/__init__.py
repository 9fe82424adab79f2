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
from domain.models.run import Answer, BulkRun, MatchingRun, RunStatus, SettingsVersion, Suggestion

__all__ = [
    "Account",
    "Answer",
    "Base",
    "Block",
    "BulkRun",
    "ComfortAnswers",
    "ComfortState",
    "Consent",
    "ConsentPurpose",
    "Event",
    "EventFact",
    "EventInterest",
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
    "Occurrence",
    "OutboxAudit",
    "OutboxMessage",
    "Passkey",
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
    "account_roles",
    "new_id",
]
