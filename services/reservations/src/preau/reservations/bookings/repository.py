"""Bookings: made and moved by one guarded statement."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import RowMapping, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.contracts.reservations import BookingStatus
from preau.reservations.bookings.domain import Booking, BookingKey, Move
from preau.reservations.bookings.lifecycle import ACTIVE, BOOKING
from preau.reservations.bookings.tables import BookingRow
from preau.reservations.catalogue.tables import ActivityRow, Site
from preau.reservations.copies.tables import ChildCopy, FamilyCopy

COLUMNS = (
    BookingRow.booking_id,
    BookingRow.commune_id,
    BookingRow.family_id,
    BookingRow.child_id,
    BookingRow.activity_id,
    BookingRow.service_date,
    BookingRow.status,
    BookingRow.version,
    BookingRow.payment_mode,
    BookingRow.slot_id,
    BookingRow.order_id,
    BookingRow.decided_by_agent,
    select(ActivityRow.label)
    .where(ActivityRow.activity_id == BookingRow.activity_id)
    .correlate(BookingRow)
    .scalar_subquery()
    .label("activity_label"),
)
_LABEL = "(SELECT a.label FROM activity a WHERE a.activity_id = b.activity_id) AS activity_label"
_ENDED = ", ".join(f"'{status}'" for status in sorted(BOOKING.ended))
_KEPT = (
    "booking_id, commune_id, family_id, child_id, activity_id, service_date, status, version, payment_mode,"
    " slot_id, order_id, decided_by_agent"
)
_RECORD = text(
    "WITH made AS (INSERT INTO booking (booking_id, commune_id, family_id, child_id, activity_id,"  # noqa: S608 - made of constants
    " service_date, slot_id, order_id, status, payment_mode, decided_by_agent, message)"
    " SELECT r.* FROM jsonb_to_recordset(CAST(:drafts AS jsonb)) AS r(booking_id uuid, commune_id uuid,"
    " family_id uuid, child_id uuid, activity_id uuid, service_date date, slot_id uuid, order_id uuid,"
    " status text, payment_mode text, decided_by_agent boolean, message text)"
    " ORDER BY r.child_id, r.activity_id, r.service_date"
    f" ON CONFLICT (child_id, activity_id, service_date) WHERE status NOT IN ({_ENDED}) DO NOTHING"
    f" RETURNING {_KEPT}),"
    " held AS (SELECT booking_id, status FROM booking WHERE booking_id = ANY(CAST(:ids AS uuid[]))"
    " ORDER BY booking_id FOR NO KEY UPDATE),"
    " moved AS (UPDATE booking SET status = m.becomes, version = booking.version + 1,"
    " changed_at = clock_timestamp(), decided_by_agent = booking.decided_by_agent OR m.by_agent,"
    " message = coalesce(m.message, booking.message)"
    " FROM held JOIN jsonb_to_recordset(CAST(:moves AS jsonb)) AS m(booking_id uuid, was text, becomes text,"
    " by_agent boolean, message text) ON m.booking_id = held.booking_id AND m.was = held.status"
    " WHERE booking.booking_id = held.booking_id"
    f" RETURNING {', '.join(f'booking.{name}' for name in _KEPT.split(', '))}, m.was)"
    f" SELECT b.*, {_LABEL}, clock_timestamp() AS at FROM (SELECT made.*, NULL AS was FROM made"
    " UNION ALL SELECT * FROM moved) AS b"
)
_TOUCH = text(
    "UPDATE booking b SET version = b.version + 1, changed_at = clock_timestamp()"  # noqa: S608
    " WHERE b.booking_id = ANY(CAST(:ids AS uuid[])) RETURNING b.*,"
    f" {_LABEL}"
)


class Written(NamedTuple):
    """Bookings made, bookings moved with what each was, and the database's clock once they were ours."""

    made: list[Booking]
    moved: list[tuple[Booking, BookingStatus]]
    at: datetime | None


def to_booking(row: RowMapping) -> Booking:
    """A row of :data:`COLUMNS` as a booking."""
    return Booking(**{name: row[name] for name in Booking.__dataclass_fields__})


async def write(session: AsyncSession, drafts: Sequence[dict[str, Any]], moves: Sequence[Move]) -> Written:
    """Write new bookings and move others, in one statement.

    A draft whose child is booked already is left out. Of several transactions that move one booking, one
    finds it in a status that it may leave.
    """
    if not drafts and not any(move.booking_ids for move in moves):
        return Written([], [], None)
    result = await session.execute(
        _RECORD,
        {
            "drafts": to_json(drafts).decode(),
            "ids": sorted({booking_id for move in moves for booking_id in move.booking_ids}),
            "moves": to_json([row for move in moves for row in move.rows()]).decode(),
        },
    )
    rows = result.mappings().all()
    return Written(
        made=[to_booking(row) for row in rows if row["was"] is None],
        moved=[(to_booking(row), row["was"]) for row in rows if row["was"] is not None],
        at=max((row["at"] for row in rows), default=None),
    )


async def touch(session: AsyncSession, booking_ids: Collection[UUID]) -> list[Booking]:
    """Give bookings a new version without another status: something that hangs on them changed."""
    result = await session.execute(_TOUCH, {"ids": sorted(booking_ids)})
    return [to_booking(row) for row in result.mappings()]


async def active_or_last(
    session: AsyncSession,
    child_ids: Collection[UUID],
    activity_ids: Collection[UUID],
    first: date,
    last: date,
) -> dict[BookingKey, Booking]:
    """For each child, activity and day the active booking, else the one that ended last."""
    rows = await session.execute(
        select(*COLUMNS)
        .where(
            BookingRow.child_id.in_(child_ids),
            BookingRow.activity_id.in_(activity_ids),
            BookingRow.service_date.between(first, last),
        )
        .order_by(BookingRow.status.in_(ACTIVE), BookingRow.booking_id)
    )
    bookings = (to_booking(row) for row in rows.mappings())
    return {one.key: one for one in bookings}


async def of_family(session: AsyncSession, family_id: UUID, first: date, last: date) -> list[Booking]:
    """The bookings of a family in a range of days, by day."""
    rows = await session.execute(
        select(*COLUMNS)
        .where(BookingRow.family_id == family_id, BookingRow.service_date.between(first, last))
        .order_by(BookingRow.service_date, BookingRow.booking_id)
    )
    return [to_booking(row) for row in rows.mappings()]


async def of_order(session: AsyncSession, order_id: UUID) -> list[Booking]:
    """The bookings that an order made, by day."""
    rows = await session.execute(
        select(*COLUMNS)
        .where(BookingRow.order_id == order_id)
        .order_by(BookingRow.service_date, BookingRow.booking_id)
    )
    return [to_booking(row) for row in rows.mappings()]


async def booking(session: AsyncSession, booking_id: UUID, family_id: UUID | None = None) -> Booking | None:
    """One booking of the commune, or of one family."""
    query = select(*COLUMNS).where(BookingRow.booking_id == booking_id)
    if family_id is not None:
        query = query.where(BookingRow.family_id == family_id)
    row = (await session.execute(query)).mappings().one_or_none()
    return None if row is None else to_booking(row)


async def bookings(session: AsyncSession, booking_ids: Collection[UUID]) -> list[Booking]:
    """Those of the named bookings that the commune has."""
    rows = await session.execute(select(*COLUMNS).where(BookingRow.booking_id.in_(booking_ids)))
    return [to_booking(row) for row in rows.mappings()]


class QueuedBooking(NamedTuple):
    """A booking with the names that agents read."""

    booking: Booking
    child_name: str
    family_label: str
    site_label: str
    activity_label: str


async def queue(
    session: AsyncSession,
    *,
    status: BookingStatus | None,
    day: date | None,
    activity_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> Sequence[QueuedBooking]:
    """A page of the commune's bookings in the order in which they were made, one more than ``limit``."""
    query = (
        select(
            *COLUMNS,
            (ChildCopy.first_name + " " + ChildCopy.last_name).label("child_name"),
            FamilyCopy.label.label("family_label"),
            Site.label.label("site_label"),
        )
        .join(ActivityRow, ActivityRow.activity_id == BookingRow.activity_id)
        .join(Site, Site.site_id == ActivityRow.site_id)
        .outerjoin(FamilyCopy, FamilyCopy.family_id == BookingRow.family_id)
        .outerjoin(
            ChildCopy,
            (ChildCopy.family_id == BookingRow.family_id) & (ChildCopy.child_id == BookingRow.child_id),
        )
        .order_by(BookingRow.booking_id)
        .limit(limit + 1)
    )
    filters: Sequence[tuple[Any, Any]] = (
        (BookingRow.status, status),
        (BookingRow.service_date, day),
        (BookingRow.activity_id, activity_id),
    )
    for column, value in filters:
        if value is not None:
            query = query.where(column == value)
    if after is not None:
        query = query.where(BookingRow.booking_id > after)
    return [
        QueuedBooking(
            to_booking(row),
            row["child_name"] or "",
            row["family_label"] or "",
            row["site_label"],
            row["activity_label"],
        )
        for row in (await session.execute(query)).mappings()
    ]
