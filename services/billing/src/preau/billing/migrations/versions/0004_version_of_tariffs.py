"""The version of a tariff: who states it anew says which one was seen."""

from preau.common.db.migrations import execute_script

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Tariffs that stand are of the first version."""
    execute_script("ALTER TABLE tariff ADD COLUMN version integer NOT NULL DEFAULT 1;")
