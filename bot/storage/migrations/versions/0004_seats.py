"""Waitlists, groups, reminders and feedback: what seats need beyond being taken."""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables.base import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("info_session") as change:
        change.add_column(sa.Column("series", sa.String(length=64), nullable=True))
        change.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
        change.add_column(sa.Column("walk_ins", sa.Integer(), nullable=False, server_default="0"))
        change.add_column(sa.Column("attended_at", Moment(), nullable=True))
    with op.batch_alter_table("booking") as change:
        change.add_column(sa.Column("code", sa.String(length=64), nullable=True))
        change.add_column(sa.Column("offered_until", Moment(), nullable=True))
        change.add_column(sa.Column("reminded", sa.Integer(), nullable=True))
        change.add_column(sa.Column("coming", sa.Boolean(), nullable=True))
        change.add_column(sa.Column("feedback_at", Moment(), nullable=True))
    op.create_table(
        "feedback",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("language", sa.String(length=64), nullable=False),
        sa.Column("clear", sa.Integer(), nullable=True),
        sa.Column("useful", sa.Integer(), nullable=True),
        sa.Column("wish", sa.String(length=64), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.ForeignKeyConstraint(["session_id"], ["info_session.id"], name=op.f("fk_feedback_session_id")),
    )
    op.create_index(op.f("ix_feedback_session_id"), "feedback", ["session_id"])


def downgrade() -> None:
    op.drop_table("feedback")
    with op.batch_alter_table("booking") as change:
        for name in ("feedback_at", "coming", "reminded", "offered_until", "code"):
            change.drop_column(name)
    with op.batch_alter_table("info_session") as change:
        for name in ("attended_at", "walk_ins", "revision", "series"):
            change.drop_column(name)
