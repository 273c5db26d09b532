"""Rights by role: no setting opens a table, and bookings and orders stay."""

from preau.common.db.migrations import (
    enable_tenant_rls,
    never_deleted,
    rights_of_former_tables,
    secure_messaging_tables,
)

revision = "0002"
down_revision = "0001"

TENANT_TABLES = (
    "commune_copy",
    "family_copy",
    "child_copy",
    "site",
    "activity",
    "closure",
    "slot",
    "booking_order",
    "order_invoice",
    "booking",
    "basket",
    "basket_line",
    "attendance",
)


def upgrade() -> None:
    """Give each role what its work needs."""
    rights_of_former_tables()
    secure_messaging_tables()
    for table in TENANT_TABLES:
        enable_tenant_rls(table)
    never_deleted("booking", "booking_order", "order_invoice", "slot", "activity", "site")
