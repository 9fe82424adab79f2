"""A copy of everything an account told us or we keep about it (Art. 15 and 20): which rows, which columns.

Every column of every table is either exported or stands below with the reason why not; a test walks the
tables, so that a new column is decided about before it is released.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from domain import audit, events, outbox, sealed
from domain.audit import Action
from domain.errors import Conflict, NotFound
from domain.models import (
    Account,
    Base,
    CirclePlace,
    Event,
    Export,
    Group,
    Occurrence,
    account_roles,
)
from domain.models import Role as RoleRow

KEPT = timedelta(hours=24)
PER_DAY = 3
LATE = timedelta(hours=1)  #: a copy that is not there by then may be asked for again

#: Whose rows: the column that names the account, by table.
OWNER: dict[str, str] = {
    "accounts": "id",
    "passkeys": "user_id",
    "consents": "account",
    "members": "id",
    "groups": "organizer",
    "mails": "account",
    "reports": "account",
    "restrictions": "account",
    "exports": "account",
    "model_activations": "author",
    "model_fits": "author",
    "settings_versions": "author",
    "outbox_audit": "author",
    "audit_entries": "actor",
}
#: Rows of something one owns: the column that names it, and how its ids are found.
WITHIN: dict[str, Callable[[str], ColumnElement[bool]]] = {
    "group_interests": lambda me: _column("group_interests", "group").in_(_groups(me)),
    "events": lambda me: _column("events", "group").in_(_groups(me)),
    "facilitations": lambda me: _column("facilitations", "group").in_(_groups(me)),
    "event_interests": lambda me: _column("event_interests", "event").in_(_events(me)),
    "event_tasks": lambda me: _column("event_tasks", "event").in_(_events(me)),
    "event_facts": lambda me: _column("event_facts", "event").in_(_events(me)),
    "occurrences": lambda me: _column("occurrences", "event").in_(_events(me)),
    "circles": lambda me: _column("circles", "id").in_(
        select(CirclePlace.circle).where(CirclePlace.member == me)
    ),
}
#: Tables that hold nothing about one person, or nothing to be handed out, and why.
TABLES_LEFT_OUT: dict[str, str] = {
    "account_roles": "shown as the account's roles",
    "belonging_totals": "a sum of many people's answers; one's own stands with one's reflections",
    "bulk_runs": "a count of work over everybody",
    "bulk_parts": "a count of work over everybody",
    "bulk_steps": "marks that nobody can read back",
    "erasure_marks": "names nobody, and no one account has one",
    "erasures": "an account that is leaving cannot ask for a copy",
    "former_guests": "a count without names",
    "heartbeats": "which of our programs are alive",
    "model_arrays": "what many people joined, as numbers of which none is anybody's",
    "outbox_messages": "work in hand: ids of rows that stand elsewhere in the copy",
    "roles": "shown as the account's roles",
    "presses": "random names of forms that were sent; nobody's name is with them",
    "failed_tries": "counts under marks that nobody can read back",
    "visits": "lets somebody in, or helps to; of no use to anybody else",
    "services": "about whoever offers support, open to everybody",
    "service_approaches": "about whoever offers support, open to everybody",
    "tallies": "counts of work, of nobody",
    "sealing_keys": "the key is of no use without ours; what it opens is in the copy, opened",
}
LETS_IN = "lets somebody in, or helps to; of no use to anybody else"
OTHERS = "about another person"
MACHINE = "how our program finds things; says nothing"
LEFT_OUT: dict[str, str] = {
    "accounts.email_mark": MACHINE,
    "accounts.password": LETS_IN,
    "accounts.fs_uniquifier": LETS_IN,
    "accounts.fs_webauthn_user_handle": LETS_IN,
    "accounts.mf_recovery_codes": LETS_IN,
    "accounts.tf_totp_secret": LETS_IN,
    "accounts.us_totp_secrets": LETS_IN,
    "passkeys.credential_id": LETS_IN,
    "passkeys.public_key": LETS_IN,
    "passkeys.extensions": LETS_IN,
    "blocks.other": OTHERS,
    "circle_wishes.other": OTHERS,
    "kind_words.sender": OTHERS,
    "reports.reported": OTHERS,
    "reports.proposed_by": OTHERS,
    "reports.decided_by": OTHERS,
    "restrictions.report": OTHERS,
    "supports.supporter": OTHERS,
    "supports.token": LETS_IN,
    "exports.file": LETS_IN,
    "audit_entries.previous": MACHINE,
    "audit_entries.digest": MACHINE,
    "members.region": MACHINE,
    "groups.source": MACHINE,
    "matching_runs.inputs": MACHINE,
    "events.source": MACHINE,
    "events.fingerprint": MACHINE,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """One table's rows of an account: plain values by column; what was sealed stands opened."""

    name: str
    rows: list[dict[str, Any]] = field(repr=False)


def models() -> dict[str, type[Any]]:
    """Return our tables by name."""
    mappers = Base.registry.mappers
    ours = {each.class_ for each in mappers if each.class_.__module__.startswith("domain.models")}
    return {each.__tablename__: each for each in sorted(ours, key=lambda each: str(each.__tablename__))}


def owner_column(table: str) -> str | None:
    """Return the column that names whose row it is: the one listed, or ``member``."""
    return OWNER.get(table) or ("member" if "member" in Base.metadata.tables[table].columns else None)


def exported(table: str) -> list[str]:
    """Return the columns of a table that are in the copy."""
    if table in TABLES_LEFT_OUT:
        return []
    return [
        each.name for each in Base.metadata.tables[table].columns if f"{table}.{each.name}" not in LEFT_OUT
    ]


def sections() -> list[str]:
    """Return the tables of a copy, in its order."""
    first = ["accounts", "members"]
    rest = [name for name in models() if name not in TABLES_LEFT_OUT and name not in first]
    return first + rest


def _column(table: str, name: str) -> ColumnElement[Any]:
    return Base.metadata.tables[table].columns[name]


def _groups(account: str) -> Any:
    return select(Group.id).where(Group.organizer == account)


def _events(account: str) -> Any:
    return select(Event.id).where(Event.group.in_(_groups(account)))


def read(session: Session, account: str) -> Iterator[Section]:
    """Yield the copy, section by section, in the order of `sections`."""
    classes = models()
    for table in sections():
        rows = session.scalars(select(classes[table]).where(_whose(table, account)).order_by(*_key(table)))
        yield Section(name=table, rows=[_plain(session, table, row) for row in rows])


def _whose(table: str, account: str) -> ColumnElement[bool]:
    if table in WITHIN:
        return WITHIN[table](account)
    column = owner_column(table)
    if column is None:
        raise LookupError(f"{table}: nobody said whose rows these are")
    return _column(table, column) == account


def _key(table: str) -> list[Any]:
    return list(Base.metadata.tables[table].primary_key.columns)


def _plain(session: Session, table: str, row: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in exported(table):
        if name == "sealed":
            values["private"] = sealed.unseal(session, row)
        else:
            values[name] = _value(getattr(row, name))
    return values | _context(session, table, row)


def _value(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case bytes():
            return base64.b64encode(value).decode()
        case _:
            return value


def _context(session: Session, table: str, row: Any) -> dict[str, Any]:
    """Return what makes a row readable: the names of what its ids point at."""
    found: dict[str, Any] = {}
    if table == "accounts":
        found["roles"] = list(
            session.scalars(
                select(RoleRow.name)
                .join(account_roles, account_roles.c.role_id == RoleRow.id)
                .where(account_roles.c.account_id == row.id)
                .order_by(RoleRow.name)
            )
        )
    if occurrence := session.get(Occurrence, getattr(row, "occurrence", None) or ""):
        found["outing"] = session.get_one(Event, occurrence.event).title
        found["starts_at"] = _value(occurrence.starts_at)
    if group := session.get(Group, getattr(row, "group", None) or ""):
        found["group_name"] = group.name
    return found


def request(session: Session, *, account: Account, now: datetime) -> Export:
    """Ask for a copy; one that is being made is returned. Raises `Conflict` beyond three a day."""
    latest = newest(session, account=account.id)
    if latest is not None and is_building(latest, now=now):
        return latest
    today = select(func.count()).where(Export.account == account.id, Export.requested_at > now - KEPT)
    if (session.scalar(today) or 0) >= PER_DAY:
        raise Conflict("You have asked three times today. The last copy is still here for you.")
    row = Export(account=account.id, requested_at=now, done=0, total=len(sections()))
    session.add(row)
    session.flush()
    outbox.record(session, events.ExportRequested(export=row.id))
    _note(session, row, Action.EXPORT_ASKED, now)
    return row


def _note(session: Session, row: Export, action: Action, now: datetime) -> None:
    audit.record(
        session,
        actor=row.account,
        action=action,
        about=f"export:{row.id}",
        reason="Asked for by its owner.",
        now=now,
    )


def newest(session: Session, *, account: str) -> Export | None:
    """Return the copy asked for last."""
    mine = select(Export).where(Export.account == account)
    return session.scalar(mine.order_by(Export.requested_at.desc(), Export.id.desc()).limit(1))


def is_building(row: Export, *, now: datetime) -> bool:
    """Return whether a copy is being made; one that takes an hour is not waited for."""
    return row.finished_at is None and row.failed_at is None and row.requested_at > now - LATE


def is_ready(row: Export, *, now: datetime) -> bool:
    """Return whether a copy can be taken."""
    return row.file is not None and row.expires_at is not None and row.expires_at > now


def finish(session: Session, *, export: str, file: str, now: datetime) -> None:
    """Note where the copy lies, and for how long."""
    row = session.get(Export, export)
    if row is None:
        return
    row.file, row.finished_at, row.expires_at, row.done = file, now, now + KEPT, row.total
    session.flush()
    timer = events.ExportExpired(export=row.id, file=file)
    outbox.record(session, timer, not_before=row.expires_at.timestamp())


def take(session: Session, *, account: str, export: str, now: datetime) -> str:
    """Return the file of one's own copy and note that it was taken; raises `NotFound`."""
    row = session.get(Export, export)
    if row is None or row.account != account or row.file is None or not is_ready(row, now=now):
        raise NotFound("This copy is no longer here. You can ask for a new one.")
    _note(session, row, Action.EXPORT_TAKEN, now)
    return row.file


def expire(session: Session, *, export: str) -> None:
    """Note that the copy is gone."""
    row = session.get(Export, export)
    if row is not None:
        row.file = None
        session.flush()
