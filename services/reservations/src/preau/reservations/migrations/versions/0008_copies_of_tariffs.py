"""Since when an activity has a tariff, as billing published it: a part of what is offered."""

from preau.common.db.migrations import enable_tenant_rls, execute_script

revision = "0008"
down_revision = "0007"

_COPIES = """
CREATE TABLE tariff_copy (
    activity_id uuid PRIMARY KEY,
    commune_id uuid NOT NULL,
    version integer NOT NULL,
    first_day date NOT NULL
);
CREATE TRIGGER count_offer_change AFTER INSERT OR UPDATE OR DELETE ON tariff_copy
    FOR EACH ROW EXECUTE FUNCTION count_offer_change();
"""


def upgrade() -> None:
    """Billing publishes the tariffs that stand."""
    execute_script(_COPIES)
    enable_tenant_rls("tariff_copy")
