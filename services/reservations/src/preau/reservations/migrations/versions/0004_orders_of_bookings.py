"""Bookings by day and by family; names of children and families as they are sorted and looked for."""

from preau.common.db.migrations import execute_script
from preau.common.db.text_order import add_key, create_french_key

revision = "0004"
down_revision = "0003"

_INDEXES = """
CREATE INDEX ix_booking_commune ON booking (commune_id, booking_id);
CREATE INDEX ix_booking_service_date ON booking (commune_id, service_date, booking_id);
CREATE INDEX ix_family_copy_label ON family_copy (commune_id, label_key, family_id);
"""


def upgrade() -> None:
    """Keys and indexes for the agents' list."""
    create_french_key()
    add_key("family_copy", "label_key", "label")
    add_key("child_copy", "name_key", "first_name || ' ' || last_name")
    execute_script(_INDEXES)
