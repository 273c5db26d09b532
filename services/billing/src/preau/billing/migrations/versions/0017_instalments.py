"""What is due of an invoice may be split in dated parts, paid one by one where a régie allows it."""

from preau.common.db.migrations import enable_tenant_rls, execute_script

revision = "0017"
down_revision = "0016"

_SCRIPT = """
ALTER TABLE regie ADD COLUMN takes_parts boolean NOT NULL DEFAULT false;
CREATE TABLE instalment_plan (
    invoice_id uuid PRIMARY KEY REFERENCES invoice,
    commune_id uuid NOT NULL,
    parts jsonb NOT NULL,
    is_paid_by_parts boolean NOT NULL,
    reason text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    cancelled_at timestamptz,
    version integer NOT NULL DEFAULT 1
);
"""


def upgrade() -> None:
    execute_script(_SCRIPT)
    enable_tenant_rls("instalment_plan")
