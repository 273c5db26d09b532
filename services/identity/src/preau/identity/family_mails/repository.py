"""Whom a family's mails reach, and the names in them, in the database."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import case, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from preau.identity.accounts.tables import Account
from preau.identity.families.tables import Child, Family, Guardian, Membership
from preau.identity.notifications.domain import Recipient


async def recipients_of(
    session: AsyncSession, family_ids: Iterable[UUID], *, essential: bool
) -> dict[UUID, list[Recipient]]:
    """The guardians with an e-mail, family by family; unknown families are absent, reachable by nobody empty.

    A guardian without e-mail is reached at the login of the account that stands for them. Unless the mail is
    ``essential``, who asked not to be notified is left out.
    """
    wanted = list(family_ids)
    known = await session.scalars(select(Family.family_id).where(Family.family_id.in_(wanted)))
    found: defaultdict[UUID, list[Recipient]] = defaultdict(list, {family: [] for family in known})
    email = case((Guardian.email != "", Guardian.email), else_=Account.email)
    rows = await session.execute(
        select(Guardian.family_id, email, Guardian.first_name)
        .outerjoin(Membership, Membership.guardian_id == Guardian.guardian_id)
        .outerjoin(Account, Account.account_id == Membership.account_id)
        .where(
            Guardian.family_id.in_(wanted),
            func.coalesce(email, "") != "",
            true() if essential else or_(Account.notify_by.is_(None), Account.notify_by != "none"),
        )
        .order_by(Guardian.family_id, Guardian.position)
    )
    for family_id, address, first_name in rows:
        if all(address.casefold() != other.email.casefold() for other in found[family_id]):
            found[family_id].append(Recipient(address, first_name))
    return dict(found)


async def child_names(session: AsyncSession, child_ids: Iterable[UUID]) -> dict[UUID, str]:
    """First names, by child."""
    rows = await session.execute(
        select(Child.child_id, Child.first_name).where(Child.child_id.in_(list(child_ids)))
    )
    return {row.child_id: row.first_name for row in rows}
