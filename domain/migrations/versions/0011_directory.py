"""A directory of professional support, kept by admins, and who leads a group as a professional.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

import domain.models.base

revision = "0011"
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
    op.create_table(
        "facilitations",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("group", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("profession", sa.String(120), nullable=False),
        sa.Column("register", sa.String(280), nullable=False),
        sa.Column("asked_at", domain.models.base.Instant(timezone=True), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=True),
        sa.Column("decided_at", domain.models.base.Instant(timezone=True), nullable=True),
        sa.Column("reason", sa.String(280), nullable=True),
        sa.ForeignKeyConstraint(["group"], ["groups.id"], ondelete="CASCADE", name="fk_facilitations_group_groups"),
        sa.PrimaryKeyConstraint("id", name="pk_facilitations"),
        sa.UniqueConstraint("group", name="uq_facilitations_group"),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("facilitations")
    op.drop_table("service_approaches")
    op.drop_table("services")
