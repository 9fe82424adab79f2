"""A word now and then to get in touch with somebody, where a member asked for it.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

import domain.models.base

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new."""
    table = "person_touches"
    op.create_table(
        table,
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("created_at", domain.models.base.Instant(timezone=True), nullable=False),
        sa.Column("due_at", domain.models.base.Instant(timezone=True), nullable=False),
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
        sa.UniqueConstraint("person", name=op.f(f"uq_{table}_person")),
    )
    op.create_index(op.f(f"ix_{table}_member"), table, ["member"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("person_touches")
