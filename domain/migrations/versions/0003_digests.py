"""Whether and when a member is sent a letter about the week ahead.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

import domain.models.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digests",
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("due_at", domain.models.base.Instant(timezone=True), nullable=True),
        sa.Column("sent_at", domain.models.base.Instant(timezone=True), nullable=True),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_digests_hour")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_digests_weekday")),
        sa.ForeignKeyConstraint(
            ["member"], ["members.id"], name=op.f("fk_digests_member_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_digests")),
    )


def downgrade() -> None:
    op.drop_table("digests")
