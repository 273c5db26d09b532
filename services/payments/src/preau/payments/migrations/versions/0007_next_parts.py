"""Of an invoice under an instalment plan the next part can be paid alone."""

from preau.common.db.migrations import execute_script

revision = "0007"
down_revision = "0006"

_SCRIPT = """
ALTER TABLE payable ADD COLUMN next_part_cents integer CHECK (next_part_cents > 0);
"""


def upgrade() -> None:
    execute_script(_SCRIPT)
