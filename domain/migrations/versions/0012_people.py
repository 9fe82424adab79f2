"""Notes about people one sees, days to keep in mind, routines, and the days on which one was done.

Revision ID: 0012
Revises: 0011
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

import domain.models.base

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new."""
    _of_a_person("person_notes")
    _of_a_person(
        "person_dates", sa.Column("due_at", domain.models.base.Instant(timezone=True), nullable=True)
    )
    _routines()
    _routine_days()


def _of_a_person(table: str, *columns: sa.Column[datetime]) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("created_at", domain.models.base.Instant(timezone=True), nullable=False),
        *columns,
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member"], ["members.id"], name=op.f(f"fk_{table}_member_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person"],
            ["notebook_entries.id"],
            name=op.f(f"fk_{table}_person_notebook_entries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    for column in ("member", "person"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _routines() -> None:
    op.create_table(
        "routines",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("created_at", domain.models.base.Instant(timezone=True), nullable=False),
        sa.Column("paused_at", domain.models.base.Instant(timezone=True), nullable=True),
        sa.Column("due_at", domain.models.base.Instant(timezone=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member"], ["members.id"], name=op.f("fk_routines_member_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routines")),
    )
    op.create_index(op.f("ix_routines_member"), "routines", ["member"])


def _routine_days() -> None:
    op.create_table(
        "routine_days",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("routine", sa.String(length=32), nullable=True),
        sa.Column("created_at", domain.models.base.Instant(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member"], ["members.id"], name=op.f("fk_routine_days_member_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["routine"], ["routines.id"], name=op.f("fk_routine_days_routine_routines"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routine_days")),
    )
    for column in ("member", "routine"):
        op.create_index(op.f(f"ix_routine_days_{column}"), "routine_days", [column])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("routine_days")
    op.drop_table("routines")
    op.drop_table("person_dates")
    op.drop_table("person_notes")
