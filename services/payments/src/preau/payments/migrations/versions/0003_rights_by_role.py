"""Rights by role: no setting opens a table, and what was written about money stays."""

from preau.common.db.migrations import (
    append_only,
    keep_from_application,
    never_deleted,
    only_grows,
    rights_of_former_tables,
    secure_messaging_tables,
    wall_off_former_tenants,
)

revision = "0003"
down_revision = "0002"

BOOKS_OF_THE_SANDBOX_BANK = ("sandbox_transaction", "sandbox_refund", "sandbox_notification")


def upgrade() -> None:
    """Give each role what its work needs."""
    rights_of_former_tables()
    wall_off_former_tenants()
    secure_messaging_tables()
    keep_from_application(*BOOKS_OF_THE_SANDBOX_BANK)
    only_grows("receipt_series", "last")
    append_only("receipt")
    append_only("payment_allocation")
    append_only("webhook", updatable=["deliveries", "last_received_at"])
    never_deleted("payable", "payment", "refund")
