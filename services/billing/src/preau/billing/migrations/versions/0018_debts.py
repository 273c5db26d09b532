"""Debts may keep families from booking, where the commune wants it."""

from preau.common.db.migrations import enable_tenant_rls, execute_script

revision = "0018"
down_revision = "0017"

_SCRIPT = """
CREATE TABLE debt_rule (
    commune_id uuid PRIMARY KEY,
    is_on boolean NOT NULL DEFAULT false,
    threshold_cents integer NOT NULL CHECK (threshold_cents > 0),
    days integer NOT NULL CHECK (days > 0),
    version integer NOT NULL DEFAULT 1
);
CREATE TABLE debt_exemption (
    family_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    until date NOT NULL,
    reason text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE family_debt (
    family_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    owed_cents integer NOT NULL CHECK (owed_cents >= 0),
    version integer NOT NULL DEFAULT 1
);
"""


def upgrade() -> None:
    execute_script(_SCRIPT)
    for table in ("debt_rule", "debt_exemption", "family_debt"):
        enable_tenant_rls(table)
