"""The tables of billing, their tenants, and the immutability of issued invoices."""

from preau.common.db.migrations import create_messaging_tables, enable_tenant_rls, execute_script

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

COPIES = """
CREATE TABLE commune_copy (
    commune_id uuid PRIMARY KEY,
    version integer NOT NULL,
    name text NOT NULL,
    time_zone text NOT NULL,
    contact_email text NOT NULL,
    contact_phone text NOT NULL
);
CREATE TABLE family_copy (
    family_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    version integer NOT NULL,
    label text NOT NULL,
    record jsonb NOT NULL
);
CREATE TABLE activity_copy (
    activity_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    version integer NOT NULL,
    regie_id uuid NOT NULL,
    site_label text NOT NULL,
    label text NOT NULL,
    unit text NOT NULL,
    payment_mode text NOT NULL,
    status text NOT NULL
);
CREATE INDEX ix_activity_copy_regie ON activity_copy (regie_id);
"""

SETUP = """
CREATE TABLE regie (
    regie_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    code text NOT NULL,
    label text NOT NULL,
    due_days integer NOT NULL CHECK (due_days BETWEEN 0 AND 365),
    series_prefix text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    UNIQUE (commune_id, code),
    UNIQUE (commune_id, series_prefix)
);
CREATE TABLE invoice_series (
    regie_id uuid NOT NULL,
    year integer NOT NULL,
    commune_id uuid NOT NULL,
    last integer NOT NULL DEFAULT 0,
    PRIMARY KEY (regie_id, year)
);
CREATE TABLE tariff (
    tariff_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    activity_id uuid NOT NULL,
    effective_from date NOT NULL,
    definition jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    superseded_at timestamptz
);
CREATE UNIQUE INDEX uq_tariff_in_force ON tariff (activity_id, effective_from) WHERE superseded_at IS NULL;
CREATE TABLE charge (
    booking_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    booking_version integer NOT NULL,
    family_id uuid NOT NULL,
    child_id uuid NOT NULL,
    activity_id uuid NOT NULL,
    service_date date NOT NULL,
    status text NOT NULL,
    payment_mode text NOT NULL,
    units integer NOT NULL DEFAULT 1 CHECK (units >= 0),
    invoiced_units integer NOT NULL DEFAULT 0 CHECK (invoiced_units >= 0),
    invoiced_cents integer NOT NULL DEFAULT 0,
    invoice_id uuid,
    run_id uuid,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_charge_activity_day ON charge (activity_id, service_date);
CREATE INDEX ix_charge_family ON charge (family_id, service_date);
CREATE TABLE prepaid_order (
    order_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    family_id uuid NOT NULL,
    status text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
"""

RUNS = """
CREATE TABLE billing_run (
    run_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    regie_id uuid NOT NULL REFERENCES regie,
    period text NOT NULL CHECK (period ~ '^[0-9]{4}-[0-9]{2}$'),
    kind text NOT NULL CHECK (kind IN ('month_end', 'complement')),
    sequence integer NOT NULL,
    status text NOT NULL,
    tariffs jsonb NOT NULL,
    chunks_total integer NOT NULL,
    chunks_done integer NOT NULL DEFAULT 0,
    families integer NOT NULL DEFAULT 0,
    total_cents bigint NOT NULL DEFAULT 0,
    previous_total_cents bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    computed_at timestamptz,
    issued_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    UNIQUE (commune_id, regie_id, period, kind, sequence)
);
CREATE UNIQUE INDEX uq_billing_run_live ON billing_run (regie_id, period)
    WHERE status NOT IN ('issued', 'discarded');
CREATE UNIQUE INDEX uq_billing_run_month_end ON billing_run (regie_id, period)
    WHERE kind = 'month_end' AND status <> 'discarded';
CREATE TABLE run_family (
    run_id uuid NOT NULL REFERENCES billing_run,
    family_id uuid NOT NULL,
    commune_id uuid NOT NULL,
    chunk_number integer NOT NULL,
    record jsonb,
    PRIMARY KEY (run_id, family_id)
);
CREATE INDEX ix_run_family_chunk ON run_family (run_id, chunk_number);
CREATE TABLE run_chunk (
    run_id uuid NOT NULL REFERENCES billing_run,
    number integer NOT NULL,
    commune_id uuid NOT NULL,
    epoch integer NOT NULL DEFAULT 1,
    status text NOT NULL,
    lease_until timestamptz,
    done_at timestamptz,
    PRIMARY KEY (run_id, number)
);
CREATE INDEX ix_run_chunk_lease ON run_chunk (lease_until) WHERE status <> 'done';
CREATE INDEX ix_run_chunk_done_at ON run_chunk (done_at);
CREATE TABLE run_anomaly (
    anomaly_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    run_id uuid NOT NULL REFERENCES billing_run,
    family_id uuid NOT NULL,
    kind text NOT NULL,
    message text NOT NULL
);
CREATE INDEX ix_run_anomaly_run ON run_anomaly (run_id);
"""

INVOICES = """
CREATE TABLE invoice (
    invoice_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    regie_id uuid NOT NULL REFERENCES regie,
    regie_label text NOT NULL,
    family_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('month_end', 'complement', 'prepaid', 'credit_note')),
    period text NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'issued', 'partly_paid', 'paid', 'cancelled')),
    number text,
    series_year integer,
    series_number integer,
    total_cents integer NOT NULL,
    paid_cents integer NOT NULL DEFAULT 0,
    issued_on date,
    due_date date,
    order_id uuid,
    run_id uuid REFERENCES billing_run,
    cancels_invoice_id uuid REFERENCES invoice,
    addressee jsonb NOT NULL,
    issuer jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (regie_id, series_year, series_number),
    UNIQUE (commune_id, number),
    CHECK ((status = 'draft') = (number IS NULL)),
    CHECK (num_nulls(number, series_year, series_number, issued_on, due_date) IN (0, 5))
);
CREATE UNIQUE INDEX uq_invoice_month_end ON invoice (regie_id, family_id, period)
    WHERE kind = 'month_end' AND status <> 'cancelled';
CREATE UNIQUE INDEX uq_invoice_run_family ON invoice (run_id, family_id) WHERE run_id IS NOT NULL;
CREATE UNIQUE INDEX uq_invoice_order ON invoice (order_id, regie_id) WHERE kind = 'prepaid';
CREATE UNIQUE INDEX uq_invoice_cancels ON invoice (cancels_invoice_id);
CREATE INDEX ix_invoice_family ON invoice (family_id, issued_on);
CREATE TABLE invoice_line (
    line_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    invoice_id uuid NOT NULL REFERENCES invoice ON DELETE CASCADE,
    position integer NOT NULL,
    child_id uuid NOT NULL,
    child_name text NOT NULL,
    activity_id uuid NOT NULL,
    activity_label text NOT NULL,
    label text NOT NULL,
    quantity integer NOT NULL,
    unit_cents integer NOT NULL,
    amount_cents integer NOT NULL,
    explanation text NOT NULL,
    UNIQUE (invoice_id, position)
);
CREATE TABLE invoice_line_charge (
    line_id uuid NOT NULL REFERENCES invoice_line ON DELETE CASCADE,
    booking_id uuid NOT NULL,
    commune_id uuid NOT NULL,
    service_date date NOT NULL,
    units integer NOT NULL,
    amount_cents integer NOT NULL,
    PRIMARY KEY (line_id, booking_id)
);
CREATE INDEX ix_invoice_line_charge_booking ON invoice_line_charge (booking_id);
CREATE TABLE payment_effect (
    payment_id uuid NOT NULL,
    invoice_id uuid NOT NULL REFERENCES invoice,
    commune_id uuid NOT NULL,
    family_id uuid NOT NULL,
    applied_cents integer NOT NULL,
    credited_cents integer NOT NULL,
    refunded_cents integer NOT NULL DEFAULT 0,
    settled_at timestamptz NOT NULL,
    PRIMARY KEY (payment_id, invoice_id)
);
CREATE TABLE family_credit (
    credit_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    family_id uuid NOT NULL,
    regie_id uuid NOT NULL,
    invoice_id uuid NOT NULL REFERENCES invoice,
    payment_id uuid,
    amount_cents integer NOT NULL CHECK (amount_cents > 0),
    reason text NOT NULL,
    message text NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'handled')),
    created_at timestamptz NOT NULL DEFAULT now(),
    handled_at timestamptz,
    handled_by uuid,
    note text NOT NULL DEFAULT '',
    UNIQUE NULLS NOT DISTINCT (invoice_id, payment_id)
);
"""

IMMUTABLE = """
CREATE FUNCTION invoice_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    movable text[] := '{status,paid_cents,version}';
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
CREATE TRIGGER invoice_is_immutable BEFORE UPDATE OR DELETE ON invoice
    FOR EACH ROW EXECUTE FUNCTION invoice_is_immutable();
CREATE FUNCTION refuse_issued_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched uuid[];
BEGIN
    IF TG_TABLE_NAME = 'invoice_line' THEN
        SELECT array_agg(DISTINCT invoice_id) INTO touched FROM changed;
    ELSE
        SELECT array_agg(DISTINCT l.invoice_id) INTO touched
        FROM changed c JOIN invoice_line l USING (line_id);
    END IF;
    IF EXISTS (SELECT 1 FROM invoice WHERE invoice_id = ANY (touched) AND status <> 'draft') THEN
        RAISE EXCEPTION 'lines of issued invoices are immutable' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION refuse_updated_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'lines of invoices are written once' USING ERRCODE = 'restrict_violation';
END $$;
"""

TENANT_TABLES = (
    "commune_copy",
    "family_copy",
    "activity_copy",
    "regie",
    "invoice_series",
    "tariff",
    "charge",
    "prepaid_order",
    "billing_run",
    "run_family",
    "run_chunk",
    "run_anomaly",
    "invoice",
    "invoice_line",
    "invoice_line_charge",
    "payment_effect",
    "family_credit",
)


def upgrade() -> None:
    """Make everything."""
    create_messaging_tables()
    for script in (COPIES, SETUP, RUNS, INVOICES, IMMUTABLE):
        execute_script(script)
    for table in ("invoice_line", "invoice_line_charge"):
        for operation, rows in (("INSERT", "NEW"), ("DELETE", "OLD")):
            execute_script(
                f"CREATE TRIGGER {table}_{operation.lower()}_is_immutable AFTER {operation} ON {table}"
                f" REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT"
                " EXECUTE FUNCTION refuse_issued_lines();"
            )
        execute_script(
            f"CREATE TRIGGER {table}_is_never_updated BEFORE UPDATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_updated_lines();"
        )
    for table in TENANT_TABLES:
        enable_tenant_rls(table)
