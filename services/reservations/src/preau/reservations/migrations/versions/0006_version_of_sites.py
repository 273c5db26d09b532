"""The version of a site: who changes it says which one was seen."""

from preau.common.db.migrations import execute_script

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Sites that stand are of the first version."""
    execute_script("ALTER TABLE site ADD COLUMN version integer NOT NULL DEFAULT 1;")
