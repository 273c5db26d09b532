"""What keeps families from booking, as billing published it."""

from preau.common.db.migrations import enable_tenant_rls, execute_script

revision = "0009"
down_revision = "0008"

_COPIES = """
CREATE TABLE debt_copy (
    family_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    version integer NOT NULL,
    owed_cents integer NOT NULL
);
"""


def upgrade() -> None:
    execute_script(_COPIES)
    enable_tenant_rls("debt_copy")
