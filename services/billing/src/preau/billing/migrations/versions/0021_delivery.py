"""How invoices reach their families: each as it was on the day of issue."""

from preau.common.db.migrations import execute_script

revision = "0021"
down_revision = "0020"

_SCRIPT = """
ALTER TABLE family_copy ADD COLUMN delivery text NOT NULL GENERATED ALWAYS AS (
    CASE
        WHEN record ->> 'delivery' IN ('mail', 'paper') THEN record ->> 'delivery'
        WHEN jsonb_path_exists(record, '$.guardians[*] ? (@.has_account == true)') THEN 'mail'
        ELSE 'paper'
    END
) STORED;
ALTER TABLE invoice ADD COLUMN delivery text CHECK (delivery IN ('mail', 'paper'));
"""


def upgrade() -> None:
    """Invoices that were issued before say nothing: they go the way of their family."""
    execute_script(_SCRIPT)
