"""A year of a régie can be closed: nothing is entered in it any more."""

from preau.common.db.migrations import enable_tenant_rls, execute_script

revision = "0019"
down_revision = "0018"

_SCRIPT = """
CREATE TABLE closed_year (
    regie_id uuid NOT NULL REFERENCES regie,
    year smallint NOT NULL,
    commune_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    closed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (regie_id, year)
);
CREATE FUNCTION entry_is_in_an_open_year() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT regie_id, extract(year FROM day)::smallint AS year FROM written) AS w
        JOIN closed_year USING (regie_id, year)
    ) THEN
        RAISE EXCEPTION 'the year of an entry is closed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_is_in_an_open_year AFTER INSERT ON entry REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION entry_is_in_an_open_year();
"""


def upgrade() -> None:
    execute_script(_SCRIPT)
    enable_tenant_rls("closed_year")
