"""Who asks: eleven kinds of people and a moderator, each with one account of their own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.models import RoleName


class Actor(StrEnum):
    ANONYMOUS = "anonymous"
    SELF = "self"  # a member; what is asked for is theirs
    OTHER = "other"  # a member of the same group
    BLOCKED = "blocked"  # whom the member blocked
    BLOCKER = "blocker"  # who blocked the member
    ORGANIZER = "organizer"  # runs the member's group
    ORGANIZER_OTHER = "organizer-other"  # runs another group
    SUPPORTER = "supporter"  # may see what the member chose
    REVOKED = "revoked"  # might until the member took it back
    ADMIN = "admin"
    MODERATOR = "moderator"
    SUSPENDED = "suspended"  # signed in, then closed

    @property
    def email(self) -> str:
        """Where their mail goes; the member's address holds a word of its own, as everything they confide."""
        return "zqemailqz@example.com" if self is Actor.SELF else f"{self}@example.com"


MEMBERS = frozenset(
    {
        Actor.SELF,
        Actor.OTHER,
        Actor.BLOCKED,
        Actor.BLOCKER,
        Actor.ORGANIZER,
        Actor.ORGANIZER_OTHER,
        Actor.SUSPENDED,
    }
)
#: Who has an account that can be used.
SIGNED_IN = frozenset(Actor) - {Actor.ANONYMOUS, Actor.SUSPENDED}
ROLES: dict[Actor, tuple[RoleName, ...]] = {
    Actor.ORGANIZER: (RoleName.ORGANIZER,),
    Actor.ORGANIZER_OTHER: (RoleName.ORGANIZER,),
    Actor.ADMIN: (RoleName.ADMIN,),
    Actor.MODERATOR: (RoleName.MODERATOR,),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """Whose account is whose, and one thing of each kind by the name it has in addresses."""

    accounts: dict[Actor, str]
    things: dict[str, str]  #: of the member, or of their group
    theirs: dict[str, str]  #: of somebody else
