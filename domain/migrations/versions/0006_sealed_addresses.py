"""E-mail addresses are sealed under each account's own key, and found by a mark.

Revision ID: 0006
Revises: 0005
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from domain import accounts, sealed

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CHUNK = 500


class Base(DeclarativeBase):
    """The table as it is halfway."""


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str | None]
    email_mark: Mapped[str | None]
    sealed: Mapped[bytes | None] = mapped_column(sa.LargeBinary)


def _chunks(session: Session) -> Iterator[list[Any]]:
    last = ""
    while True:
        rows = list(
            session.scalars(sa.select(Account).where(Account.id > last).order_by(Account.id).limit(CHUNK))
        )
        if not rows:
            return
        sealed.open_keys(session, [row.id for row in rows])
        yield rows
        last = rows[-1].id
        session.flush()
        session.expunge_all()


def _session() -> Session | None:
    """Return a session that can seal, None where there is nobody yet."""
    connection = op.get_bind()
    if connection.scalar(sa.select(sa.func.count()).select_from(Account.__table__)) == 0:
        return None
    config = op.get_context().config
    keyring = config.attributes.get("keyring") if config else None
    if keyring is None:
        raise RuntimeError("This version seals addresses and needs the master key: run `handrail migrate`.")
    return Session(connection, info={"keyring": keyring})


def upgrade() -> None:
    with op.batch_alter_table("accounts") as batch:
        batch.add_column(sa.Column("email_mark", sa.String(length=64), nullable=True))
        batch.add_column(sa.Column("sealed", sa.LargeBinary(), nullable=True))
    if session := _session():
        for rows in _chunks(session):
            for row in rows:
                accounts.set_email(session, row, row.email)
    with op.batch_alter_table("accounts") as batch:
        batch.drop_constraint(op.f("ck_accounts_email_lower"), type_="check")
        batch.drop_column("email")
        batch.alter_column("email_mark", existing_type=sa.String(length=64), nullable=False)
        batch.alter_column("sealed", existing_type=sa.LargeBinary(), nullable=False)
        batch.create_unique_constraint(op.f("uq_accounts_email_mark"), ["email_mark"])


def downgrade() -> None:
    with op.batch_alter_table("accounts") as batch:
        batch.add_column(sa.Column("email", sa.String(length=255), nullable=True))
    if session := _session():
        for rows in _chunks(session):
            for row in rows:
                row.email = accounts.email_of(session, row)
    with op.batch_alter_table("accounts") as batch:
        batch.drop_column("email_mark")
        batch.drop_column("sealed")
        batch.alter_column("email", existing_type=sa.String(length=255), nullable=False)
        batch.create_unique_constraint(op.f("uq_accounts_email"), ["email"])
        batch.create_check_constraint(op.f("ck_accounts_email_lower"), "email = lower(email)")
