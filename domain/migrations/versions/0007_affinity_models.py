"""Fits, the models they made, and which was in force when; runs keep marks of what they were told.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from domain.models.base import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _author(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["author"], ["accounts.id"], name=op.f(f"fk_{table}_author_accounts"), ondelete="SET NULL"
    )


def upgrade() -> None:
    op.create_table(
        "model_fits",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("author", sa.String(length=32), nullable=True),
        sa.Column("requested_at", Instant(timezone=True), nullable=False),
        sa.Column("started_at", Instant(timezone=True), nullable=True),
        sa.Column("finished_at", Instant(timezone=True), nullable=True),
        sa.Column("open", sa.Boolean(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("version", sa.String(length=16), nullable=True),
        sa.Column("sizes", sa.JSON(), nullable=True),
        sa.Column("measures", sa.JSON(), nullable=True),
        sa.Column("failure", sa.String(length=120), nullable=True),
        sa.CheckConstraint("(open IS NOT NULL) = (finished_at IS NULL)", name=op.f("ck_model_fits_open")),
        sa.CheckConstraint(
            "(outcome IS NOT NULL) = (finished_at IS NOT NULL)", name=op.f("ck_model_fits_outcome")
        ),
        _author("model_fits"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_fits")),
        sa.UniqueConstraint("open", name=op.f("uq_model_fits_open")),
    )
    op.create_index(op.f("ix_model_fits_version"), "model_fits", ["version"])
    op.create_table(
        "model_arrays",
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint("length(data) <= 67108864", name=op.f("ck_model_arrays_bytes")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_model_arrays")),
    )
    op.create_table(
        "model_activations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=True),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("author", sa.String(length=32), nullable=True),
        sa.Column("activated_at", Instant(timezone=True), nullable=False),
        sa.Column("retired_at", Instant(timezone=True), nullable=True),
        sa.Column("kept_until", Instant(timezone=True), nullable=True),
        sa.Column("in_force", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(in_force IS NOT NULL) = (retired_at IS NULL)", name=op.f("ck_model_activations_in_force")
        ),
        _author("model_activations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_activations")),
        sa.UniqueConstraint("in_force", name=op.f("uq_model_activations_in_force")),
        sa.UniqueConstraint("number", name=op.f("uq_model_activations_number")),
    )
    op.add_column("matching_runs", sa.Column("inputs", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("matching_runs") as batch_op:
        batch_op.drop_column("inputs")
    op.drop_table("model_activations")
    op.drop_table("model_arrays")
    op.drop_index(op.f("ix_model_fits_version"), table_name="model_fits")
    op.drop_table("model_fits")
