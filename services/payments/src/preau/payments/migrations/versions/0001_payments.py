"""Payables, payments, receipts, webhooks, contracts, copies, and the sandbox bank's books."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from preau.common.db.migrations import create_messaging_tables, enable_tenant_rls

revision = "0001"
down_revision = None

PAYMENT_STATUSES = (
    "'created', 'redirected', 'pending', 'settled', 'refused', 'cancelled', 'expired', 'review', 'refunded'"
)


def instant(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def optional_instant(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True))


def uuid(name: str, *, optional: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Uuid(), nullable=optional)


def words(name: str, *, optional: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Text(), nullable=optional)


def whole(name: str, *, optional: bool = False, default: str | None = None) -> "sa.Column[object]":
    return sa.Column(name, sa.Integer(), nullable=optional, server_default=default)


def create_copies() -> None:
    op.create_table(
        "commune_copy",
        uuid("commune_id"),
        whole("version"),
        words("name"),
        words("time_zone"),
        sa.PrimaryKeyConstraint("commune_id", name="pk_commune_copy"),
    )
    op.create_table(
        "family_copy",
        uuid("family_id"),
        uuid("commune_id"),
        whole("version"),
        words("label"),
        words("payer_name"),
        words("payer_email"),
        sa.PrimaryKeyConstraint("family_id", name="pk_family_copy"),
    )


def create_payables() -> None:
    op.create_table(
        "payable",
        uuid("invoice_id"),
        uuid("commune_id"),
        uuid("regie_id"),
        words("regie_label"),
        uuid("family_id"),
        words("number"),
        words("kind"),
        whole("total_cents"),
        sa.Column("due_date", sa.Date(), nullable=False),
        uuid("order_id", optional=True),
        words("status"),
        whole("invoice_version", default="0"),
        instant("opened_at"),
        optional_instant("closed_at"),
        sa.PrimaryKeyConstraint("invoice_id", name="pk_payable"),
        sa.CheckConstraint("status IN ('open', 'paid', 'cancelled')", name="ck_payable_status"),
    )
    op.create_index("ix_payable_family_id", "payable", ["family_id", "status"])


def create_payments() -> None:
    op.create_table(
        "payment",
        uuid("payment_id"),
        uuid("commune_id"),
        uuid("regie_id"),
        words("regie_label"),
        uuid("family_id"),
        uuid("account_id", optional=True),
        words("provider"),
        words("provider_ref", optional=True),
        words("status"),
        whole("version", default="1"),
        whole("amount_cents"),
        whole("received_cents", optional=True),
        words("method", optional=True),
        words("return_url"),
        words("redirect_url", optional=True),
        instant("created_at"),
        optional_instant("settled_at"),
        words("receipt_number", optional=True),
        optional_instant("asked_at"),
        optional_instant("next_check_at"),
        sa.PrimaryKeyConstraint("payment_id", name="pk_payment"),
        sa.UniqueConstraint("provider", "provider_ref", name="uq_payment_provider"),
        sa.CheckConstraint("amount_cents > 0", name="ck_payment_amount"),
        sa.CheckConstraint(f"status IN ({PAYMENT_STATUSES})", name="ck_payment_status"),
        sa.CheckConstraint("(receipt_number IS NULL) = (settled_at IS NULL)", name="ck_payment_receipt"),
    )
    op.create_index("ix_payment_family_id", "payment", ["family_id", "payment_id"])
    op.create_index("ix_payment_commune_id", "payment", ["commune_id", "payment_id"])
    op.create_index(
        "ix_payment_next_check_at",
        "payment",
        ["next_check_at"],
        postgresql_where=sa.text("next_check_at IS NOT NULL"),
    )
    op.create_table(
        "payment_allocation",
        uuid("payment_id"),
        uuid("invoice_id"),
        uuid("commune_id"),
        words("invoice_number"),
        whole("amount_cents"),
        sa.PrimaryKeyConstraint("payment_id", "invoice_id", name="pk_payment_allocation"),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.payment_id"], name="fk_payment_allocation_payment_id"
        ),
        sa.CheckConstraint("amount_cents > 0", name="ck_payment_allocation_amount"),
    )
    op.create_index("ix_payment_allocation_invoice_id", "payment_allocation", ["invoice_id"])


def create_receipts() -> None:
    op.create_table(
        "receipt_series",
        uuid("regie_id"),
        whole("year"),
        uuid("commune_id"),
        whole("last"),
        sa.PrimaryKeyConstraint("regie_id", "year", name="pk_receipt_series"),
    )
    op.create_table(
        "receipt",
        uuid("payment_id"),
        uuid("commune_id"),
        uuid("regie_id"),
        words("number"),
        words("payer_name"),
        instant("issued_at"),
        sa.PrimaryKeyConstraint("payment_id", name="pk_receipt"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.payment_id"], name="fk_receipt_payment_id"),
        sa.UniqueConstraint("regie_id", "number", name="uq_receipt_regie_id"),
    )


def create_provider_side() -> None:
    op.create_table(
        "regie_contract",
        uuid("commune_id"),
        uuid("regie_id"),
        words("provider"),
        sa.Column("options", JSONB(), nullable=False, server_default="{}"),
        instant("updated_at"),
        sa.PrimaryKeyConstraint("commune_id", "regie_id", name="pk_regie_contract"),
    )
    op.create_table(
        "webhook",
        uuid("webhook_id"),
        uuid("commune_id"),
        uuid("payment_id"),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("headers", JSONB(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        whole("deliveries", default="1"),
        instant("received_at"),
        instant("last_received_at"),
        sa.PrimaryKeyConstraint("webhook_id", name="pk_webhook"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.payment_id"], name="fk_webhook_payment_id"),
        sa.UniqueConstraint("payment_id", "digest", name="uq_webhook_payment_id"),
    )


def create_sandbox_bank() -> None:
    op.create_table(
        "sandbox_transaction",
        words("transaction_ref"),
        words("merchant_ref"),
        uuid("regie_id"),
        words("label"),
        whole("amount_cents"),
        words("return_url"),
        words("state"),
        whole("paid_cents", default="0"),
        instant("opened_at"),
        optional_instant("decided_at"),
        sa.PrimaryKeyConstraint("transaction_ref", name="pk_sandbox_transaction"),
        sa.UniqueConstraint("merchant_ref", name="uq_sandbox_transaction_merchant_ref"),
    )
    op.create_table(
        "sandbox_refund",
        uuid("refund_id"),
        words("transaction_ref"),
        whole("amount_cents"),
        sa.PrimaryKeyConstraint("refund_id", name="pk_sandbox_refund"),
    )
    op.create_table(
        "sandbox_notification",
        uuid("notification_id"),
        words("transaction_ref"),
        uuid("regie_id"),
        instant("due_at"),
        whole("attempts", default="0"),
        sa.PrimaryKeyConstraint("notification_id", name="pk_sandbox_notification"),
    )
    op.create_index("ix_sandbox_notification_due_at", "sandbox_notification", ["due_at"])


def upgrade() -> None:
    create_messaging_tables()
    create_copies()
    create_payables()
    create_payments()
    create_receipts()
    create_provider_side()
    create_sandbox_bank()
    for table in (
        "commune_copy",
        "family_copy",
        "payable",
        "payment",
        "payment_allocation",
        "receipt_series",
        "receipt",
        "regie_contract",
        "webhook",
    ):
        enable_tenant_rls(table)
