"""What is due of an invoice may be written off, and asked for again."""

from preau.common.db.migrations import execute_script

revision = "0014"
down_revision = "0013"

_SCRIPT = """
ALTER TABLE entry DROP CONSTRAINT entry_kind_check,
    ADD CONSTRAINT entry_kind_check CHECK (kind IN ('invoice', 'credit_note', 'payment', 'set_off',
        'refund_ordered', 'refund_done', 'refund_denied', 'credit_refund', 'write_off', 'write_off_undone'));
ALTER TABLE invoice DROP CONSTRAINT invoice_status_check,
    ADD CONSTRAINT invoice_status_check
        CHECK (status IN ('draft', 'issued', 'partly_paid', 'paid', 'written_off', 'cancelled')),
    ADD COLUMN written_off_cents integer NOT NULL DEFAULT 0 CHECK (written_off_cents >= 0),
    ADD CONSTRAINT invoice_due_or_written_off CHECK (written_off_cents = 0 OR due_cents = 0);
CREATE INDEX ix_invoice_written_off ON invoice (family_id, regie_id) WHERE written_off_cents > 0;
CREATE OR REPLACE FUNCTION invoice_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- The key is known after this trigger only.
    movable text[] := '{status,due_cents,written_off_cents,version,family_key}';
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
    execute_script(_SCRIPT)
