"""Rights by role: no setting opens a table, and what was written about money stays."""

from preau.common.db.migrations import (
    append_only,
    enable_tenant_rls,
    execute_script,
    keep_from_application,
    never_deleted,
    rights_of_former_tables,
    secure_messaging_tables,
)

revision = "0003"
down_revision = "0002"

TENANT_TABLES = (
    "commune_copy",
    "family_copy",
    "payable",
    "payment",
    "payment_allocation",
    "receipt_series",
    "receipt",
    "regie_contract",
    "webhook",
    "refund",
)
BOOKS_OF_THE_SANDBOX_BANK = ("sandbox_transaction", "sandbox_refund", "sandbox_notification")
SERIES_ONLY_GROW = """
CREATE FUNCTION series_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.last < OLD.last THEN
        RAISE EXCEPTION 'a series of numbers only grows' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER receipt_series_only_grows BEFORE UPDATE ON receipt_series
    FOR EACH ROW EXECUTE FUNCTION series_only_grows();
"""


def upgrade() -> None:
    """Give each role what its work needs."""
    rights_of_former_tables()
    secure_messaging_tables()
    for table in TENANT_TABLES:
        enable_tenant_rls(table)
    keep_from_application(*BOOKS_OF_THE_SANDBOX_BANK)
    append_only("receipt_series", updatable=["last"])
    append_only("receipt")
    append_only("payment_allocation")
    append_only("webhook", updatable=["deliveries", "last_received_at"])
    never_deleted("payable", "payment", "refund")
    execute_script(SERIES_ONLY_GROW)
