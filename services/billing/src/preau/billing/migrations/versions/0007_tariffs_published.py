"""Which days have a tariff is published: also of the tariffs that stand."""

from preau.common.db.migrations import execute_script

revision = "0007"
down_revision = "0006"

_PUBLISH = """
INSERT INTO outbox (msg_id, commune_id, aggregate_type, aggregate_id, aggregate_version, type, version,
    routing_key, payload)
SELECT gen_random_uuid(), commune_id, 'tariff', activity_id, count(*), 'billing.tariff.updated', 1,
    'billing.tariff.updated.v1', jsonb_build_object('commune_id', commune_id, 'aggregate_id', activity_id,
        'aggregate_version', count(*), 'first_day', min(effective_from))
FROM tariff GROUP BY commune_id, activity_id ORDER BY commune_id, activity_id;
"""


def upgrade() -> None:
    """Tell of each activity that has a tariff what a new statement would tell."""
    execute_script(_PUBLISH)
