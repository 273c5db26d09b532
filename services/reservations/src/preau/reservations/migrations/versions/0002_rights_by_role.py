"""Rights by role: no setting opens a table, and bookings and orders stay."""

from preau.common.db.migrations import (
    never_deleted,
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
    never_deleted("booking", "booking_order", "order_invoice", "slot", "activity", "site")
