"""Moves that accepted requests brought, each applied on its day, in the database."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.identity.communes.tables import Commune
from preau.identity.families.domain import PostalAddress
from preau.identity.families.tables import AddressChange


async def add(
    session: AsyncSession,
    *,
    request_id: UUID,
    commune_id: UUID,
    family_id: UUID,
    address: PostalAddress,
    valid_from: date,
) -> None:
    """Insert the move of a request; a second time changes nothing."""
    await session.execute(
        insert(AddressChange)
        .values(
            request_id=request_id,
            commune_id=commune_id,
            family_id=family_id,
            street=address.street,
            postal_code=address.postal_code,
            city=address.city,
            valid_from=valid_from,
        )
        .on_conflict_do_nothing(index_elements=[AddressChange.request_id])
    )


async def due(
    session: AsyncSession, now: datetime, *, family_id: UUID | None, limit: int
) -> Sequence[AddressChange]:
    """The moves (of one family) not applied whose day has come in their commune, locked, the oldest first."""
    today = func.date(func.timezone(Commune.time_zone, now))
    query = (
        select(AddressChange)
        .join(Commune, Commune.commune_id == AddressChange.commune_id)
        .where(AddressChange.applied_at.is_(None), AddressChange.valid_from <= today)
        .order_by(AddressChange.valid_from, AddressChange.request_id)
        .limit(limit)
        .with_for_update(of=AddressChange, skip_locked=True)
    )
    if family_id is not None:
        query = query.where(AddressChange.family_id == family_id)
    return (await session.scalars(query)).all()


async def mark_applied(session: AsyncSession, change: AddressChange, now: datetime) -> None:
    """The move stands in the record."""
    await session.execute(
        update(AddressChange).where(AddressChange.request_id == change.request_id).values(applied_at=now)
    )


async def communes_waiting(session: AsyncSession) -> Sequence[UUID]:
    """The communes with moves not applied; the session sees every commune."""
    waiting = await session.scalars(
        select(AddressChange.commune_id).where(AddressChange.applied_at.is_(None)).distinct()
    )
    return waiting.all()
