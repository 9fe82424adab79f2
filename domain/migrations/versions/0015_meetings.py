"""Meetings: how welcome people felt in a group, as one sealed total a quarter; small courtesies and tasks.

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
    op.create_table(
        "courtesies",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("occurrence", sa.String(32), nullable=False),
        sa.Column("member", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["occurrence"],
            ["occurrences.id"],
            name="fk_courtesies_occurrence_occurrences",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member"], ["members.id"], name="fk_courtesies_member_members", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_courtesies"),
        sa.UniqueConstraint(
            "occurrence", "member", "kind", name="uq_courtesies_occurrence_member_kind"
        ),
    )
    op.create_index("ix_courtesies_member", "courtesies", ["member"])
    op.create_table(
        "event_tasks",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(60), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint("people > 0", name="ck_event_tasks_people"),
        sa.ForeignKeyConstraint(
            ["event"], ["events.id"], name="fk_event_tasks_event_events", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_event_tasks"),
    )
    op.create_index("ix_event_tasks_event", "event_tasks", ["event"])
    op.create_table(
        "task_takers",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("task", sa.String(32), nullable=False),
        sa.Column("occurrence", sa.String(32), nullable=False),
        sa.Column("member", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["task"], ["event_tasks.id"], name="fk_task_takers_task_event_tasks", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["occurrence"],
            ["occurrences.id"],
            name="fk_task_takers_occurrence_occurrences",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member"], ["members.id"], name="fk_task_takers_member_members", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_task_takers"),
        sa.UniqueConstraint("occurrence", "member", name="uq_task_takers_occurrence_member"),
    )
    op.create_index("ix_task_takers_task", "task_takers", ["task"])
    op.create_index("ix_task_takers_member", "task_takers", ["member"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("task_takers")
    op.drop_table("event_tasks")
    op.drop_table("courtesies")
    op.drop_table("belonging_totals")
