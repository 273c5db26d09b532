"""Refunds, and what was paid on a payable so far."""

import sqlalchemy as sa
from alembic import op

from preau.common.db.migrations import enable_tenant_rls

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("payable", sa.Column("paid_cents", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "refund",
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("commune_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("refund_id", name="pk_refund"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.payment_id"], name="fk_refund_payment_id"),
        sa.CheckConstraint("amount_cents > 0", name="ck_refund_amount"),
        sa.CheckConstraint("status IN ('requested', 'done', 'denied')", name="ck_refund_status"),
    )
    op.create_index(
        "uq_refund_payment_id",
        "refund",
        ["payment_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'denied'"),
    )
    op.create_index(
        "ix_refund_next_attempt_at",
        "refund",
        ["next_attempt_at"],
        postgresql_where=sa.text("status = 'requested'"),
    )
    enable_tenant_rls("refund")
