"""Who came to a session, as ticked at the door."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("booking") as change:
        change.add_column(sa.Column("came", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("booking") as change:
        change.drop_column("came")
