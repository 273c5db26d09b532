"""The codes by which the public accountant knows a régie: what PES V2 asks for."""

from preau.common.db.migrations import execute_script

revision = "0013"
down_revision = "0012"

_FIELDS = ("accounting_post", "collectivity_code", "budget_code", "product_code", "revenue_account")
_COLUMNS = ", ".join(f"ADD COLUMN {name} text NOT NULL DEFAULT ''" for name in _FIELDS)


def upgrade() -> None:
    execute_script(f"ALTER TABLE regie {_COLUMNS};")
