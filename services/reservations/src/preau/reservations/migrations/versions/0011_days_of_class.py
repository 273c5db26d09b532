"""On which weekdays there is class is a matter of each site: some communes keep Wednesday morning."""

from preau.common.db.migrations import execute_script

revision = "0011"
down_revision = "0010"

_SCRIPT = """
ALTER TABLE site ADD COLUMN class_weekdays integer[] NOT NULL DEFAULT '{0,1,3,4}'
    CHECK (class_weekdays <@ '{0,1,2,3,4,5}' AND cardinality(class_weekdays) BETWEEN 1 AND 6);
"""


def upgrade() -> None:
    execute_script(_SCRIPT)
