"""Rights by role: no setting opens a table; links, throttles and keys are for sign-in's role alone."""

from preau.common.db.migrations import (
    enable_tenant_rls,
    keep_from_application,
    let_application,
    never_deleted,
    rights_of_former_tables,
    secure_messaging_tables,
    wall_off,
    wall_off_former_tenants,
)
from preau.common.db.row_security import ACCOUNT, COMMUNE

revision = "0003"
down_revision = "0002"

OF_SIGN_IN = (
    "account_link",
    "spent_challenge",
    "platform_secret",
    "throttle",
    "try_budget",
    "known_network",
    "mail_request",
    "refresh_token",
    "signing_key",
    "sandbox_mail",
)


def upgrade() -> None:
    """Give each role what its work needs."""
    rights_of_former_tables()
    wall_off_former_tenants()
    secure_messaging_tables()
    enable_tenant_rls("membership", account=True)
    let_application("commune", "public_facts", "true", command="SELECT")
    let_application(
        "family",
        "account",
        f"family_id IN (SELECT m.family_id FROM membership m WHERE m.account_id = {ACCOUNT})",  # noqa: S608
        command="SELECT",
    )
    let_application("notification", "of_no_commune", "commune_id IS NULL", command="INSERT")
    wall_off("account")
    let_application("account", "own", f"account_id = {ACCOUNT}")
    let_application(
        "account",
        "members",
        f"account_id IN (SELECT m.account_id FROM membership m WHERE m.commune_id = {COMMUNE})",  # noqa: S608
        command="SELECT",
    )
    wall_off("session")
    let_application("session", "own", f"subject_id = {ACCOUNT} OR commune_id = {COMMUNE}")
    keep_from_application(*OF_SIGN_IN)
    never_deleted("commune", "agent", "account")
