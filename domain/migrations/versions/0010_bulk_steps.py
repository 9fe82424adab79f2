"""Bulk steps: marks of who was matched together, so that a list written in a bulk run can be replayed.

Lists written before have no such marks; their replay says that others have changed.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new."""
    op.create_table(
        "bulk_steps",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("bulk", sa.String(32), nullable=False),
        sa.Column("matched", sa.LargeBinary(), nullable=False),
        sa.Column("beside", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["bulk"], ["bulk_runs.id"], ondelete="CASCADE", name="fk_bulk_steps_bulk_bulk_runs"),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_steps"),
    )
    op.create_index("ix_bulk_steps_bulk", "bulk_steps", ["bulk"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("bulk_steps")
