"""A few who go together: what was asked, circles, places in them, whom one would meet again.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

import domain.models.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('circle_requests',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('occurrence', sa.String(length=32), nullable=False),
    sa.Column('member', sa.String(length=32), nullable=False),
    sa.Column('topics', sa.JSON(), nullable=False),
    sa.Column('asked_at', domain.models.base.Instant(timezone=True), nullable=False),
    sa.Column('withdrawn_at', domain.models.base.Instant(timezone=True), nullable=True),
    sa.Column('declined', sa.Integer(), nullable=False),
    sa.Column('told', sa.String(length=20), nullable=True),
    sa.ForeignKeyConstraint(['member'], ['members.id'], name=op.f('fk_circle_requests_member_members'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['occurrence'], ['occurrences.id'], name=op.f('fk_circle_requests_occurrence_occurrences'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_circle_requests')),
    sa.UniqueConstraint('occurrence', 'member', name=op.f('uq_circle_requests_occurrence_member'))
    )
    op.create_index(op.f('ix_circle_requests_member'), 'circle_requests', ['member'], unique=False)
    op.create_table('circles',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('occurrence', sa.String(length=32), nullable=False),
    sa.Column('formed_at', domain.models.base.Instant(timezone=True), nullable=False),
    sa.Column('settled_at', domain.models.base.Instant(timezone=True), nullable=True),
    sa.Column('ended_at', domain.models.base.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['occurrence'], ['occurrences.id'], name=op.f('fk_circles_occurrence_occurrences'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_circles'))
    )
    op.create_index(op.f('ix_circles_occurrence'), 'circles', ['occurrence'], unique=False)
    op.create_table('circle_places',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('circle', sa.String(length=32), nullable=False),
    sa.Column('occurrence', sa.String(length=32), nullable=False),
    sa.Column('member', sa.String(length=32), nullable=False),
    sa.Column('answer', sa.String(length=10), nullable=False),
    sa.Column('answered_at', domain.models.base.Instant(timezone=True), nullable=True),
    sa.Column('left_at', domain.models.base.Instant(timezone=True), nullable=True),
    sa.CheckConstraint("answer IN ('waiting', 'yes')", name=op.f('ck_circle_places_answer')),
    sa.ForeignKeyConstraint(['circle'], ['circles.id'], name=op.f('fk_circle_places_circle_circles'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member'], ['members.id'], name=op.f('fk_circle_places_member_members'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['occurrence'], ['occurrences.id'], name=op.f('fk_circle_places_occurrence_occurrences'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_circle_places')),
    sa.UniqueConstraint('circle', 'member', name=op.f('uq_circle_places_circle_member'))
    )
    op.create_index(op.f('ix_circle_places_member'), 'circle_places', ['member'], unique=False)
    op.create_index('uq_circle_places_live', 'circle_places', ['occurrence', 'member'], unique=True, sqlite_where=sa.text('left_at IS NULL'), postgresql_where=sa.text('left_at IS NULL'))
    op.create_table('circle_wishes',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('circle', sa.String(length=32), nullable=False),
    sa.Column('member', sa.String(length=32), nullable=False),
    sa.Column('other', sa.String(length=32), nullable=False),
    sa.Column('created_at', domain.models.base.Instant(timezone=True), nullable=False),
    sa.CheckConstraint('member <> other', name=op.f('ck_circle_wishes_two_people')),
    sa.ForeignKeyConstraint(['circle'], ['circles.id'], name=op.f('fk_circle_wishes_circle_circles'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member'], ['members.id'], name=op.f('fk_circle_wishes_member_members'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['other'], ['members.id'], name=op.f('fk_circle_wishes_other_members'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_circle_wishes')),
    sa.UniqueConstraint('member', 'other', name=op.f('uq_circle_wishes_member_other'))
    )
    op.create_index(op.f('ix_circle_wishes_circle'), 'circle_wishes', ['circle'], unique=False)
    op.create_index(op.f('ix_circle_wishes_other'), 'circle_wishes', ['other'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_circle_wishes_other'), table_name='circle_wishes')
    op.drop_index(op.f('ix_circle_wishes_circle'), table_name='circle_wishes')
    op.drop_table('circle_wishes')
    op.drop_index('uq_circle_places_live', table_name='circle_places', sqlite_where=sa.text('left_at IS NULL'), postgresql_where=sa.text('left_at IS NULL'))
    op.drop_index(op.f('ix_circle_places_member'), table_name='circle_places')
    op.drop_table('circle_places')
    op.drop_index(op.f('ix_circles_occurrence'), table_name='circles')
    op.drop_table('circles')
    op.drop_index(op.f('ix_circle_requests_member'), table_name='circle_requests')
    op.drop_table('circle_requests')
