"""What a commune's documents show of it: its colour, its logo."""

from preau.common.db.migrations import execute_script

revision = "0022"
down_revision = "0021"

_SCRIPT = """
ALTER TABLE commune_copy
    ADD COLUMN accent_colour text NOT NULL DEFAULT '#1f5fa8',
    ADD COLUMN logo bytea;
"""


def upgrade() -> None:
    execute_script(_SCRIPT)
