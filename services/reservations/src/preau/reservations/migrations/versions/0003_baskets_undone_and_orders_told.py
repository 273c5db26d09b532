"""An emptied basket can be filled again, and an order says which bookings it cancelled."""

from preau.common.db.migrations import execute_script

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Keep what was taken out of a basket, and what an order cancelled."""
    execute_script(
        """
        ALTER TABLE basket ADD COLUMN emptied jsonb;
        ALTER TABLE booking_order ADD COLUMN cancelled_ids uuid[] NOT NULL DEFAULT '{}';
        """
    )
