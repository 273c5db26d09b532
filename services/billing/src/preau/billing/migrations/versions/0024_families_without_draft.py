"""A run remembers what it saw of families that it asks for nothing: their charges may change too."""

from preau.common.db.migrations import execute_script

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    execute_script("ALTER TABLE run_family ADD COLUMN charges_seen bigint")
