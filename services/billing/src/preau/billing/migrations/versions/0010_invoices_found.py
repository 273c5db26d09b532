"""Invoices are found by all names of a family, by parts of their number, and by what is still due."""

from preau.common.db.migrations import execute_script
from preau.common.db.text_search import add_search_key, create_search_key

revision = "0010"
down_revision = "0009"

_NAMES = """
CREATE FUNCTION names_of_family(record jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY[record ->> 'label'] || ARRAY(
    SELECT concat_ws(' ', person ->> 'first_name', person ->> 'last_name')
    FROM jsonb_array_elements(
        coalesce(record -> 'guardians', '[]') || coalesce(record -> 'children', '[]')
    ) AS person
);
"""
_INDEXES = """
CREATE INDEX ix_family_copy_commune ON family_copy (commune_id);
CREATE INDEX ix_invoice_open_issued_on ON invoice (commune_id, issued_on, invoice_id) WHERE due_cents > 0;
CREATE INDEX ix_invoice_open_due_date ON invoice (commune_id, due_date, invoice_id) WHERE due_cents > 0;
CREATE INDEX ix_invoice_period ON invoice (commune_id, period, invoice_id) WHERE status <> 'draft';
"""


def upgrade() -> None:
    create_search_key()
    execute_script(_NAMES)
    add_search_key("family_copy", "search_key", "names_of_family(record)")
    execute_script(_INDEXES)
