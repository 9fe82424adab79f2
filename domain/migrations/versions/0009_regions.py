"""Regions: a mark beside each member's sealed place, and bulk runs in parts.

Existing members begin without a mark, which counts as "may be anywhere"; housekeeping marks them in small
steps while people go on. A bulk run under way at the time begins again.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

import domain.models.base

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new; columns come with a constant, so that no table is rewritten on PostgreSQL."""
    op.add_column("members", sa.Column("region", sa.String(32), server_default="", nullable=False))
    op.create_index("ix_members_region", "members", ["region", "id"])
    op.add_column("bulk_runs", sa.Column("events", sa.JSON(), nullable=True))
    op.drop_column("bulk_runs", "after")
    op.execute("UPDATE bulk_runs SET done = 0 WHERE finished_at IS NULL")
    op.create_table(
        "bulk_parts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("bulk", sa.String(32), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("after", sa.String(32), nullable=False),
        sa.Column("finished_at", domain.models.base.Instant(timezone=True)),
        sa.ForeignKeyConstraint(["bulk"], ["bulk_runs.id"], ondelete="CASCADE", name="fk_bulk_parts_bulk_bulk_runs"),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_parts"),
        sa.UniqueConstraint("bulk", "region", name="uq_bulk_parts_bulk_region"),
    )


def downgrade() -> None:
    """Take it back; a bulk run under way begins again."""
    op.drop_table("bulk_parts")
    op.add_column("bulk_runs", sa.Column("after", sa.String(32), server_default="", nullable=False))
    op.drop_column("bulk_runs", "events")
    op.execute("UPDATE bulk_runs SET done = 0 WHERE finished_at IS NULL")
    op.drop_index("ix_members_region", "members")
    op.drop_column("members", "region")
