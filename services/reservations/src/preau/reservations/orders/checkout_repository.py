"""Placing an order: one look at all that decides on a basket, and the order written as it is emptied.

The bookings and their places are written by ``preau.reservations.bookings.service``.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Bundle

from preau.common.errors import NotFound
from preau.reservations.basket.domain import Line
from preau.reservations.basket.tables import BasketLine, BasketRow
from preau.reservations.bookings import repository as bookings
from preau.reservations.bookings.domain import Wish
from preau.reservations.bookings.lifecycle import ACTIVE
from preau.reservations.bookings.tables import BookingRow
from preau.reservations.calendars import repository as calendars
from preau.reservations.calendars.domain import CommuneCalendar
from preau.reservations.catalogue import repository as activities
from preau.reservations.catalogue.tables import ActivityRow, Site
from preau.reservations.copies import repository as copies
from preau.reservations.copies.domain import ChildRecord, CommuneRecord
from preau.reservations.copies.tables import ChildCopy, CommuneCopy, FamilyCopy
from preau.reservations.orders.domain import Checkout, Placement
from preau.reservations.orders.lifecycle import UNPAID
from preau.reservations.orders.tables import OrderRow
from preau.reservations.rules.context import BookingContext
from preau.reservations.slots.domain import Places
from preau.reservations.slots.tables import Slot

_Row = Row[*tuple[Any, ...]]
_LOCK_FAMILY = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_LINES: Select[*tuple[Any, ...]] = (
    select(
        Bundle[Any]("commune", *copies.COMMUNE_COLUMNS),
        FamilyCopy.status.label("family_status"),
        select(func.clock_timestamp()).scalar_subquery().label("now"),
        select(func.count())
        .select_from(OrderRow)
        .where(OrderRow.family_id == BasketRow.family_id, OrderRow.status.in_(UNPAID))
        .correlate(BasketRow)
        .scalar_subquery()
        .label("unpaid_orders"),
        Bundle[Any](
            "line", BasketLine.line_id, BasketLine.child_id, BasketLine.service_date, BasketLine.action
        ),
        Bundle[Any]("child", *copies.CHILD_COLUMNS),
        Bundle[Any]("activity", *activities.COLUMNS),
        Site.label.label("site_label"),
        Bundle[Any]("booking", *bookings.COLUMNS),
        Bundle[Any]("slot", Slot.slot_id, Slot.capacity, Slot.used),
    )
    .select_from(BasketRow)
    .join(BasketLine, BasketLine.basket_id == BasketRow.basket_id)
    .join(ActivityRow, ActivityRow.activity_id == BasketLine.activity_id)
    .join(Site, Site.site_id == ActivityRow.site_id)
    .outerjoin(FamilyCopy, FamilyCopy.family_id == BasketRow.family_id)
    .outerjoin(CommuneCopy, CommuneCopy.commune_id == FamilyCopy.commune_id)
    .outerjoin(
        ChildCopy,
        and_(ChildCopy.family_id == BasketRow.family_id, ChildCopy.child_id == BasketLine.child_id),
    )
    .outerjoin(
        BookingRow,
        and_(
            BookingRow.child_id == BasketLine.child_id,
            BookingRow.activity_id == BasketLine.activity_id,
            BookingRow.service_date == BasketLine.service_date,
            BookingRow.status.in_(ACTIVE),
        ),
    )
    .outerjoin(
        Slot, and_(Slot.activity_id == BasketLine.activity_id, Slot.slot_date == BasketLine.service_date)
    )
    .where(BasketRow.family_id == bindparam("family"), BasketRow.account_id == bindparam("account"))
    .order_by(BasketLine.service_date, BasketLine.child_id, BasketLine.activity_id)
)
"""One row a line of the basket, with what was read of its child, activity, booking and slot."""
_OPEN = text(
    "WITH taken_out AS (DELETE FROM basket_line WHERE line_id = ANY(CAST(:lines AS uuid[])))"
    " INSERT INTO booking_order"
    " (order_id, commune_id, family_id, status, version, held_until, account_id, placed_at)"
    " VALUES (:order_id, :commune_id, :family_id, :status, :version, :held_until, :account_id, :placed_at)"
)


async def lock_family(session: AsyncSession, family_id: UUID) -> None:
    """Let one order of a family be placed at a time, until the transaction ends."""
    await session.execute(_LOCK_FAMILY, {"name": f"order/{family_id}"})


async def look(session: AsyncSession, commune_id: UUID, family_id: UUID, account_id: UUID) -> Checkout | None:
    """The account's basket for the family and all that decides on it; None when the basket is empty.

    Two statements: the lines with all that hangs on them, and the commune's calendar. Raises ``NotFound``
    for a family of which no copy has come, and for a child who has left it.
    """
    rows = (await session.execute(_LINES, {"family": family_id, "account": account_id})).all()
    if not rows:
        return None
    first = rows[0]
    if first.commune.commune_id is None:
        raise NotFound("Cette famille n’est pas encore connue ici.")
    if any(row.child.child_id is None for row in rows):
        raise NotFound("Cet enfant n’existe pas.")
    commune = CommuneRecord(*first.commune)
    calendar = await calendars.calendar(
        session,
        first.line.service_date,
        rows[-1].line.service_date,
        time_zone=commune.time_zone,
        school_zone=commune.school_zone,
    )
    return Checkout(
        commune_id=commune_id,
        family_id=family_id,
        lines=tuple(Line(row.line.line_id, _wish(row)) for row in rows),
        context=_context(rows, commune, calendar),
        unpaid_orders=first.unpaid_orders,
    )


def _wish(row: _Row) -> Wish:
    return Wish(row.line.child_id, row.activity.activity_id, row.line.service_date, row.line.action)


def _context(rows: Sequence[_Row], commune: CommuneRecord, calendar: CommuneCalendar) -> BookingContext:
    of_activity = {row.activity.activity_id: row for row in rows}
    booked = [bookings.to_booking(row.booking._mapping) for row in rows if row.booking.booking_id is not None]
    return BookingContext(
        now=rows[0].now,
        commune=commune,
        calendar=calendar,
        family_is_active=rows[0].family_status == "active",
        children={row.child.child_id: ChildRecord(*row.child) for row in rows},
        activities={
            activity_id: activities.to_activity(row.activity, row.site_label)
            for activity_id, row in of_activity.items()
        },
        bookings={booking.key: booking for booking in booked},
        places={
            (row.activity.activity_id, row.line.service_date): Places(
                row.slot.capacity, row.slot.used, row.slot.slot_id
            )
            for row in rows
            if row.slot.slot_id is not None
        },
    )


async def open_order(
    session: AsyncSession, placement: Placement, lines: Sequence[Line], account_id: UUID
) -> None:
    """Write the order and take its lines out of the basket."""
    await session.execute(
        _OPEN,
        {
            **placement.order._asdict(),
            "lines": [line.line_id for line in lines],
            "account_id": account_id,
            "placed_at": placement.placed_at,
        },
    )
