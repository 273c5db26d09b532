"""Requests sent, by date, reference and family."""

from preau.common.db.migrations import execute_script
from preau.common.db.text_order import add_key, create_french_key

revision = "0003"
down_revision = "0002"

_INDEXES = """
CREATE INDEX ix_request_sent ON request (commune_id, submitted_at, request_id) WHERE submitted_at IS NOT NULL;
CREATE INDEX ix_family_copy_label ON family_copy (commune_id, label_key, family_id);
"""


def upgrade() -> None:
    """Keys and indexes for the agents' list."""
    create_french_key()
    add_key("family_copy", "label_key", "label")
    execute_script(_INDEXES)
