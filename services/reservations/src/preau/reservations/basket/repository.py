"""Baskets and their lines."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import cast
from uuid import UUID

from sqlalchemy import delete, func, null, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.ids import new_id
from preau.contracts.identity import AccountErasedV1, FamilyUpdatedV1
from preau.reservations.basket.domain import Asked, Basket, Line
from preau.reservations.basket.tables import BasketLine, BasketRow
from preau.reservations.bookings.domain import Action, Wish
from preau.reservations.copies.tables import ChildCopy

_MAKE = text(
    "INSERT INTO basket (basket_id, commune_id, family_id, account_id)"
    " VALUES (:id, :commune, :family, :account) ON CONFLICT DO NOTHING"
)


_EMPTY = text(
    "WITH gone AS (DELETE FROM basket_line WHERE basket_id = :basket"
    " RETURNING child_id, activity_id, service_date, action)"
    " UPDATE basket SET emptied = (SELECT jsonb_agg(to_jsonb(gone)) FROM gone)"
    " WHERE basket_id = :basket AND EXISTS (SELECT FROM gone)"
)


async def ensure(session: AsyncSession, commune_id: UUID, family_id: UUID, account_id: UUID) -> Basket:
    """The basket of an account for a family, made if need be."""
    query = select(
        BasketRow.basket_id, func.coalesce(func.jsonb_array_length(BasketRow.emptied), 0).label("restorable")
    ).where(BasketRow.family_id == family_id, BasketRow.account_id == account_id)
    found = (await session.execute(query)).one_or_none()
    if found is None:
        names = {"id": new_id(), "commune": commune_id, "family": family_id, "account": account_id}
        await session.execute(_MAKE, names)
        found = (await session.execute(query)).one()
    return Basket(found.basket_id, found.restorable)


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
    """Take everything out and keep it beside; emptying an empty basket keeps what is beside."""
    await session.execute(_EMPTY, {"basket": basket_id})


async def take_emptied(session: AsyncSession, basket_id: UUID) -> list[Asked]:
    """What was in the basket when it was emptied; it is kept no longer. Of two at once one gets it."""
    query = select(BasketRow.emptied).where(BasketRow.basket_id == basket_id).with_for_update()
    kept = (await session.scalars(query)).one_or_none() or []
    await forget_emptied(session, basket_id)
    return [
        Asked(
            UUID(line["child_id"]),
            UUID(line["activity_id"]),
            date.fromisoformat(line["service_date"]),
            line["action"],
        )
        for line in kept
    ]


async def forget_emptied(session: AsyncSession, basket_id: UUID) -> None:
    """Keep no longer what was in the basket when it was emptied."""
    await session.execute(update(BasketRow).where(BasketRow.basket_id == basket_id).values(emptied=null()))


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
