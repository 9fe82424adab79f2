"""A directory of professional support, kept by admins.

Revision ID: 0013
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

import domain.models.base

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new."""
    op.create_table(
        "services",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("about", sa.String(280), nullable=False),
        sa.Column("begin", sa.String(280), nullable=False),
        sa.Column("cost", sa.String(120), nullable=False),
        sa.Column("locality", sa.String(120), nullable=True),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(600), nullable=True),
        sa.Column("phone", sa.String(40), nullable=True),
        sa.Column("checked_at", domain.models.base.Instant(timezone=True), nullable=False),
        sa.Column("created_at", domain.models.base.Instant(timezone=True), nullable=False),
        sa.Column("retired_at", domain.models.base.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_services"),
    )
    op.create_index("ix_services_name", "services", ["name"])
    op.create_table(
        "service_approaches",
        sa.Column("service", sa.String(32), nullable=False),
        sa.Column("approach", sa.String(30), nullable=False),
        sa.ForeignKeyConstraint(
            ["service"], ["services.id"], ondelete="CASCADE", name="fk_service_approaches_service_services"
        ),
        sa.PrimaryKeyConstraint("service", "approach", name="pk_service_approaches"),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("service_approaches")
    op.drop_table("services")
