"""A run is issued in stages, each committed alone; families can be kept out of a run."""

from preau.common.db.migrations import execute_script

revision = "0009"
down_revision = "0008"

_BALANCE = """
-- Each posting looks its entry up by its key: joined, each would be compared with all entries.
CREATE OR REPLACE FUNCTION entry_is_balanced() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
    IF EXISTS (SELECT FROM written GROUP BY cause_id, kind HAVING sum(amount_cents) <> 0) THEN
        RAISE EXCEPTION 'the postings of an entry sum to zero' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM written w
        WHERE (SELECT true FROM entry e WHERE e.cause_id = w.cause_id AND e.kind = w.kind) IS NULL
    ) THEN
        RAISE EXCEPTION 'a posting has its entry' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
"""
_SCRIPT = """
ALTER TABLE billing_run ADD COLUMN stages_done integer NOT NULL DEFAULT 0,
    ADD COLUMN invoices_issued integer NOT NULL DEFAULT 0;
UPDATE billing_run r SET stages_done = r.chunks_total,
    invoices_issued = (SELECT count(*) FROM invoice i WHERE i.run_id = r.run_id AND i.status <> 'draft')
WHERE r.status = 'issued';
ALTER TABLE run_family ADD COLUMN stage integer, ADD COLUMN set_aside text;
UPDATE run_family SET stage = chunk_number;
ALTER TABLE run_family ALTER COLUMN stage SET NOT NULL;
CREATE INDEX ix_run_family_stage ON run_family (run_id, stage);
ALTER TABLE run_chunk ADD COLUMN tries integer NOT NULL DEFAULT 0;
UPDATE run_chunk SET status = 'working' WHERE status = 'computing';
"""


def upgrade() -> None:
    execute_script(_SCRIPT)
    execute_script(_BALANCE)
