"""Notes about people one sees, and days to keep in mind, with a reminder where one is wanted.

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


def downgrade() -> None:
    """Take it back."""
    op.drop_table("person_dates")
    op.drop_table("person_notes")
