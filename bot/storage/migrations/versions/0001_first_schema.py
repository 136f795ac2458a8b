"""The first schema: people with their own keys, inbox and outbox, sessions and seats, cases, happenings."""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables.base import Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('advisor',
    sa.Column('id', BIG, autoincrement=True, nullable=False),
    sa.Column('login', sa.String(length=120), nullable=False),
    sa.Column('name', sa.String(length=500), nullable=False),
    sa.Column('role', sa.String(length=64), nullable=False),
    sa.Column('office', sa.String(length=64), nullable=True),
    sa.Column('office_kind', sa.String(length=64), nullable=False),
    sa.Column('region', sa.String(length=64), nullable=True),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('interface', sa.String(length=64), nullable=False),
    sa.Column('password_hash', sa.String(length=500), nullable=False),
    sa.Column('totp_secret', sa.LargeBinary(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('locked_until', Moment(), nullable=True),
    sa.Column('created_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_advisor')),
    sa.UniqueConstraint('login', name=op.f('uq_advisor_login'))
    )
    op.create_table('audit',
    sa.Column('id', BIG, autoincrement=True, nullable=False),
    sa.Column('advisor_id', BIG, nullable=True),
    sa.Column('action', sa.String(length=64), nullable=False),
    sa.Column('object', sa.String(length=64), nullable=True),
    sa.Column('at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit'))
    )
    op.create_index(op.f('ix_audit_at'), 'audit', ['at'], unique=False)
    op.create_table('contact',
    sa.Column('id', BIG, autoincrement=True, nullable=False),
    sa.Column('data_key', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('seen_at', Moment(), nullable=False),
    sa.Column('language', sa.String(length=64), nullable=True),
    sa.Column('region', sa.String(length=64), nullable=True),
    sa.Column('minor', sa.Boolean(), nullable=True),
    sa.Column('opted_out_at', Moment(), nullable=True),
    sa.Column('out_seq', sa.Integer(), nullable=False),
    sa.Column('erased_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact'))
    )
    op.create_table('erasure',
    sa.Column('id', BIG, autoincrement=True, nullable=False),
    sa.Column('contact_id', BIG, nullable=False),
    sa.Column('receipt', sa.String(length=64), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure'))
    )
    op.create_table('happening',
    sa.Column('id', BIG, autoincrement=True, nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('period', sa.String(length=64), nullable=False),
    sa.Column('what', sa.String(length=64), nullable=False),
    sa.Column('pseudonym', sa.String(length=64), nullable=False),
    sa.Column('channel', sa.String(length=64), nullable=True),
    sa.Column('language', sa.String(length=64), nullable=True),
    sa.Column('region', sa.String(length=64), nullable=True),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_happening'))
    )
    op.create_index(op.f('ix_happening_period_what'), 'happening', ['period', 'what'], unique=False)
    op.create_table('info_session',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('token', sa.String(length=64), nullable=False),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('description', sa.JSON(), nullable=False),
    sa.Column('place', sa.String(length=500), nullable=False),
    sa.Column('city', sa.String(length=64), nullable=False),
    sa.Column('region', sa.String(length=64), nullable=False),
    sa.Column('link', sa.String(length=500), nullable=True),
    sa.Column('audience', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=64), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('waitlist', sa.Integer(), nullable=False),
    sa.Column('starts', sa.String(length=64), nullable=False),
    sa.Column('ends', sa.String(length=64), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('booking_opens', sa.String(length=64), nullable=True),
    sa.Column('booking_closes', sa.String(length=64), nullable=True),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.CheckConstraint('capacity >= 0', name=op.f('ck_info_session_capacity')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_info_session')),
    sa.UniqueConstraint('token', name=op.f('uq_info_session_token'))
    )
    op.create_index(op.f('ix_info_session_state_starts'), 'info_session', ['state', 'starts'], unique=False)
    op.create_table('lease',
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('holder', sa.String(length=64), nullable=False),
    sa.Column('until', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_lease'))
    )
    op.create_table('mark',
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('value', BIG, nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_mark'))
    )
    op.create_table('period',
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('key', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_period'))
    )
    op.create_table('receipt',
    sa.Column('id', BIG, autoincrement=True, nullable=False),
    sa.Column('channel', sa.String(length=64), nullable=False),
    sa.Column('provider_id', sa.String(length=200), nullable=False),
    sa.Column('status', sa.String(length=64), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=True),
    sa.Column('received_at', Moment(), nullable=False),
    sa.Column('applied_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt')),
    sa.UniqueConstraint('channel', 'provider_id', 'status', name=op.f('uq_receipt_channel_provider_id_status'))
    )
    op.create_table('booking',
    sa.Column('id', BIG, autoincrement=True, nullable=False),
    sa.Column('session_id', sa.String(length=36), nullable=False),
    sa.Column('contact_id', BIG, nullable=False),
    sa.Column('status', sa.String(length=64), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('changed_at', Moment(), nullable=False),
    sa.CheckConstraint('seats >= 1', name=op.f('ck_booking_seats')),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_booking_contact_id')),
    sa.ForeignKeyConstraint(['session_id'], ['info_session.id'], name=op.f('fk_booking_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking'))
    )
    op.create_index(op.f('ix_booking_contact_id'), 'booking', ['contact_id'], unique=False)
    op.create_index('uq_booking_active', 'booking', ['session_id', 'contact_id'], unique=True, postgresql_where=sa.text("status IN ('confirmed', 'waitlisted', 'offered')"), sqlite_where=sa.text("status IN ('confirmed', 'waitlisted', 'offered')"))
    op.create_table('consent',
    sa.Column('id', BIG, autoincrement=True, nullable=False),
    sa.Column('contact_id', BIG, nullable=False),
    sa.Column('purpose', sa.String(length=64), nullable=False),
    sa.Column('version', sa.String(length=64), nullable=False),
    sa.Column('given_at', Moment(), nullable=False),
    sa.Column('withdrawn_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_consent_contact_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent')),
    sa.UniqueConstraint('contact_id', 'purpose', name=op.f('uq_consent_contact_id_purpose'))
    )
    op.create_table('contact_address',
    sa.Column('id', BIG, autoincrement=True, nullable=False),
    sa.Column('contact_id', BIG, nullable=False),
    sa.Column('channel', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('lookup_hash', sa.LargeBinary(), nullable=False),
    sa.Column('value', sa.LargeBinary(), nullable=False),
    sa.Column('reply_to', sa.Boolean(), nullable=False),
    sa.Column('reachable', sa.Boolean(), nullable=False),
    sa.Column('hint', sa.String(length=64), nullable=True),
    sa.Column('last_inbound_at', Moment(), nullable=True),
    sa.Column('created_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_contact_address_contact_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_address')),
    sa.UniqueConstraint('channel', 'kind', 'lookup_hash', name=op.f('uq_contact_address_channel_kind_lookup_hash'))
    )
    op.create_index(op.f('ix_contact_address_contact_id'), 'contact_address', ['contact_id'], unique=False)
    op.create_table('conversation',
    sa.Column('contact_id', BIG, nullable=False),
    sa.Column('state', sa.LargeBinary(), nullable=False),
    sa.Column('mode', sa.String(length=64), nullable=False),
    sa.Column('updated_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_conversation_contact_id')),
    sa.PrimaryKeyConstraint('contact_id', name=op.f('pk_conversation'))
    )
    op.create_table('handoff_case',
    sa.Column('id', BIG, autoincrement=True, nullable=False),
    sa.Column('contact_id', BIG, nullable=False),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('stage', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.String(length=64), nullable=False),
    sa.Column('urgency', sa.Integer(), nullable=False),
    sa.Column('topic', sa.String(length=64), nullable=True),
    sa.Column('region', sa.String(length=64), nullable=True),
    sa.Column('language', sa.String(length=64), nullable=True),
    sa.Column('audience', sa.String(length=64), nullable=True),
    sa.Column('office_kind', sa.String(length=64), nullable=False),
    sa.Column('owner_id', BIG, nullable=True),
    sa.Column('lease_until', Moment(), nullable=True),
    sa.Column('unread', sa.Integer(), nullable=False),
    sa.Column('alarm_at', Moment(), nullable=True),
    sa.Column('opened_at', Moment(), nullable=False),
    sa.Column('taken_at', Moment(), nullable=True),
    sa.Column('active_at', Moment(), nullable=True),
    sa.Column('person_at', Moment(), nullable=False),
    sa.Column('closed_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_handoff_case_contact_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['advisor.id'], name=op.f('fk_handoff_case_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handoff_case'))
    )
    op.create_index(op.f('ix_handoff_case_owner_id'), 'handoff_case', ['owner_id'], unique=False)
    op.create_index(op.f('ix_handoff_case_state_opened_at'), 'handoff_case', ['state', 'opened_at'], unique=False)
    op.create_index('uq_handoff_case_open', 'handoff_case', ['contact_id'], unique=True, postgresql_where=sa.text("state <> 'closed'"), sqlite_where=sa.text("state <> 'closed'"))
    op.create_table('inbox',
    sa.Column('id', BIG, autoincrement=True, nullable=False),
    sa.Column('contact_id', BIG, nullable=False),
    sa.Column('channel', sa.String(length=64), nullable=False),
    sa.Column('provider_id', sa.String(length=200), nullable=False),
    sa.Column('sort_key', BIG, nullable=True),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('event', sa.LargeBinary(), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('error', sa.String(length=64), nullable=True),
    sa.Column('trace', sa.String(length=64), nullable=False),
    sa.Column('received_at', Moment(), nullable=False),
    sa.Column('due_at', Moment(), nullable=False),
    sa.Column('handled_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_inbox_contact_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbox')),
    sa.UniqueConstraint('channel', 'provider_id', name=op.f('uq_inbox_channel_provider_id'))
    )
    op.create_index(op.f('ix_inbox_contact_id_id'), 'inbox', ['contact_id', 'id'], unique=False)
    op.create_index('ix_inbox_waiting', 'inbox', ['due_at'], unique=False, postgresql_where=sa.text("state = 'waiting'"), sqlite_where=sa.text("state = 'waiting'"))
    op.create_table('link_code',
    sa.Column('code_hash', sa.LargeBinary(), nullable=False),
    sa.Column('contact_id', BIG, nullable=False),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.Column('used_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_link_code_contact_id')),
    sa.PrimaryKeyConstraint('code_hash', name=op.f('pk_link_code'))
    )
    op.create_table('media',
    sa.Column('id', BIG, autoincrement=True, nullable=False),
    sa.Column('token', sa.String(length=64), nullable=False),
    sa.Column('contact_id', BIG, nullable=False),
    sa.Column('channel', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('content_type', sa.String(length=64), nullable=True),
    sa.Column('seconds', sa.Integer(), nullable=True),
    sa.Column('reference', sa.LargeBinary(), nullable=False),
    sa.Column('stored', sa.Boolean(), nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_media_contact_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_media')),
    sa.UniqueConstraint('token', name=op.f('uq_media_token'))
    )
    op.create_index(op.f('ix_media_contact_id'), 'media', ['contact_id'], unique=False)
    op.create_table('sign_in',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('advisor_id', BIG, nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('seen_at', Moment(), nullable=False),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['advisor_id'], ['advisor.id'], name=op.f('fk_sign_in_advisor_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_sign_in'))
    )
    op.create_index(op.f('ix_sign_in_advisor_id'), 'sign_in', ['advisor_id'], unique=False)
    op.create_table('timer',
    sa.Column('id', BIG, autoincrement=True, nullable=False),
    sa.Column('contact_id', BIG, nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('due_at', Moment(), nullable=False),
    sa.Column('done_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_timer_contact_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_timer'))
    )
    op.create_index('ix_timer_due', 'timer', ['due_at'], unique=False, postgresql_where=sa.text('done_at IS NULL'), sqlite_where=sa.text('done_at IS NULL'))
    op.create_table('case_note',
    sa.Column('id', BIG, autoincrement=True, nullable=False),
    sa.Column('case_id', BIG, nullable=False),
    sa.Column('advisor_id', BIG, nullable=True),
    sa.Column('message_id', sa.String(length=64), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=True),
    sa.Column('at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['advisor_id'], ['advisor.id'], name=op.f('fk_case_note_advisor_id')),
    sa.ForeignKeyConstraint(['case_id'], ['handoff_case.id'], name=op.f('fk_case_note_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_note'))
    )
    op.create_index(op.f('ix_case_note_case_id'), 'case_note', ['case_id'], unique=False)
    op.create_table('outbox',
    sa.Column('id', BIG, autoincrement=True, nullable=False),
    sa.Column('contact_id', BIG, nullable=False),
    sa.Column('address_id', BIG, nullable=False),
    sa.Column('seq', BIG, nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=64), nullable=False),
    sa.Column('content_id', sa.String(length=64), nullable=True),
    sa.Column('content_version', sa.String(length=64), nullable=True),
    sa.Column('journey', sa.String(length=64), nullable=True),
    sa.Column('signal', sa.String(length=64), nullable=True),
    sa.Column('author', sa.String(length=64), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('error', sa.String(length=64), nullable=True),
    sa.Column('trace', sa.String(length=64), nullable=False),
    sa.Column('provider_id', sa.String(length=200), nullable=True),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('next_at', Moment(), nullable=False),
    sa.Column('claimed_until', Moment(), nullable=True),
    sa.Column('sent_at', Moment(), nullable=True),
    sa.Column('delivered_at', Moment(), nullable=True),
    sa.Column('read_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['address_id'], ['contact_address.id'], name=op.f('fk_outbox_address_id')),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_outbox_contact_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('contact_id', 'seq', name=op.f('uq_outbox_contact_id_seq'))
    )
    op.create_index(op.f('ix_outbox_channel_provider_id'), 'outbox', ['channel', 'provider_id'], unique=False)
    op.create_index('ix_outbox_head', 'outbox', ['contact_id', 'priority', 'seq'], unique=False, postgresql_where=sa.text("state IN ('queued', 'sending')"), sqlite_where=sa.text("state IN ('queued', 'sending')"))
    op.create_index('ix_outbox_open', 'outbox', ['next_at'], unique=False, postgresql_where=sa.text("state IN ('queued', 'sending')"), sqlite_where=sa.text("state IN ('queued', 'sending')"))

