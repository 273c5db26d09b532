"""An account with its families, on the driver: each page that a parent opens asks for them."""

from uuid import UUID

from preau.common.db.driver import DriverTransaction, Record, Statement

FACTS = (
    "account_id, account_name, email, email_confirmed_at, purpose, civility, first_name, last_name,"
    " notify_by, phone, second_phone, second_email"
)
PROFILE = Statement(
    f"SELECT {FACTS}, ARRAY(SELECT ROW(m.commune_id, c.name, c.slug, c.accent_colour, m.family_id,"  # noqa: S608 - made of constants
    " f.label, m.guardian_id) FROM membership m JOIN commune c ON c.commune_id = m.commune_id"
    " JOIN family f ON f.family_id = m.family_id"
    " WHERE m.account_id = account.account_id AND f.status = 'active'"
    " ORDER BY c.name, f.sort_key, m.membership_id) AS memberships"
    " FROM account WHERE account_id = CAST(:account AS uuid)"
)
"""Closed families are left out."""


async def profile(transaction: DriverTransaction, account_id: UUID) -> Record | None:
    """The account's facts and its memberships, None when it is no more."""
    return next(iter(await transaction.rows(PROFILE, {"account": account_id})), None)
