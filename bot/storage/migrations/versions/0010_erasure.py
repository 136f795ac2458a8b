"""Erasure: what a person decides on, the envelope of the receipt, and what providers still keep."""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables.base import Moment

revision = "0010"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":  # rows are deleted from now on, and no id may come twice
        for name in ("inbox", "outbox", "timer", "media"):
            with op.batch_alter_table(name, recreate="always", table_kwargs={"sqlite_autoincrement": True}):
                pass
    with op.batch_alter_table("contact") as change:
        change.add_column(sa.Column("moved_to", BIG, nullable=True))
    op.create_index(op.f("ix_contact_moved_to"), "contact", ["moved_to"])
    with op.batch_alter_table("erasure") as change:
        change.add_column(sa.Column("state", sa.String(length=64), nullable=False, server_default="done"))
        change.add_column(sa.Column("envelope_id", BIG, nullable=True))
    op.create_index(op.f("ix_erasure_contact_id"), "erasure", ["contact_id"])
    op.create_index(op.f("ix_erasure_state_at"), "erasure", ["state", "at"])
    op.create_table(
        "provider_copy",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=500), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("next_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_copy")),
        sa.UniqueConstraint("channel", "reference", name=op.f("uq_provider_copy_channel_reference")),
    )
    op.create_index(op.f("ix_provider_copy_next_at"), "provider_copy", ["next_at"])
    op.create_table(
        "hold",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by", sa.String(length=500), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("released_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_hold_contact_id")),
    )
    op.create_index(op.f("ix_hold_contact_id"), "hold", ["contact_id"])
    op.create_table(
        "authority_request",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("authority", sa.String(length=500), nullable=False),
        sa.Column("basis", sa.String(length=500), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("by", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_request")),
    )


def downgrade() -> None:
    op.drop_table("authority_request")
    op.drop_table("hold")
    op.drop_table("provider_copy")
    op.drop_index(op.f("ix_erasure_state_at"), "erasure")
    op.drop_index(op.f("ix_erasure_contact_id"), "erasure")
    with op.batch_alter_table("erasure") as change:
        for name in ("envelope_id", "state"):
            change.drop_column(name)
    op.drop_index(op.f("ix_contact_moved_to"), "contact")
    with op.batch_alter_table("contact") as change:
        change.drop_column("moved_to")
