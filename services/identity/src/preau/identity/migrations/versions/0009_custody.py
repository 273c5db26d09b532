"""Custody by day: a child between the family of its record and another one of the commune."""

from preau.common.db.migrations import enable_tenant_rls, execute_script

revision = "0009"
down_revision = "0008"

_TABLE = """
CREATE TABLE child_custody (
    custody_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL REFERENCES commune,
    family_id uuid NOT NULL REFERENCES family ON DELETE CASCADE,
    child_id uuid NOT NULL REFERENCES child ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('none', 'weeks', 'weekdays', 'dates', 'share')),
    other_family_id uuid REFERENCES family,
    weeks text NOT NULL CHECK (weeks IN ('even', 'odd')),
    changes_on integer NOT NULL CHECK (changes_on BETWEEN 1 AND 7),
    weekdays integer[] NOT NULL,
    percent integer NOT NULL CHECK (percent BETWEEN 0 AND 99),
    dates jsonb NOT NULL,
    effective_from date NOT NULL,
    UNIQUE (child_id, effective_from),
    CONSTRAINT ck_child_custody_other CHECK ((kind = 'none') = (other_family_id IS NULL)),
    CONSTRAINT ck_child_custody_two_families CHECK (other_family_id <> family_id)
);
CREATE INDEX ix_child_custody_family_id ON child_custody (family_id);
CREATE INDEX ix_child_custody_other_family_id ON child_custody (other_family_id);
"""


def upgrade() -> None:
    """No child is between two families yet."""
    execute_script(_TABLE)
    enable_tenant_rls("child_custody")
