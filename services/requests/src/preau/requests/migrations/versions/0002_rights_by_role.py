"""Rights by role: no setting opens a table, and the history of a request stays."""

from preau.common.db.migrations import (
    append_only,
    enable_tenant_rls,
    never_deleted,
    rights_of_former_tables,
    secure_messaging_tables,
)

revision = "0002"
down_revision = "0001"

TENANT_TABLES = (
    "category",
    "reference_counter",
    "request",
    "request_history",
    "message",
    "document",
    "document_usage",
    "request_document",
    "family_copy",
    "commune_copy",
)


def upgrade() -> None:
    """Give each role what its work needs."""
    rights_of_former_tables()
    secure_messaging_tables()
    for table in TENANT_TABLES:
        enable_tenant_rls(table)
    append_only("request_history", updatable=["actor_id", "actor_name"])
    append_only("message", updatable=["author_id", "author_name"])
    append_only("reference_counter", updatable=["last"])
    never_deleted("request", "category")
