"""How a family wants its invoices: by mail, or on paper."""

from preau.common.db.migrations import execute_script

revision = "0007"
down_revision = "0006"

_SCRIPT = """
ALTER TABLE family
    ADD COLUMN delivery text NOT NULL DEFAULT 'mail' CHECK (delivery IN ('mail', 'paper'));
"""


def upgrade() -> None:
    """By mail, as it was: families whom no mail reaches are on paper whatever stands here."""
    execute_script(_SCRIPT)
