"""Rights by role: no setting opens a table, and the history of a request stays."""

from preau.common.db.migrations import (
    append_only,
    never_deleted,
    only_grows,
    rights_of_former_tables,
    secure_messaging_tables,
    wall_off_former_tenants,
)

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Give each role what its work needs."""
    rights_of_former_tables()
    wall_off_former_tenants()
    secure_messaging_tables()
    append_only("request_history", updatable=["actor_id", "actor_name"])
    append_only("message", updatable=["author_id", "author_name"])
    only_grows("reference_counter", "last")
    never_deleted("request", "category")
