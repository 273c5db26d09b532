"""Many invoices printed into one file: what was asked for, and its chunks as workers render them."""

from preau.common.db.migrations import enable_tenant_rls, execute_script

revision = "0012"
down_revision = "0011"

_SCRIPT = """
CREATE TABLE print_job (
    print_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('rendering', 'ready', 'failed')),
    about jsonb NOT NULL,
    invoices integer NOT NULL CHECK (invoices > 0),
    chunks_total integer NOT NULL,
    chunks_done integer NOT NULL DEFAULT 0 CHECK (chunks_done <= chunks_total),
    object_key text,
    size bigint,
    lease_until timestamptz,
    tries integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    ready_at timestamptz,
    CHECK ((status = 'ready') = (object_key IS NOT NULL))
);
CREATE INDEX ix_print_job_commune ON print_job (commune_id, print_id);
CREATE INDEX ix_print_job_rendering ON print_job (print_id) WHERE status = 'rendering';
CREATE TABLE print_chunk (
    print_id uuid NOT NULL REFERENCES print_job ON DELETE CASCADE,
    number integer NOT NULL,
    commune_id uuid NOT NULL,
    invoice_ids uuid[] NOT NULL,
    object_key text,
    lease_until timestamptz,
    tries integer NOT NULL DEFAULT 0,
    PRIMARY KEY (print_id, number)
);
CREATE INDEX ix_print_chunk_waiting ON print_chunk (print_id, number) WHERE object_key IS NULL;
"""


def upgrade() -> None:
    execute_script(_SCRIPT)
    enable_tenant_rls("print_job")
    enable_tenant_rls("print_chunk")
