"""A closure frees the bookings of its days, and it is known how far that has come."""

from preau.common.db.migrations import enable_tenant_rls, execute_script

revision = "0007"
down_revision = "0006"

_APPLICATIONS = """
CREATE TABLE closure_application (
    closure_id uuid PRIMARY KEY REFERENCES closure ON DELETE CASCADE,
    commune_id uuid NOT NULL,
    bookings integer NOT NULL,
    families integer NOT NULL,
    told_up_to uuid,
    applied_at timestamptz
);
CREATE INDEX ix_closure_application_pending ON closure_application (closure_id) WHERE applied_at IS NULL;
ALTER TABLE booking ADD COLUMN closure_id uuid;
CREATE INDEX ix_booking_closure ON booking (closure_id, family_id) WHERE closure_id IS NOT NULL;
"""


def upgrade() -> None:
    """Closures that stand free nothing: the agents who entered them cancelled what was booked."""
    execute_script(_APPLICATIONS)
    enable_tenant_rls("closure_application")
