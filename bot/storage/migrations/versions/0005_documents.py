"""Documents made for one person."""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables.base import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("content_type", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("token", name=op.f("uq_document_token")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_document_contact_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_document_contact_id"), "document", ["contact_id"])
    op.create_index(op.f("ix_document_expires_at"), "document", ["expires_at"])


def downgrade() -> None:
    op.drop_table("document")
