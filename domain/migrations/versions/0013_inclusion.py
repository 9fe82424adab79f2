"""Inclusion: what an organizer says is not there, beside what is.

Groups from before have said nothing of the kind.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new, with a constant, so that no table is rewritten on PostgreSQL."""
    op.add_column("groups", sa.Column("access_unmet", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("groups", "access_unmet")
