"""A child between two families: its custodies, and a charge for each family that pays for a day."""

from preau.common.db.migrations import enable_tenant_rls, execute_script

revision = "0023"
down_revision = "0022"

_SCRIPT = """
ALTER TABLE charge
    ADD COLUMN payer_percent smallint NOT NULL DEFAULT 100 CHECK (payer_percent BETWEEN 0 AND 100),
    ADD COLUMN shared_booking_id uuid CHECK (shared_booking_id <> booking_id);
CREATE INDEX ix_charge_shared ON charge (child_id) WHERE shared_booking_id IS NOT NULL;
CREATE TABLE child_custody (
    child_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    family_id uuid NOT NULL,
    terms jsonb NOT NULL
);
CREATE INDEX ix_child_custody_family ON child_custody (family_id);
"""


def upgrade() -> None:
    execute_script(_SCRIPT)
    enable_tenant_rls("child_custody")
