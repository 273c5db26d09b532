"""Rights by role: no setting opens a table, and what was written about money stays."""

from preau.common.db.migrations import (
    append_only,
    enable_tenant_rls,
    execute_script,
    never_deleted,
    rights_of_former_tables,
    secure_messaging_tables,
)

revision = "0002"
down_revision = "0001"

TENANT_TABLES = (
    "commune_copy",
    "family_copy",
    "activity_copy",
    "regie",
    "invoice_series",
    "tariff",
    "charge",
    "prepaid_order",
    "billing_run",
    "run_family",
    "run_chunk",
    "run_anomaly",
    "invoice",
    "invoice_line",
    "invoice_line_charge",
    "payment_effect",
    "family_credit",
)
SERIES_ONLY_GROW = """
CREATE FUNCTION series_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.last < OLD.last THEN
        RAISE EXCEPTION 'a series of numbers only grows' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoice_series_only_grows BEFORE UPDATE ON invoice_series
    FOR EACH ROW EXECUTE FUNCTION series_only_grows();
"""


def upgrade() -> None:
    """Give each role what its work needs."""
    rights_of_former_tables()
    secure_messaging_tables()
    for table in TENANT_TABLES:
        enable_tenant_rls(table)
    append_only("invoice_series", updatable=["last"])
    append_only("payment_effect", updatable=["refunded_cents"])
    append_only("family_credit", updatable=["status", "handled_at", "handled_by", "note"])
    never_deleted("charge", "regie", "tariff", "prepaid_order", "billing_run", "activity_copy")
    execute_script(SERIES_ONLY_GROW)
