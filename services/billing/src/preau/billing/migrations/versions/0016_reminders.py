"""Families are reminded in steps of what is past due, where a régie wants it."""

from preau.common.db.migrations import enable_tenant_rls, execute_script

revision = "0016"
down_revision = "0015"

_SCRIPT = """
ALTER TABLE regie ADD COLUMN reminders jsonb NOT NULL DEFAULT '{"is_on": false, "minimum_cents": 500,
    "steps": [{"days": 8, "means": "mail"}, {"days": 20, "means": "letter"},
        {"days": 45, "means": "treasury"}]}';
CREATE TABLE reminder (
    reminder_id uuid PRIMARY KEY DEFAULT new_id(),
    commune_id uuid NOT NULL,
    regie_id uuid NOT NULL REFERENCES regie,
    family_id uuid NOT NULL,
    invoice_id uuid NOT NULL REFERENCES invoice,
    step smallint NOT NULL CHECK (step > 0),
    days smallint NOT NULL,
    means text NOT NULL CHECK (means IN ('mail', 'letter', 'treasury')),
    due_cents integer NOT NULL CHECK (due_cents > 0),
    made_on date NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    handed_over_at timestamptz,
    handed_over_by uuid,
    UNIQUE (invoice_id, step)
);
CREATE INDEX ix_reminder_list ON reminder (commune_id, made_on, reminder_id);
CREATE INDEX ix_invoice_late ON invoice (regie_id, due_date) WHERE due_cents > 0;
"""


def upgrade() -> None:
    execute_script(_SCRIPT)
    enable_tenant_rls("reminder")
