"""Meetings: how welcome people felt in a group, as one sealed total a quarter.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new."""
    op.create_table(
        "belonging_totals",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("group", sa.String(32), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group"], ["groups.id"], name="fk_belonging_totals_group_groups", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_belonging_totals"),
        sa.UniqueConstraint("group", "quarter", name="uq_belonging_totals_group_quarter"),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("belonging_totals")
