"""An invoice that was written off is not payable any more, and not paid."""

from preau.common.db.migrations import execute_script

revision = "0006"
down_revision = "0005"

_SCRIPT = """
ALTER TABLE payable DROP CONSTRAINT ck_payable_status,
    ADD CONSTRAINT ck_payable_status CHECK (status IN ('open', 'paid', 'cancelled', 'written_off'));
"""


def upgrade() -> None:
    execute_script(_SCRIPT)
