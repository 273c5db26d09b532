"""Rights by role: no setting opens a table, and what was written about money stays."""

from preau.common.db.migrations import (
    append_only,
    never_deleted,
    only_grows,
    rights_of_former_tables,
    secure_messaging_tables,
    wall_off_former_tenants,
)

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Give each role what its work needs."""
    rights_of_former_tables()
    wall_off_former_tenants()
    secure_messaging_tables()
    only_grows("invoice_series", "last")
    append_only("payment_effect", updatable=["refunded_cents"])
    append_only("family_credit", updatable=["status", "handled_at", "handled_by", "note"])
    never_deleted("charge", "regie", "tariff", "prepaid_order", "billing_run", "activity_copy")
