"""Amendments: what coordinators learnt about offices of the directory."""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables.base import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "amendment",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("office", sa.String(length=64), nullable=False),
        sa.Column("follows", BIG, nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("signed_by", sa.String(length=500), nullable=False),
        sa.Column("advisor_id", BIG, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
        sa.UniqueConstraint("office", "follows", name=op.f("uq_amendment_office_follows")),
        sa.ForeignKeyConstraint(["advisor_id"], ["advisor.id"], name=op.f("fk_amendment_advisor_id")),
    )


def downgrade() -> None:
    op.drop_table("amendment")
