"""A régie may carry small amounts over: they are billed with the next month's end."""

from preau.common.db.migrations import enable_tenant_rls, execute_script

revision = "0020"
down_revision = "0019"

_SCRIPT = """
ALTER TABLE regie ADD COLUMN carry_under_cents integer CHECK (carry_under_cents BETWEEN 1 AND 10000);
ALTER TABLE billing_run ADD COLUMN carry_under_cents integer,
    ADD COLUMN families_carried integer NOT NULL DEFAULT 0,
    ADD COLUMN carried_cents bigint NOT NULL DEFAULT 0;
ALTER TABLE run_family ADD COLUMN carried_from date;
CREATE INDEX ix_run_family_carried ON run_family (run_id) WHERE carried_from IS NOT NULL;
CREATE TABLE carried_month (
    carried_id uuid PRIMARY KEY DEFAULT new_id(),
    commune_id uuid NOT NULL,
    regie_id uuid NOT NULL REFERENCES regie,
    family_id uuid NOT NULL,
    run_id uuid NOT NULL REFERENCES billing_run,
    period text NOT NULL,
    first_day date NOT NULL,
    amount_cents integer NOT NULL CHECK (amount_cents > 0),
    carried_at timestamptz NOT NULL DEFAULT now(),
    ended_by uuid REFERENCES billing_run,
    outcome text CHECK (outcome IN ('billed', 'carried_on', 'nothing_due')),
    CHECK ((ended_by IS NULL) = (outcome IS NULL)),
    UNIQUE (run_id, family_id)
);
CREATE UNIQUE INDEX uq_carried_month_open ON carried_month (family_id, regie_id) WHERE outcome IS NULL;
CREATE INDEX ix_carried_month_family ON carried_month (family_id, regie_id);
CREATE INDEX ix_carried_month_list ON carried_month (commune_id, carried_id) WHERE outcome IS NULL;
"""


def upgrade() -> None:
    execute_script(_SCRIPT)
    enable_tenant_rls("carried_month")
