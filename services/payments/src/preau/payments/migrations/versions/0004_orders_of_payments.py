"""Payments by date and amount, and by the name of their family."""

from preau.common.db.migrations import execute_script
from preau.common.db.text_order import add_key, create_french_key

revision = "0004"
down_revision = "0003"

_KEYS = """
ALTER TABLE payment ADD COLUMN happened_at timestamptz
    GENERATED ALWAYS AS (coalesce(settled_at, created_at)) STORED NOT NULL;
CREATE INDEX ix_payment_commune ON payment (commune_id, payment_id);
CREATE INDEX ix_payment_happened_at ON payment (commune_id, happened_at, payment_id);
CREATE INDEX ix_payment_amount ON payment (commune_id, amount_cents, payment_id);
CREATE INDEX ix_payment_family ON payment (family_id);
CREATE INDEX ix_family_copy_label ON family_copy (commune_id, label_key, family_id);
"""


def upgrade() -> None:
    """Keys and indexes for the agents' list."""
    create_french_key()
    add_key("family_copy", "label_key", "label")
    execute_script(_KEYS)
