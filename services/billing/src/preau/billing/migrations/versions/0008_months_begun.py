"""A month's price is due once the month is begun; one that counted each booking says so by its own name."""

from preau.common.db.migrations import execute_script

revision = "0008"
down_revision = "0007"

_SCRIPT = """
UPDATE tariff SET definition = jsonb_set(definition, '{quantity,kind}', '"booking"')
WHERE definition #>> '{quantity,kind}' = 'month';
UPDATE billing_run SET tariffs = (
    SELECT coalesce(jsonb_object_agg(activity_id, (
        SELECT coalesce(jsonb_agg(CASE WHEN stated #>> '{definition,quantity,kind}' = 'month'
            THEN jsonb_set(stated, '{definition,quantity,kind}', '"booking"') ELSE stated END), '[]')
        FROM jsonb_array_elements(all_stated) AS stated
    )), '{}') FROM jsonb_each(tariffs) AS each (activity_id, all_stated)
) WHERE tariffs::text LIKE '%"month"%';
"""


def upgrade() -> None:
    execute_script(_SCRIPT)
