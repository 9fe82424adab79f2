"""Needs cards, and where their owners show them.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

import domain.models.base

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new; whoever has asked for company already has said nothing about a card."""
    op.create_table(
        "needs_cards",
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("always", sa.Boolean(), nullable=False),
        sa.Column("updated_at", domain.models.base.Instant(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member"], ["members.id"], name=op.f("fk_needs_cards_member_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_needs_cards")),
    )
    op.add_column("circle_requests", sa.Column("card", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("circle_requests", "card")
    op.drop_table("needs_cards")
