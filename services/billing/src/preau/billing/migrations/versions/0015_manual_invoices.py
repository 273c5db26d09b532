"""Agents write lines by hand: of no booking, perhaps of no child and no activity."""

from preau.common.db.migrations import execute_script

revision = "0015"
down_revision = "0014"

_SCRIPT = """
ALTER TABLE invoice DROP CONSTRAINT invoice_kind_check,
    ADD CONSTRAINT invoice_kind_check
        CHECK (kind IN ('month_end', 'complement', 'prepaid', 'credit_note', 'manual'));
ALTER TABLE invoice_line DROP CONSTRAINT invoice_line_kind_check,
    ADD CONSTRAINT invoice_line_kind_check CHECK (kind IN ('charge', 'price', 'supplement', 'manual')),
    ALTER COLUMN child_id DROP NOT NULL,
    ALTER COLUMN activity_id DROP NOT NULL,
    ADD CONSTRAINT invoice_line_names_its_charge
        CHECK (kind = 'manual' OR child_id IS NOT NULL AND activity_id IS NOT NULL);
"""


def upgrade() -> None:
    execute_script(_SCRIPT)
