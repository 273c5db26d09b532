"""Baskets and their lines."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import cast
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.ids import new_id
from preau.contracts.identity import AccountErasedV1, FamilyUpdatedV1
from preau.reservations.basket.domain import Line
from preau.reservations.basket.tables import BasketLine, BasketRow
from preau.reservations.bookings.domain import Action, Wish
from preau.reservations.copies.tables import ChildCopy

_MAKE = text(
    "INSERT INTO basket (basket_id, commune_id, family_id, account_id)"
    " VALUES (:id, :commune, :family, :account) ON CONFLICT DO NOTHING"
)


async def ensure(session: AsyncSession, commune_id: UUID, family_id: UUID, account_id: UUID) -> UUID:
    """The basket of an account for a family, made if need be."""
    query = select(BasketRow.basket_id).where(
        BasketRow.family_id == family_id, BasketRow.account_id == account_id
    )
    found = (await session.scalars(query)).one_or_none()
    if found is None:
        names = {"id": new_id(), "commune": commune_id, "family": family_id, "account": account_id}
        await session.execute(_MAKE, names)
        found = (await session.scalars(query)).one()
    return found


async def lines(session: AsyncSession, basket_id: UUID) -> list[Line]:
    """The lines of a basket by day."""
    rows = await session.execute(
        select(
            BasketLine.line_id,
            BasketLine.child_id,
            BasketLine.activity_id,
            BasketLine.service_date,
            BasketLine.action,
        )
        .where(BasketLine.basket_id == basket_id)
        .order_by(BasketLine.service_date, BasketLine.child_id, BasketLine.activity_id)
    )
    return [
        Line(row.line_id, Wish(row.child_id, row.activity_id, row.service_date, cast(Action, row.action)))
        for row in rows
    ]


async def actions(
    session: AsyncSession, family_id: UUID, account_id: UUID, child_id: UUID
) -> dict[tuple[UUID, date], Action]:
    """What the basket holds for one child, by activity and day."""
    rows = await session.execute(
        select(BasketLine.activity_id, BasketLine.service_date, BasketLine.action)
        .join(BasketRow, BasketRow.basket_id == BasketLine.basket_id)
        .where(
            BasketRow.family_id == family_id,
            BasketRow.account_id == account_id,
            BasketLine.child_id == child_id,
        )
    )
    return {(row.activity_id, row.service_date): cast(Action, row.action) for row in rows}


async def put(session: AsyncSession, commune_id: UUID, basket_id: UUID, wishes: Sequence[Wish]) -> None:
    """Put lines into the basket; a line for the same child, activity and day takes the new action."""
    if not wishes:
        return
    statement = insert(BasketLine)
    await session.execute(
        statement.on_conflict_do_update(
            constraint="uq_basket_line", set_={"action": statement.excluded.action}
        ),
        [
            {
                "line_id": new_id(),
                "commune_id": commune_id,
                "basket_id": basket_id,
                "child_id": wish.child_id,
                "activity_id": wish.activity_id,
                "service_date": wish.day,
                "action": wish.action,
            }
            for wish in wishes
        ],
    )


async def remove(session: AsyncSession, basket_id: UUID, line_ids: Collection[UUID]) -> int:
    """Take lines out; how many there were."""
    gone = await session.execute(
        delete(BasketLine)
        .where(BasketLine.basket_id == basket_id, BasketLine.line_id.in_(line_ids))
        .returning(BasketLine.line_id)
    )
    return len(gone.all())


async def empty(session: AsyncSession, basket_id: UUID) -> None:
    """Take everything out."""
    await session.execute(delete(BasketLine).where(BasketLine.basket_id == basket_id))


async def drop_lines_of_former_children(session: AsyncSession, event: FamilyUpdatedV1) -> None:
    """Take out the lines of children who are no longer in the family, by the copy that we hold."""
    baskets = select(BasketRow.basket_id).where(BasketRow.family_id == event.aggregate_id)
    children = select(ChildCopy.child_id).where(ChildCopy.family_id == event.aggregate_id)
    await session.execute(
        delete(BasketLine).where(BasketLine.basket_id.in_(baskets), BasketLine.child_id.not_in(children))
    )


async def forget_account(session: AsyncSession, event: AccountErasedV1) -> None:
    """Drop the baskets of an erased account."""
    await session.execute(delete(BasketRow).where(BasketRow.account_id == event.aggregate_id))
