"""The communes' logos; and their colours told to services that had no use for them before."""

from preau.common.db.migrations import execute_script

revision = "0008"
down_revision = "0007"

_COLUMNS = """
ALTER TABLE commune
    ADD COLUMN logo bytea CHECK (octet_length(logo) <= 150000),
    ADD COLUMN has_logo boolean NOT NULL GENERATED ALWAYS AS (logo IS NOT NULL) STORED;
"""
_PUBLISH = """
UPDATE commune SET version = version + 1;
INSERT INTO outbox (msg_id, commune_id, aggregate_type, aggregate_id, aggregate_version, type, version,
    routing_key, payload)
SELECT gen_random_uuid(), commune_id, 'commune', commune_id, version, 'identity.commune.updated', 1,
    'identity.commune.updated.v1', jsonb_build_object('commune_id', commune_id, 'aggregate_id', commune_id,
        'aggregate_version', version, 'slug', slug, 'name', name, 'time_zone', time_zone,
        'school_zone', school_zone, 'accent_colour', accent_colour, 'contact_email', contact_email,
        'contact_phone', contact_phone, 'residency_classes', residency_classes,
        'child_categories', child_categories)
FROM commune ORDER BY commune_id;
"""


def upgrade() -> None:
    """No logo yet; each commune is told of once more."""
    execute_script(_COLUMNS)
    execute_script(_PUBLISH)
