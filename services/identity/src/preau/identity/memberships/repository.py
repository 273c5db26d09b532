"""Invitations and memberships in the database."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.database import hot
from preau.common.db.driver import Statement
from preau.identity.communes.tables import Commune
from preau.identity.families.tables import Family, Guardian, Membership
from preau.identity.memberships.tables import Invitation


class MembershipRow(NamedTuple):
    """A membership with what a person recognises it by."""

    commune_id: UUID
    commune_name: str
    commune_slug: str
    accent_colour: str
    family_id: UUID
    family_label: str
    guardian_id: UUID


_MEMBERSHIPS = Statement(
    """
    SELECT m.commune_id, c.name, c.slug, c.accent_colour, m.family_id, f.label, m.guardian_id
    FROM membership m
    JOIN commune c ON c.commune_id = m.commune_id
    JOIN family f ON f.family_id = m.family_id
    WHERE m.account_id = :account_id AND f.status = 'active'
    ORDER BY c.name, f.sort_key, m.membership_id
    """
)


async def memberships_of(session: AsyncSession, account_id: UUID) -> list[MembershipRow]:
    """The account's memberships, over its communes; closed families are left out."""
    rows = await hot(session).rows(_MEMBERSHIPS, {"account_id": account_id})
    return [MembershipRow(*row) for row in rows]


async def add_membership(
    session: AsyncSession, *, account_id: UUID, commune_id: UUID, family_id: UUID, guardian_id: UUID
) -> bool:
    """Link an account to a guardian; ``False`` when somebody stands for that guardian already."""
    added = await session.execute(
        insert(Membership)
        .values(account_id=account_id, commune_id=commune_id, family_id=family_id, guardian_id=guardian_id)
        .on_conflict_do_nothing(index_elements=[Membership.guardian_id])
        .returning(Membership.membership_id)
    )
    return added.first() is not None


async def has_account(session: AsyncSession, guardian_id: UUID) -> bool:
    """Whether an account stands for the guardian."""
    return bool(await session.scalar(select(exists().where(Membership.guardian_id == guardian_id))))


async def guardian_of(session: AsyncSession, family_id: UUID, guardian_id: UUID) -> Guardian | None:
    """The guardian, if it is one of that family."""
    return await session.scalar(
        select(Guardian).where(Guardian.guardian_id == guardian_id, Guardian.family_id == family_id)
    )


async def add_invitation(session: AsyncSession, values: dict[str, Any], now: datetime) -> None:
    """Insert an invitation; the guardian's earlier ones no longer work."""
    await session.execute(
        update(Invitation)
        .where(
            Invitation.guardian_id == values["guardian_id"],
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
    session.add(Invitation(**values))
    await session.flush()  # the unique hashes are checked here and not at commit


async def open_invitation(
    session: AsyncSession, *, now: datetime, code_hash: str | None = None, token_hash: str | None = None
) -> Invitation | None:
    """The invitation with that code or link, if it still works."""
    condition = (
        Invitation.code_hash == code_hash if code_hash is not None else Invitation.token_hash == token_hash
    )
    return await session.scalar(
        select(Invitation).where(
            condition,
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        )
    )


async def use_invitation(session: AsyncSession, invitation_id: UUID, now: datetime) -> bool:
    """Use an invitation up; ``False`` when somebody else just did, or it no longer works."""
    used = await session.execute(
        update(Invitation)
        .where(
            Invitation.invitation_id == invitation_id,
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        )
        .values(used_at=now)
        .returning(Invitation.invitation_id)
    )
    return used.first() is not None


async def family_and_commune(
    session: AsyncSession, family_id: UUID, guardian_id: UUID
) -> tuple[Family, Guardian, Commune]:
    """What an invitation is about."""
    row = await session.execute(
        select(Family, Guardian, Commune)
        .join(Guardian, Guardian.family_id == Family.family_id)
        .join(Commune, Commune.commune_id == Family.commune_id)
        .where(Family.family_id == family_id, Guardian.guardian_id == guardian_id)
    )
    family, guardian, commune = row.one()
    return family, guardian, commune
