"""One ledger tells what is due, what was paid and what a family is owed.

What invoices, payments and credits told each on its own becomes entries and postings. Nothing that a family
was told changes: what was given back beyond the credits of a live invoice is written off, so that it stays
paid.
"""

from preau.common.db.migrations import append_only, enable_tenant_rls, execute_script, never_deleted

revision = "0006"
down_revision = "0005"

_TABLES = """
CREATE TABLE entry (
    cause_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('invoice', 'credit_note', 'payment', 'set_off', 'refund_ordered',
        'refund_done', 'refund_denied', 'credit_refund', 'write_off')),
    commune_id uuid NOT NULL,
    regie_id uuid NOT NULL REFERENCES regie,
    family_id uuid NOT NULL,
    day date NOT NULL,
    payment_id uuid,
    agent_id uuid,
    memo text NOT NULL DEFAULT '',
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (cause_id, kind)
);
CREATE INDEX ix_entry_family ON entry (family_id, day);
CREATE INDEX ix_entry_day ON entry (regie_id, day);
CREATE INDEX ix_entry_payment ON entry (payment_id) WHERE payment_id IS NOT NULL;
CREATE TABLE posting (
    cause_id uuid NOT NULL,
    kind text NOT NULL,
    position smallint NOT NULL,
    commune_id uuid NOT NULL,
    account text NOT NULL
        CHECK (account IN ('receivable', 'credit', 'revenue', 'cash', 'refunding', 'written_off')),
    detail text NOT NULL DEFAULT '',
    invoice_id uuid,
    amount_cents integer NOT NULL CHECK (amount_cents <> 0),
    PRIMARY KEY (cause_id, kind, position),
    CHECK (account <> 'receivable' OR invoice_id IS NOT NULL)
);
CREATE INDEX ix_posting_received ON posting (invoice_id) WHERE account = 'cash';
CREATE TABLE family_account (
    account_id uuid PRIMARY KEY DEFAULT new_id(),
    commune_id uuid NOT NULL,
    regie_id uuid NOT NULL REFERENCES regie,
    family_id uuid NOT NULL,
    credit_cents integer NOT NULL DEFAULT 0 CHECK (credit_cents >= 0),
    credit_since timestamptz,
    UNIQUE (family_id, regie_id)
);
CREATE INDEX ix_family_account_credit ON family_account (commune_id, account_id) WHERE credit_cents > 0;
ALTER TABLE invoice ADD COLUMN due_cents integer NOT NULL DEFAULT 0 CHECK (due_cents >= 0),
    ADD COLUMN corrects_invoice_id uuid REFERENCES invoice;
CREATE INDEX ix_invoice_due ON invoice (family_id, regie_id) WHERE due_cents > 0;
CREATE INDEX ix_invoice_corrects ON invoice (corrects_invoice_id) WHERE corrects_invoice_id IS NOT NULL;
"""
_FORMER = """
CREATE TEMP TABLE former_entry (LIKE entry INCLUDING DEFAULTS) ON COMMIT DROP;
CREATE TEMP TABLE former_posting (
    cause_id uuid, kind text, commune_id uuid, account text, detail text, invoice_id uuid, amount_cents bigint
) ON COMMIT DROP;

INSERT INTO former_entry (cause_id, kind, commune_id, regie_id, family_id, day, recorded_at, memo)
SELECT invoice_id, CASE kind WHEN 'credit_note' THEN 'credit_note' ELSE 'invoice' END, commune_id, regie_id,
    family_id, issued_on, created_at, ''
FROM invoice WHERE status <> 'draft';
INSERT INTO former_posting
SELECT i.invoice_id, CASE i.kind WHEN 'credit_note' THEN 'credit_note' ELSE 'invoice' END, i.commune_id,
    'revenue', l.activity_id::text, i.invoice_id, -sum(l.amount_cents)
FROM invoice i JOIN invoice_line l USING (invoice_id) WHERE i.status <> 'draft' GROUP BY 1, 2, 3, 5;
INSERT INTO former_posting
SELECT invoice_id, 'invoice', commune_id, CASE WHEN total_cents > 0 THEN 'receivable' ELSE 'credit' END, '',
    invoice_id, total_cents
FROM invoice WHERE status <> 'draft' AND kind <> 'credit_note';
INSERT INTO former_posting
SELECT n.invoice_id, 'credit_note', n.commune_id, 'receivable', '', i.invoice_id, i.paid_cents - i.total_cents
FROM invoice n JOIN invoice i ON i.invoice_id = n.cancels_invoice_id
WHERE n.status <> 'draft' AND i.total_cents > 0
UNION ALL
SELECT n.invoice_id, 'credit_note', n.commune_id, 'credit', '', i.invoice_id,
    CASE WHEN i.total_cents > 0 THEN -i.paid_cents ELSE -i.total_cents END
FROM invoice n JOIN invoice i ON i.invoice_id = n.cancels_invoice_id WHERE n.status <> 'draft';

INSERT INTO former_entry (cause_id, kind, commune_id, regie_id, family_id, day, recorded_at, payment_id)
SELECT DISTINCT ON (e.payment_id) e.payment_id, 'payment', e.commune_id, i.regie_id, i.family_id,
    (e.settled_at AT TIME ZONE coalesce(c.time_zone, 'Europe/Paris'))::date, e.settled_at, e.payment_id
FROM payment_effect e JOIN invoice i USING (invoice_id)
    LEFT JOIN commune_copy c ON c.commune_id = e.commune_id
ORDER BY e.payment_id, e.invoice_id;
INSERT INTO former_posting
SELECT e.payment_id, 'payment', e.commune_id, p.account, p.detail, e.invoice_id, p.cents
FROM payment_effect e CROSS JOIN LATERAL (VALUES
    ('cash', 'online', e.applied_cents + e.credited_cents),
    ('receivable', '', -e.applied_cents),
    ('credit', '', -e.credited_cents)) AS p (account, detail, cents);

CREATE TEMP TABLE former_credit ON COMMIT DROP AS
WITH credits AS (
    SELECT invoice_id,
        coalesce(sum(amount_cents) FILTER (WHERE NOT voided), 0) AS all_cents,
        coalesce(sum(amount_cents) FILTER (WHERE status = 'open'), 0) AS open_cents,
        coalesce(sum(amount_cents) FILTER (WHERE status = 'handled' AND handled_by IS NULL AND NOT voided), 0)
            AS refunded_cents,
        string_agg(note, ' · ') FILTER (WHERE handled_by IS NOT NULL) AS note,
        max(handled_at) FILTER (WHERE handled_by IS NOT NULL) AS handled_at,
        (array_agg(handled_by) FILTER (WHERE handled_by IS NOT NULL))[1] AS handled_by
    FROM (SELECT *, handled_by IS NULL AND note = 'Annulé avec sa facture.' AS voided FROM family_credit) AS f
    GROUP BY 1
), refunds AS (
    SELECT invoice_id, sum(refunded_cents) AS cents FROM payment_effect GROUP BY 1
)
SELECT i.invoice_id, i.commune_id, i.regie_id, i.family_id, coalesce(c.note, '') AS note, c.handled_at,
    c.handled_by, coalesce(r.cents, 0) AS refunded,
    least(coalesce(r.cents, 0), coalesce(c.all_cents, 0)) AS of_credit,
    greatest(0, coalesce(c.open_cents, 0)
        - greatest(0, coalesce(r.cents, 0) - coalesce(c.refunded_cents, 0))) AS still_open,
    coalesce(c.all_cents, 0) AS all_cents
FROM invoice i LEFT JOIN credits c USING (invoice_id) LEFT JOIN refunds r USING (invoice_id)
WHERE c.invoice_id IS NOT NULL OR r.cents > 0;

INSERT INTO former_entry (cause_id, kind, commune_id, regie_id, family_id, day, recorded_at, payment_id)
SELECT DISTINCT ON (e.payment_id) e.payment_id, 'refund_done', e.commune_id, i.regie_id, i.family_id,
    (e.settled_at AT TIME ZONE coalesce(c.time_zone, 'Europe/Paris'))::date, e.settled_at, e.payment_id
FROM payment_effect e JOIN invoice i USING (invoice_id)
    LEFT JOIN commune_copy c ON c.commune_id = e.commune_id
WHERE e.refunded_cents > 0 ORDER BY e.payment_id, e.invoice_id;
INSERT INTO former_posting
SELECT e.payment_id, 'refund_done', e.commune_id, p.account, p.detail, NULL, p.cents
FROM payment_effect e CROSS JOIN LATERAL (VALUES
    ('cash', 'online', -e.refunded_cents), ('refunding', '', e.refunded_cents)) AS p (account, detail, cents);
INSERT INTO former_entry (cause_id, kind, commune_id, regie_id, family_id, day)
SELECT f.invoice_id, 'refund_ordered', f.commune_id, f.regie_id, f.family_id, i.issued_on
FROM former_credit f JOIN invoice i USING (invoice_id) WHERE f.refunded > 0;
INSERT INTO former_posting
SELECT f.invoice_id, 'refund_ordered', f.commune_id, p.account, '', f.invoice_id, p.cents
FROM former_credit f CROSS JOIN LATERAL (VALUES
    ('refunding', -f.refunded), ('credit', f.of_credit), ('written_off', f.refunded - f.of_credit))
    AS p (account, cents)
WHERE f.refunded > 0;
INSERT INTO former_entry (cause_id, kind, commune_id, regie_id, family_id, day, recorded_at, agent_id, memo)
SELECT f.invoice_id, 'credit_refund', f.commune_id, f.regie_id, f.family_id,
    (f.handled_at AT TIME ZONE coalesce(c.time_zone, 'Europe/Paris'))::date, f.handled_at, f.handled_by,
    f.note
FROM former_credit f LEFT JOIN commune_copy c ON c.commune_id = f.commune_id
WHERE f.all_cents - f.of_credit - f.still_open > 0;
INSERT INTO former_posting
SELECT f.invoice_id, 'credit_refund', f.commune_id, p.account, p.detail, NULL, p.cents
FROM former_credit f CROSS JOIN LATERAL (VALUES
    ('credit', '', f.all_cents - f.of_credit - f.still_open),
    ('cash', 'transfer', f.still_open + f.of_credit - f.all_cents)) AS p (account, detail, cents);

DELETE FROM former_posting WHERE amount_cents = 0;
INSERT INTO entry SELECT * FROM former_entry e WHERE EXISTS (
    SELECT FROM former_posting p WHERE p.cause_id = e.cause_id AND p.kind = e.kind);
INSERT INTO posting (cause_id, kind, position, commune_id, account, detail, invoice_id, amount_cents)
SELECT cause_id, kind, row_number() OVER (PARTITION BY cause_id, kind), commune_id, account, detail,
    invoice_id, amount_cents
FROM former_posting;

ALTER TABLE invoice DISABLE TRIGGER USER;
UPDATE invoice i SET due_cents = d.cents FROM (
    SELECT invoice_id, sum(amount_cents) AS cents FROM posting WHERE account = 'receivable' GROUP BY 1
) AS d WHERE d.invoice_id = i.invoice_id AND d.cents <> 0;
ALTER TABLE invoice ENABLE TRIGGER USER;
INSERT INTO family_account (commune_id, regie_id, family_id, credit_cents, credit_since)
SELECT e.commune_id, e.regie_id, e.family_id,
    coalesce(-sum(p.amount_cents) FILTER (WHERE p.account = 'credit'), 0),
    max(e.recorded_at) FILTER (WHERE p.account = 'credit')
FROM entry e JOIN posting p USING (cause_id, kind) GROUP BY 1, 2, 3;
"""
_GUARDS = """
-- A plan that rests on statistics of another day would compare each posting with each entry.
CREATE FUNCTION entry_is_balanced() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF EXISTS (SELECT FROM written GROUP BY cause_id, kind HAVING sum(amount_cents) <> 0) THEN
        RAISE EXCEPTION 'the postings of an entry sum to zero' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM written LEFT JOIN entry USING (cause_id, kind) WHERE entry.cause_id IS NULL) THEN
        RAISE EXCEPTION 'a posting has its entry' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_is_balanced AFTER INSERT ON posting REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION entry_is_balanced();
CREATE OR REPLACE FUNCTION invoice_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    movable text[] := '{status,due_cents,version,family_key}';  -- the key is known after this trigger only
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
ALTER TABLE invoice DROP COLUMN paid_cents;
DROP TABLE payment_effect, family_credit;
"""


def upgrade() -> None:
    """Make the ledger, carry over what stands, drop what told it before."""
    for script in (_TABLES, _FORMER, _GUARDS):
        execute_script(script)
    for table in ("entry", "posting", "family_account"):
        enable_tenant_rls(table)
    append_only("entry")
    append_only("posting")
    never_deleted("family_account")
