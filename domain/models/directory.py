"""Professional support: the directory of services, and who leads a group as a professional."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.models.base import Base, Id, Identified, reference


class ServiceKind(StrEnum):
    """What is offered (stored as these words)."""

    COUNSELLING = "counselling"  #: one person at a time
    GROUP_THERAPY = "group_therapy"
    SKILLS_TRAINING = "skills_training"  #: supervised practice among others
    SELF_HELP = "self_help"  #: peers, or a course one follows alone


class Approach(StrEnum):
    """How it works (R90; stored as these words)."""

    GRADUAL_EXPOSURE = "gradual_exposure"
    COGNITIVE_RESTRUCTURING = "cognitive_restructuring"
    BEHAVIOURAL_ACTIVATION = "behavioural_activation"


class Service(Identified, Base):
    """Somebody who offers professional support, looked up by an admin at ``checked_at``."""

    __tablename__ = "services"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120), index=True)
    kind: Mapped[ServiceKind] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(280))
    begin: Mapped[str] = mapped_column(String(280))  #: how one begins there
    cost: Mapped[str] = mapped_column(String(120))  #: in words
    locality: Mapped[str | None] = mapped_column(String(120))
    online: Mapped[bool]
    url: Mapped[str | None] = mapped_column(String(600))
    phone: Mapped[str | None] = mapped_column(String(40))
    checked_at: Mapped[datetime]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    approaches: Mapped[list[ServiceApproach]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="ServiceApproach.approach"
    )


class ServiceApproach(Base):
    """One way in which a service works."""

    __tablename__ = "service_approaches"

    service: Mapped[str] = reference("services.id", primary_key=True)
    approach: Mapped[Approach] = mapped_column(String(30), primary_key=True)


class Facilitation(Identified, Base):
    """An organizer says that a professional leads the group; shown once an admin has found it so."""

    __tablename__ = "facilitations"

    id: Mapped[Id]
    group: Mapped[str] = reference("groups.id", unique=True)
    kind: Mapped[ServiceKind] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    profession: Mapped[str] = mapped_column(String(120))
    register: Mapped[str] = mapped_column(String(280))  #: where it can be looked up
    asked_at: Mapped[datetime]
    verified: Mapped[bool | None]  #: None: not decided yet
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(280))  #: what the organizer is told
