"""Billing orders refunds, in whole or part, and says what is due of an invoice."""

from preau.common.db.migrations import execute_script

revision = "0005"
down_revision = "0004"

_SCRIPT = """
DROP INDEX uq_refund_payment_id;
CREATE INDEX ix_refund_payment ON refund (payment_id);
ALTER TABLE refund ALTER COLUMN agent_id DROP NOT NULL;
ALTER TABLE payable ADD COLUMN billed_due_cents integer, ADD COLUMN received_cents integer NOT NULL DEFAULT 0;
UPDATE payable SET billed_due_cents = total_cents;
ALTER TABLE payable ALTER COLUMN billed_due_cents SET NOT NULL, ADD CHECK (billed_due_cents >= 0);
"""


def upgrade() -> None:
    execute_script(_SCRIPT)
