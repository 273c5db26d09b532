"""Lists of the communes' own: classes of residency, categories of children."""

from preau.common.db.migrations import execute_script

revision = "0006"
down_revision = "0005"

_COLUMNS = """
ALTER TABLE commune
    ADD COLUMN residency_classes jsonb NOT NULL DEFAULT jsonb_build_array(
        jsonb_build_object('code', 'resident', 'label', 'Habite la commune', 'is_resident', true),
        jsonb_build_object('code', 'non_resident', 'label', 'Hors commune', 'is_resident', false)
    ),
    ADD COLUMN child_categories jsonb NOT NULL DEFAULT '[]';
"""

_FORMER_VERSION = """
CREATE OR REPLACE FUNCTION residency_period_of_former_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    today date := (
        SELECT (clock_timestamp() AT TIME ZONE c.time_zone)::date FROM commune c
        WHERE c.commune_id = NEW.commune_id
    );
    held text := (
        SELECT h.residency FROM residency_period h
        WHERE h.family_id = NEW.family_id AND h.effective_from <= today ORDER BY h.effective_from DESC LIMIT 1
    );
    is_resident boolean := (
        SELECT (class ->> 'is_resident')::boolean
        FROM commune c, jsonb_array_elements(c.residency_classes) class
        WHERE c.commune_id = NEW.commune_id AND class ->> 'code' = held
    );
BEGIN
    IF held IS NULL OR coalesce(is_resident, false) <> (NEW.residency = 'resident') THEN
        INSERT INTO residency_period
            (period_id, commune_id, family_id, residency, effective_from, applied_at)
        VALUES (
            gen_random_uuid(), NEW.commune_id, NEW.family_id, NEW.residency,
            CASE WHEN held IS NULL THEN '-infinity' ELSE today END, clock_timestamp()
        )
        ON CONFLICT (family_id, effective_from) DO UPDATE
            SET residency = excluded.residency WHERE residency_period.applied_at IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;
"""
"""The former version knows whether a family is resident alone: that its class says too is nothing new."""


def upgrade() -> None:
    """The two residencies that there were, and no categories yet."""
    execute_script(_COLUMNS)
    execute_script(_FORMER_VERSION)
