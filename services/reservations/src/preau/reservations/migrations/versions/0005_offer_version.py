"""The version of a commune's offer: what processes keep of it is checked against it."""

from preau.common.db.migrations import enable_tenant_rls, execute_script, never_deleted

revision = "0005"
down_revision = "0004"

TABLE = """
CREATE TABLE offer_version (
    commune_id uuid PRIMARY KEY,
    version bigint NOT NULL
);
"""
COUNTS = """
CREATE FUNCTION count_offer_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO offer_version (commune_id, version) VALUES (coalesce(NEW.commune_id, OLD.commune_id), 1)
        ON CONFLICT (commune_id) DO UPDATE SET version = offer_version.version + 1;
    RETURN NULL;
END $$;
"""
COUNTED = """
CREATE TRIGGER count_offer_change AFTER INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION count_offer_change();
"""


def upgrade() -> None:
    """Count the changes of all that an offer is made of."""
    execute_script(TABLE)
    enable_tenant_rls("offer_version")
    never_deleted("offer_version")
    execute_script(COUNTS)
    for table in ("site", "activity", "closure", "commune_copy"):
        execute_script(COUNTED.format(table=table))
