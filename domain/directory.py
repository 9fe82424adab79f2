"""The directory of professional support, kept by admins: it complements what people do for themselves (R89).

Admins look each entry up before they add it and again when they change it; every change is in the audit log.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import audit
from domain.errors import Invalid, NotFound
from domain.models import Approach, Service, ServiceApproach, ServiceKind

PAGE_LENGTH = 20
STALE = timedelta(days=180)  #: after which an entry wants to be looked up again
_URL = re.compile(r"https?://[^\s<>\"]+")
_PHONE = re.compile(r"\+?[0-9 ()-]{3,40}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceDraft:
    """What an admin says about a service."""

    name: str
    kind: ServiceKind
    about: str
    begin: str
    cost: str
    locality: str | None = None
    online: bool = False
    url: str | None = None
    phone: str | None = None
    approaches: tuple[Approach, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of services; pages count from 1."""

    services: tuple[Service, ...]
    number: int
    pages: int


def check_draft(draft: ServiceDraft) -> None:
    """Raise `Invalid` with every problem at once."""
    problems: dict[str, str] = {}
    for name, longest in (("name", 120), ("about", 280), ("begin", 280), ("cost", 120)):
        if not 1 <= len(getattr(draft, name).strip()) <= longest:
            problems[name] = f"Write 1 to {longest} letters."
    if draft.url is not None and (len(draft.url) > 600 or not _URL.fullmatch(draft.url)):
        problems["url"] = "Enter a whole address, with https:// before it."
    if draft.phone is not None and not _PHONE.fullmatch(draft.phone):
        problems["phone"] = "Enter a number as one would dial it."
    if draft.url is None and draft.phone is None:
        problems["phone"] = "Give a number or a page, so that people can get in touch."
    if draft.locality is None and not draft.online:
        problems["locality"] = "Say which town it is in, or that it is online."
    if problems:
        raise Invalid(problems)


def add(session: Session, *, admin: str | None, draft: ServiceDraft, now: datetime) -> Service:
    """Add a service that was looked up just now. Raises `Invalid`."""
    check_draft(draft)
    row = Service(created_at=now, checked_at=now)
    _write(row, draft)
    session.add(row)
    session.flush()
    _note(session, row, admin, "added", now)
    return row


def change(session: Session, *, admin: str, service: Service, draft: ServiceDraft, now: datetime) -> None:
    """Change what is said of a service, which was looked up again just now. Raises `Invalid`."""
    check_draft(draft)
    service.approaches.clear()
    session.flush()
    _write(service, draft)
    service.checked_at = now
    session.flush()
    _note(session, service, admin, "changed", now)


def _write(row: Service, draft: ServiceDraft) -> None:
    for name in ("name", "about", "begin", "cost"):
        setattr(row, name, getattr(draft, name).strip())
    for name in ("kind", "locality", "online", "url", "phone"):
        setattr(row, name, getattr(draft, name))
    row.approaches = [ServiceApproach(approach=each) for each in dict.fromkeys(draft.approaches)]


def retire(session: Session, *, admin: str, service: Service, now: datetime) -> None:
    """Show it to nobody any more. Safe to repeat."""
    if service.retired_at is None:
        service.retired_at = now
        _note(session, service, admin, "taken out", now)


def restore(session: Session, *, admin: str, service: Service, now: datetime) -> None:
    """Show it again. Safe to repeat."""
    if service.retired_at is not None:
        service.retired_at = None
        _note(session, service, admin, "put back", now)


def _note(session: Session, row: Service, admin: str | None, what: str, now: datetime) -> None:
    action, about = audit.Action.DIRECTORY_CHANGED, f"service:{row.id}"
    audit.record(session, actor=admin, action=action, about=about, reason=what, now=now)


def named(session: Session, *, service: str) -> Service:
    """Return a service by id, or raise `NotFound`."""
    row = session.get(Service, service)
    if row is None:
        raise NotFound
    return row


def look(
    session: Session,
    *,
    approaches: Collection[Approach] = (),
    kind: ServiceKind | None = None,
    online: bool = False,
    page: int = 1,
) -> Page:
    """Return a page of services by name; with ``approaches`` those that work in any of these ways (R90)."""
    query = select(Service).where(Service.retired_at.is_(None))
    if approaches:
        query = query.where(
            Service.id.in_(select(ServiceApproach.service).where(ServiceApproach.approach.in_(approaches)))
        )
    if kind is not None:
        query = query.where(Service.kind == kind)
    if online:
        query = query.where(Service.online)
    found = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-found // PAGE_LENGTH))
    number = min(max(page, 1), pages)
    rows = query.order_by(Service.name, Service.id).offset((number - 1) * PAGE_LENGTH).limit(PAGE_LENGTH)
    return Page(services=tuple(session.scalars(rows)), number=number, pages=pages)


def kept(session: Session) -> list[Service]:
    """Return every service for an admin: those shown first, the one looked up longest ago first."""
    return list(
        session.scalars(select(Service).order_by(Service.retired_at.is_not(None), Service.checked_at))
    )
