"""Families by city."""

from preau.common.db.migrations import execute_script
from preau.common.db.text_order import add_key, create_french_key

revision = "0004"
down_revision = "0003"

_INDEX = "CREATE INDEX ix_family_city ON family (commune_id, city_key, family_id)"


def upgrade() -> None:
    """A key and its index for the agents' list."""
    create_french_key()
    add_key("family", "city_key", "city")
    execute_script(_INDEX)
