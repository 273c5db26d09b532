"""Invoices by family, dates and amounts; credits by family."""

from preau.common.db.migrations import execute_script
from preau.common.db.text_order import add_key, create_french_key

revision = "0003"
down_revision = "0002"

_INDEXES = """
CREATE INDEX ix_invoice_issued_on ON invoice (commune_id, issued_on, invoice_id) WHERE status <> 'draft';
CREATE INDEX ix_invoice_due_date ON invoice (commune_id, due_date, invoice_id) WHERE status <> 'draft';
CREATE INDEX ix_invoice_total ON invoice (commune_id, total_cents, invoice_id) WHERE status <> 'draft';
CREATE INDEX ix_invoice_family_key ON invoice (commune_id, family_key, invoice_id) WHERE status <> 'draft';
CREATE INDEX ix_family_credit_commune ON family_credit (commune_id, credit_id);
"""
_IMMUTABLE = """
CREATE OR REPLACE FUNCTION invoice_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    movable text[] := '{status,paid_cents,version,family_key}';  -- the key is known after this trigger only
BEGIN
    IF OLD.status = 'draft' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.status = 'draft' OR to_jsonb(NEW) - movable <> to_jsonb(OLD) - movable THEN
        RAISE EXCEPTION 'invoice % is issued: a credit note corrects it', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


def upgrade() -> None:
    """Keys and indexes for the orders of the agents' lists."""
    create_french_key()
    add_key("invoice", "family_key", "addressee ->> 'label'")
    execute_script(_IMMUTABLE)
    execute_script(_INDEXES)
