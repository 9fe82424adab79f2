"""Needs cards, where their owners show them, and kind sentences after an outing.

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
    _kind_words()


def _kind_words() -> None:
    op.create_table(
        "kind_words",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("circle", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("sender", sa.String(length=32), nullable=False),
        sa.Column("sentence", sa.String(length=20), nullable=False),
        sa.Column("created_at", domain.models.base.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("member <> sender", name=op.f("ck_kind_words_two_people")),
        sa.ForeignKeyConstraint(
            ["circle"], ["circles.id"], name=op.f("fk_kind_words_circle_circles"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member"], ["members.id"], name=op.f("fk_kind_words_member_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sender"], ["members.id"], name=op.f("fk_kind_words_sender_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kind_words")),
        sa.UniqueConstraint("circle", "member", "sender", name=op.f("uq_kind_words_circle_member_sender")),
    )
    for column in ("member", "sender"):
        op.create_index(op.f(f"ix_kind_words_{column}"), "kind_words", [column])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("kind_words")
    op.drop_column("circle_requests", "card")
    op.drop_table("needs_cards")
