"""Agents also enter days off, and class that is held in published holidays."""

from preau.common.db.migrations import execute_script

revision = "0010"
down_revision = "0009"

_SCRIPT = """
ALTER TABLE closure DROP CONSTRAINT closure_kind_check,
    ADD CONSTRAINT closure_kind_check
    CHECK (kind IN ('closure', 'day_off', 'school_holidays', 'class_held'));
"""


def upgrade() -> None:
    execute_script(_SCRIPT)
