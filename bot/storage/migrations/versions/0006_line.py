"""The line is found without reading every booking; a code names one booking of a session."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0010"
branch_labels = None
depends_on = None

LINE = sa.text("status IN ('waitlisted', 'offered')")


def upgrade() -> None:
    op.create_index("ix_booking_line", "booking", ["session_id", "id"], postgresql_where=LINE, sqlite_where=LINE)
    op.create_index("uq_booking_code", "booking", ["session_id", "code"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_booking_code", "booking")
    op.drop_index("ix_booking_line", "booking")
